"""docs/benchmarks.md, as Markdown from what was measured."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from bench import aims
from bench.contender import SKIPPED, Contender
from bench.feed import Load
from bench.measured import Run, Runs, grouped

LIMIT: Final = "by_hand"
MEBI: Final = 2**20

HEAD: Final = """\
# Benchmarks

Written by `make bench` from the run described below; do not edit. `make bench ARGS=--quick` takes
a few minutes and shows whether it works; the figures of a short run on a busy machine mean little.

**The workload.** A hire event of about 600 bytes stands on Kafka. Four services follow each other,
each of which takes an event, changes its state exactly once and passes an event on: a journey is
begun, a ruling is made over twenty rules, two tasks are opened, done by an automatic adapter and
closed, one notice is written. PostgreSQL commits durably (`fsync`, `synchronous_commit` and
`full_page_writes` on); Kafka acknowledges from all replicas. Every contender is given the same
hires, on an empty database and empty topics of its own, on the same embedded PostgreSQL and Kafka.
After each run every row of every hire is compared with what has to stand there, and for the traced
contender also the traces of some of its newest 10,000 hires (the store drops older ones once it is
full, at 100,000 spans of six a hire); a run with anything wrong is disqualified.
"""
COPIED: Final = """\
Farhand's kernel with more processes of each of the four services, which share out six partitions.
Where one of each keeps all processors busy, more of them cannot be faster; what they would give on
more processors shows in the CPU for 1,000 hires, as far as that stays what it is. The more share
them out, the fewer hires there are in a batch, and the more transactions for as many.
"""
PROFILE: Final = """\
One more burst, not counted, in which py-spy looked into the kernel's processes 50 times a second,
after their start: whose code they were in, C and Rust included, while they used a processor. What
Python itself and the system do counts for who called them.
"""
READ: Final = """\
## How to read it

- **The ratios hold for bursts and backlogs.** There a batch grows with what waits, and a
  transaction is shared by hundreds of hires. At a trickle nothing batches, and a hire costs what a
  few transactions cost: that is the second table, and the fair one for a quiet day.
- **hires/s** is from the first hire sent to the last commit of a notice, by PostgreSQL's own commit
  times. Who sends the hires runs on the same machine, and takes its share from everybody alike.
- **CPU** is of all processes, their children included, from /proc, until 0.6 s after the last
  commit: what is spent on exporting traces counts. The app, PostgreSQL, Kafka and the store of the
  traces are told apart, because they are scaled apart. What the machine did beside it is the column
  "others": well above 0.3 of a core, a figure is not to be trusted.
- **Warm.** Before the first round a burst that is not counted warms PostgreSQL and the JVMs up.
- **Idle** is the CPU before the first hire, in hundredths of a core: who polls pays all day.
- **Latency** is from sending a hire to the commit of its notice, over all rounds together.
- **Memory** is the sum of the peaks of the contender's processes.
- Contenders that need minutes for a thousand hires are given smaller bursts (column "hires"); their
  rate hardly depends on it.
- *Written by hand* is the limit for this one workload: no validation, no traces, no timers, no dead
  letters, no second copy beside it. FastStream, DBOS and procrastinate are used as their
  documentation shows; somebody who knows them well may get more out of them.
"""


@dataclass(frozen=True)
class Report:
    """A report on these runs."""

    contenders: Sequence[Contender]
    runs: Sequence[Run]
    copied: Mapping[str, Contender]
    shares: Mapping[str, float]
    waited: Mapping[str, int]
    machine: str
    versions: Mapping[str, str]
    began: str
    rounds: int

    @cached_property
    def groups(self) -> dict[tuple[str, Load], Runs]:
        """The runs that count."""
        return grouped(self.runs)

    def bursts(self, contender: Contender) -> list[tuple[Load, Runs]]:
        """What was measured of a contender in bursts, smallest first."""
        found = [
            (load, runs)
            for (name, load), runs in self.groups.items()
            if name == contender.name and load.per_second is None
        ]
        return sorted(found, key=lambda each: each[0].hires)

    def trickle(self, contender: Contender) -> Runs | None:
        """What was measured of a contender at a trickle."""
        return next(
            (
                runs
                for (name, load), runs in self.groups.items()
                if name == contender.name and load.per_second is not None
            ),
            None,
        )

    @cached_property
    def limit(self) -> Runs | None:
        """The largest burst of the limit, to which the others are compared."""
        bursts = [b for c in self.contenders if c.name == LIMIT for b in self.bursts(c)]
        return bursts[-1][1] if bursts else None

    def markdown(self, plots: Sequence[tuple[str, str]]) -> str:
        """The whole document; `plots` are titles and addresses of pictures."""
        versions = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        pictures = "\n\n".join(f"![{title}]({address})" for title, address in plots)
        sections = (
            HEAD,
            f"{self.began} · {self._rounds} · {self.machine}\n\n{versions}\n",
            f"{self._disqualified()}## Bursts\n\n{table(BURST_HEAD, self._burst_rows())}",
            f"## At a trickle\n\n{table(TRICKLE_HEAD, self._trickle_rows())}"
            if any(map(self.trickle, self.contenders))
            else "",
            f"## Growth with the load\n\n{table(GROWTH_HEAD, self._growth_rows())}",
            f"## More processes\n\n{COPIED}\n{table(COPIED_HEAD, self._copied_rows())}"
            f"{self._waited()}"
            if self.copied
            else "",
            f"## What was aimed at\n\n{table(aims.HEAD, self._aims())}",
            f"## Where the kernel's CPU goes\n\n{PROFILE}\n{self._profile()}"
            if self.shares
            else "",
            f"## In pictures\n\n{pictures}\n",
            f"## Who takes part\n\n{self._who()}",
            READ,
        )
        return "\n".join(sections)

    @property
    def _rounds(self) -> str:
        return "1 round" if self.rounds == 1 else f"medians of {self.rounds} rounds"

    def _burst_rows(self) -> Iterator[tuple[str, ...]]:
        for contender in self.contenders:
            for load, runs in self.bursts(contender)[-1:]:
                yield (
                    contender.title,
                    f"{load.hires:,}",
                    f"{runs.median(lambda r: r.hires_per_second):,.0f}",
                    self._ratio(runs, lambda r: r.hires_per_second),
                    f"{runs.median(lambda r: r.cpu.total):.2f}",
                    self._ratio(runs, lambda r: r.cpu.total),
                    f"{runs.median(lambda r: r.cpu.app):.2f}",
                    f"{runs.median(lambda r: r.cpu.postgres):.2f}",
                    f"{runs.median(lambda r: r.cpu.kafka):.2f}",
                    f"{runs.median(lambda r: r.cpu.traces):.2f}",
                    f"{runs.median(lambda r: r.memory) / MEBI:,.0f}",
                    f"±{runs.spread / 2:.0%}",
                    f"{runs.median(lambda r: r.others):.2f}",
                )

    def _trickle_rows(self) -> Iterator[tuple[str, ...]]:
        for contender in self.contenders:
            if (runs := self.trickle(contender)) is not None:
                yield (
                    contender.title,
                    f"{runs.latency(0.5):,.0f} ms",
                    f"{runs.latency(0.99):,.0f} ms",
                    f"{runs.median(lambda r: r.cpu.total):.1f}",
                    f"{runs.median(lambda r: r.cpu.app):.1f}",
                    f"{runs.median(lambda r: r.cpu.postgres):.1f}",
                    f"{runs.median(lambda r: r.cpu.kafka):.1f}",
                    f"{runs.median(lambda r: r.cpu.traces):.1f}",
                    f"{runs.median(lambda r: 100 * r.idle.total):.1f}",
                    f"{runs.median(lambda r: r.others):.2f}",
                )

    def _growth_rows(self) -> Iterator[tuple[str, ...]]:
        for contender in self.contenders:
            for load, runs in self.bursts(contender):
                yield _burst(contender, load, runs)

    def _copied_rows(self) -> Iterator[tuple[str, ...]]:
        for contender in self.copied.values():
            for load, runs in self.bursts(contender):
                yield (
                    *_burst(contender, load, runs),
                    f"{runs.median(lambda r: r.cpu.app):.2f}",
                    f"{runs.median(lambda r: r.cpu.postgres):.2f}",
                )

    def _waited(self) -> str:
        """What sessions waited for, as a sentence."""
        samples = sum(self.waited.values())
        if not samples:
            return ""
        lock = self.waited.get("Lock", 0)
        rest = sorted(self.waited.items(), key=lambda each: -each[1])
        said = ", ".join(f"{kind} {count / samples:.0%}" for kind, count in rest if kind != "Lock")
        return (
            "\nIn one more run of the most processes, PostgreSQL was asked 20 times a second what\n"
            f"each session within a transaction was at: {lock / samples:.1%} waited for a lock on\n"
            f"another's rows (`Lock`); of the {samples:,} samples the others were\n{said}.\n"
        )

    def _aims(self) -> Iterator[tuple[str, ...]]:
        largest = {c.name: found[-1][1] for c in self.contenders if (found := self.bursts(c))}
        kernel = next((c for c in self.contenders if c.name == aims.KERNEL), None)
        return aims.rows(largest, self.trickle(kernel) if kernel else None)

    def _profile(self) -> str:
        named = {place: share for place, share in self.shares.items() if share >= SMALL}
        rest = 1 - sum(named.values())
        rows = [(place, f"{share:.0%}") for place, share in named.items()]
        ours = sum(share for place, share in self.shares.items() if "/" in place)
        return (
            table(PROFILE_HEAD, [*rows, ("all others", f"{rest:.0%}")])
            + f"\nOur own modules together take {ours:.0%}, libraries and Python the rest; the "
            f"largest single one {max(self.shares.values()):.0%}.\n"
        )

    def _ratio(self, runs: Runs, of: Callable[[Run], float]) -> str:
        if self.limit is None:
            return ""
        ratio = runs.median(of) / self.limit.median(of)
        return f"{ratio:.3g} x"

    def _disqualified(self) -> str:
        wrong = [
            f"- {run.contender}, round {run.round}, {run.load.hires:,} hires: {run.wrong[0]}"
            for run in self.runs
            if run.wrong
        ]
        return "\n".join(("**Disqualified**\n", *wrong, "\n")) if wrong else ""

    def _who(self) -> str:
        took_part = [
            f"- **{contender.title}**: {contender.says}; {len(contender.processes)} "
            f"{'process' if len(contender.processes) == 1 else 'processes'}."
            for contender in self.contenders
        ]
        skipped = [f"- **{name}** is skipped: {why}." for name, why in SKIPPED.items()]
        return "\n".join((*took_part, *skipped, ""))


def _burst(contender: Contender, load: Load, runs: Runs) -> tuple[str, ...]:
    return (
        contender.title,
        f"{load.hires:,}",
        f"{runs.median(lambda r: r.hires_per_second):,.0f}",
        f"{runs.median(lambda r: r.cpu.total):.2f}",
        f"{runs.median(lambda r: r.memory) / MEBI:,.0f}",
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown; all but the first column are figures."""
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


BURST_HEAD: Final = (
    *("contender", "hires", "hires/s", "of the limit", "CPU-s for 1,000", "of the limit"),
    *("app", "PostgreSQL", "Kafka", "traces", "memory, MiB", "spread", "others"),
)
TRICKLE_HEAD: Final = (
    *("contender, 20 hires/s", "p50", "p99", "CPU-s for 1,000"),
    *("app", "PostgreSQL", "Kafka", "traces", "idle, 1/100 core", "others"),
)
PROFILE_HEAD: Final = ("library, or module of ours", "share")
SMALL: Final = 0.015
GROWTH_HEAD: Final = ("contender", "hires", "hires/s", "CPU-s for 1,000", "memory, MiB")
COPIED_HEAD: Final = (*GROWTH_HEAD, "app", "PostgreSQL")
