"""The table of a run, and the document of several; pure."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from tests.chaos.faults import SERVICES, Kind
from tests.chaos.heard import Heard
from tests.chaos.steadiness import STEADY_WITHIN
from tests.chaos.verdict import Breach, Wrong

MEGABYTE: Final = 1024 * 1024
GROWN: Final = 1.5
"""A service that holds so much more memory at the end than at a tenth of the way is leaking."""

SHARES: Final = (0.1, 0.25, 0.5, 0.75, 1.0)
COMPARED: Final = 10
WORSE: Final = 1.5
WORSE_MS: Final = 500.0
"""Others wait for who is poisoned if their median is so much more than in calm."""

OVERDUE_WITHIN: Final = 30.0
SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Recovery:
    """How long it took to be steady after a fault, in seconds; None if that took too long."""

    kind: Kind
    name: str
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds from a hire's announcement to its first decision, of some hires."""

    hires: int = 0
    median: float = 0.0
    late: float = 0.0
    """of a hundred, five wait longer"""

    def __str__(self) -> str:
        if not self.hires:
            return "none"
        return f"{self.median:.0f}, {self.late:.0f} ({self.hires} hires)"


@dataclass(frozen=True, slots=True)
class Latencies:
    """Of hires that were announced in calm, and while another was held up by poison."""

    calm: Latency
    while_poisoned: Latency

    @property
    def is_worse(self) -> bool:
        """Whether the others waited for who is held up, as far as enough of them came by."""
        enough = min(self.calm.hires, self.while_poisoned.hires) >= COMPARED
        return enough and self.while_poisoned.median > WORSE * self.calm.median + WORSE_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one run came to."""

    seed: int
    hires: int
    seconds: float
    recoveries: Sequence[Recovery]
    missed: int
    breaches: Sequence[Breach]
    repeated_records: int
    repeated_mails: int
    overdue: float
    latency: Latencies
    memory: Sequence[tuple[str, tuple[int, ...]]]
    """of each part the bytes of its largest copy, when each of `SHARES` of the hires were there"""
    asked: int = 0
    """how many hires there should have been, had there been time"""
    peaks: Mapping[str, int] = field(default_factory=dict[str, int])
    """the most bytes that a copy of each part ever held that still runs at the end"""
    nights: Sequence[str] = ()
    """the days on which a clock was changed somewhere"""

    @property
    def problems(self) -> list[str]:
        """All that makes the run fail, a sentence each."""
        return [
            *(f"{breach.wrong}: {breach.what}" for breach in self.breaches),
            *(
                f"not steady {STEADY_WITHIN:g} s after {each.name}"
                for each in self.recoveries
                if each.seconds is None
            ),
            *self._waits(),
            *self._leaks(),
        ]

    def _waits(self) -> Iterator[str]:
        if self.overdue > OVERDUE_WITHIN:
            yield f"something waited {self.overdue:.0f} s longer than a lease"
        if self.latency.is_worse:
            yield f"others waited while one was poisoned: {self.latency.while_poisoned} ms"

    def _leaks(self) -> Iterator[str]:
        """By the largest copy of each service: one that was killed is small again."""
        for service, held in self.memory:
            if service in SERVICES and held[-1] > GROWN * held[0]:
                yield f"{service} grew from {held[0] // MEGABYTE} to {held[-1] // MEGABYTE} MB"

    def count(self, wrong: Wrong) -> int:
        """How many breaches there are of a sort."""
        return sum(breach.wrong is wrong for breach in self.breaches)


def latencies(
    heard: Heard,
    windows: Sequence[tuple[float, float, str]],
    troubled: Sequence[tuple[float, float]],
) -> Latencies:
    """Compare hires announced in windows in which another is held up with those in no trouble.

    All moments are seconds since the epoch.
    """
    held = {key for _, _, key in windows}
    calm: list[int] = []
    meanwhile: list[int] = []
    for key, at in heard.announced.items():
        if key in held or key not in heard.decided:
            continue
        took, moment = heard.decided[key] - at, at / 1000
        if any(begins <= moment <= ends for begins, ends, _ in windows):
            meanwhile.append(took)
        elif not any(begins <= moment <= ends for begins, ends in troubled):
            calm.append(took)
    return Latencies(_spread(calm), _spread(meanwhile))


def _spread(took: list[int]) -> Latency:
    if not took:
        return Latency()
    return Latency(len(took), median(took), sorted(took)[int(len(took) * 0.95)])


def memory_at_shares(
    held: Sequence[tuple[int, Mapping[str, int]]],
) -> list[tuple[str, tuple[int, ...]]]:
    """Of each part the largest of its copies, each time so many hires were there."""
    total = held[-1][0]
    looks = [
        largest_copies(next(sizes for there, sizes in held if there >= share * total))
        for share in SHARES
    ]
    return [(part, tuple(look.get(part, 0) for look in looks)) for part in sorted(looks[-1])]


def largest_copies(sizes: Mapping[str, int]) -> dict[str, int]:
    """Of each part the size of its largest copy."""
    found: dict[str, int] = {}
    for name, size in sizes.items():
        part = name.partition("-")[0]
        found[part] = max(found.get(part, 0), size)
    return found


def document(results: Sequence[Result], machine: str) -> str:
    """The page `docs/chaos.md`."""
    return (
        "\n".join(
            (
                *_head(results, machine),
                *_runs(results),
                *_recoveries(results),
                *_memory(results),
                *_wrong(results),
            )
        )
        + "\n"
    )


def _head(results: Sequence[Result], machine: str) -> Iterator[str]:
    faults = sum(len(each.recoveries) for each in results)
    runs = "one run" if len(results) == 1 else f"{len(results)} runs"
    yield "# The fault suite"
    yield ""
    yield (
        f"{sum(each.hires for each in results)} hires under {faults} faults, in {runs} "
        f"on {machine}. Written by `make chaos`; `tests/chaos` says what is done and judged."
    )
    yield ""


def _runs(results: Sequence[Result]) -> Iterator[str]:
    yield "| | " + " | ".join(f"seed {each.seed}" for each in results) + " |"
    yield "|---|" + "---|" * len(results)
    rows: list[tuple[str, list[str]]] = [
        ("hires", [_hires(each) for each in results]),
        ("minutes", [f"{each.seconds / 60:.1f}" for each in results]),
        ("faults", [str(len(each.recoveries)) for each in results]),
        *(
            (f"of these: {kind}", [str(_of_kind(each, kind)) for each in results])
            for kind in Kind
            if any(_of_kind(each, kind) for each in results)
        ),
        ("faults that found nothing to strike", [str(each.missed) for each in results]),
        *((f"**{wrong}**", [f"**{each.count(wrong)}**" for each in results]) for wrong in Wrong),
        ("records published twice, read once", [str(r.repeated_records) for r in results]),
        ("mails accepted twice, kept once", [str(r.repeated_mails) for r in results]),
        ("longest wait beyond a lease, s", [f"{each.overdue:.1f}" for each in results]),
        ("longest time back to steady, s", [_longest(each) for each in results]),
        (
            "announced → decided in calm, ms: median, 95 of 100",
            [str(r.latency.calm) for r in results],
        ),
        (
            "the same while another hire is held up by poison",
            [str(r.latency.while_poisoned) for r in results],
        ),
        ("nights on which a clock changed", [", ".join(r.nights) or "none" for r in results]),
    ]
    for title, cells in rows:
        yield f"| {title} | " + " | ".join(cells) + " |"
    yield ""


def _of_kind(result: Result, kind: Kind) -> int:
    return Counter(each.kind for each in result.recoveries)[kind]


def _longest(result: Result) -> str:
    times = [each.seconds for each in result.recoveries]
    if None in times:
        return f"more than {STEADY_WITHIN:g}"
    return f"{max((each for each in times if each is not None), default=0):.1f}"


def _hires(result: Result) -> str:
    if result.hires >= result.asked:
        return str(result.hires)
    return f"{result.hires}: no more of {result.asked} could be carried in the time given"


def _recoveries(results: Sequence[Result]) -> Iterator[str]:
    yield "Seconds from the end of a fault, or of those it came with, until every process was up,"
    yield "nobody lagged by more than five seconds, and nothing waited for who is dead:"
    yield ""
    yield "| fault | times | median | longest |"
    yield "|---|---|---|---|"
    names = sorted({each.name for result in results for each in result.recoveries})
    for name in names:
        times = [r.seconds for result in results for r in result.recoveries if r.name == name]
        known = [each for each in times if each is not None]
        longest = f"{max(known):.1f}" if len(known) == len(times) else f"> {STEADY_WITHIN:g}"
        yield (
            f"| {name} | {len(times)} | {median(known):.1f} | {longest} |"
            if known
            else (f"| {name} | {len(times)} | | {longest} |")
        )
    yield ""


def _memory(results: Sequence[Result]) -> Iterator[str]:
    shares = ", ".join(f"{share:.0%}" for share in SHARES)
    yield f"Memory in MB of the largest copy of each, when {shares} of the hires were there, and"
    yield "the most that one ever held:"
    yield ""
    yield "| | " + " | ".join(f"seed {each.seed}" for each in results) + " |"
    yield "|---|" + "---|" * len(results)
    for name in sorted({name for each in results for name, _ in each.memory}):
        cells = [
            " → ".join(str(size // MEGABYTE) for size in dict(each.memory).get(name, ()))
            + f"; {each.peaks.get(name, 0) // MEGABYTE}"
            for each in results
        ]
        yield f"| {name} | " + " | ".join(cells) + " |"
    yield ""


def _wrong(results: Sequence[Result]) -> Iterator[str]:
    if not any(each.problems for each in results):
        yield "Nothing was lost, doubled, out of order or stuck."
    for result in results:
        if result.problems:
            yield f"## What is wrong with seed {result.seed}"
            yield ""
            yield from (f"- {problem}" for problem in result.problems[:SHOWN])
            if len(result.problems) > SHOWN:
                yield f"- and {len(result.problems) - SHOWN} more"
            yield ""
