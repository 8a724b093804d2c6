"""What was measured of one run, and what several runs of a contender come to."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from bench.feed import Load

THOUSAND: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Cpu:
    """CPU seconds, or shares of a core, by who used them."""

    app: float
    postgres: float
    kafka: float
    traces: float

    @property
    def total(self) -> float:
        """Of all four."""
        return self.app + self.postgres + self.kafka + self.traces

    def less(self, before: "Cpu", by: float = 1.0) -> "Cpu":
        """What was used since `before`, divided."""
        return Cpu(
            app=(self.app - before.app) / by,
            postgres=(self.postgres - before.postgres) / by,
            kafka=(self.kafka - before.kafka) / by,
            traces=(self.traces - before.traces) / by,
        )


NOTHING: Final = Cpu(app=0.0, postgres=0.0, kafka=0.0, traces=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run. `seconds` is from the first hire sent to the last commit.

    `cpu` is for 1,000 hires; `idle` in cores before the first; `others` the cores that everybody
    else on the machine used meanwhile; `memory` the peak of the contender's processes, in bytes;
    `latencies` in seconds, from sending a hire to the commit of its notice. Where anything is in
    `wrong`, the run is disqualified.
    """

    contender: str
    load: Load
    round: int
    seconds: float
    cpu: Cpu
    idle: Cpu
    others: float
    memory: int
    latencies: Sequence[float]
    wrong: Sequence[str]

    @property
    def hires_per_second(self) -> float:
        """To the last commit."""
        return self.load.hires / self.seconds


def failed(contender: str, load: Load, number: int, why: str) -> Run:
    """A run that came to no end, and so to nothing that could be measured."""
    return Run(
        contender=contender,
        load=load,
        round=number,
        seconds=float("nan"),
        cpu=NOTHING,
        idle=NOTHING,
        others=0.0,
        memory=0,
        latencies=(),
        wrong=(why,),
    )


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of one contender under one load that count; at least one."""

    runs: Sequence[Run]

    def median(self, of: Callable[[Run], float]) -> float:
        """The median over the rounds."""
        return median(map(of, self.runs))

    def latency(self, share: float) -> float:
        """A quantile over all rounds together, in milliseconds."""
        sorted_all = sorted(each for run in self.runs for each in run.latencies)
        place = min(len(sorted_all) - 1, int(len(sorted_all) * share))
        return sorted_all[place] * THOUSAND

    @property
    def spread(self) -> float:
        """How far the fastest and the slowest round are apart, as a share of the median."""
        rates = [run.hires_per_second for run in self.runs]
        return (max(rates) - min(rates)) / median(rates)


def grouped(runs: Iterable[Run]) -> dict[tuple[str, Load], Runs]:
    """Runs that count, by contender and load, in the order in which they first came."""
    groups: dict[tuple[str, Load], list[Run]] = {}
    for run in runs:
        if not run.wrong:
            groups.setdefault((run.contender, run.load), []).append(run)
    return {key: Runs(found) for key, found in groups.items()}
