"""The table of a run, and the document of several; pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from tests.chaos.faults import SERVICES, Kind
from tests.chaos.heard import Heard
from tests.chaos.steadiness import STEADY_WITHIN
from tests.chaos.verdict import Breach, Wrong

MEGABYTE: Final = 1024 * 1024
GROWN: Final = 1.5
"""A service that holds so much more memory at the end than at a tenth of the way is leaking."""

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
    """Milliseconds from a hire's announcement to its first decision: of some hires, the median."""

    calm: float | None
    while_poisoned: float | None


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
    latency: Latency
    memory: Sequence[tuple[str, int, int]]
    """of each process, its bytes at a tenth of the way and at the end"""

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

    def _leaks(self) -> Iterator[str]:
        """By the largest copy of each service: one that was killed is small again."""
        for service in SERVICES:
            copies = [each for each in self.memory if each[0].partition("-")[0] == service]
            before = max((each[1] for each in copies), default=0)
            after = max((each[2] for each in copies), default=0)
            if after > GROWN * before:
                yield f"{service} grew from {before // MEGABYTE} to {after // MEGABYTE} MB"

    def count(self, wrong: Wrong) -> int:
        """How many breaches there are of a sort."""
        return sum(breach.wrong is wrong for breach in self.breaches)


def latency(heard: Heard, windows: Sequence[tuple[float, float, str]]) -> Latency:
    """Compare hires announced in windows (seconds since the epoch) in which another is held up."""
    held = {key for _, _, key in windows}
    calm: list[int] = []
    meanwhile: list[int] = []
    for key, at in heard.announced.items():
        if key in held or key not in heard.decided:
            continue
        inside = any(begins <= at / 1000 <= ends for begins, ends, _ in windows)
        (meanwhile if inside else calm).append(heard.decided[key] - at)
    return Latency(median(calm) if calm else None, median(meanwhile) if meanwhile else None)


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
    yield "# The fault suite"
    yield ""
    yield (
        f"{sum(each.hires for each in results)} hires under {faults} faults, in {len(results)} "
        f"runs, on {machine}. Written by `make chaos`; `tests/chaos` says what is done and judged."
    )
    yield ""


def _runs(results: Sequence[Result]) -> Iterator[str]:
    yield "| | " + " | ".join(f"seed {each.seed}" for each in results) + " |"
    yield "|---|" + "---|" * len(results)
    rows: list[tuple[str, list[str]]] = [
        ("hires", [str(each.hires) for each in results]),
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
        ("announced → decided, median ms", [_ms(r.latency.calm) for r in results]),
        (
            "the same while another hire is poisoned",
            [_ms(r.latency.while_poisoned) for r in results],
        ),
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


def _ms(value: float | None) -> str:
    return "none" if value is None else f"{value:.0f}"


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
    yield "Memory of each process in MB, when a tenth of the hires were there and at the end:"
    yield ""
    yield "| process | " + " | ".join(f"seed {each.seed}" for each in results) + " |"
    yield "|---|" + "---|" * len(results)
    held = [{name: (before, after) for name, before, after in r.memory} for r in results]
    for name in sorted({name for each in held for name in each}):
        cells = [
            f"{each[name][0] // MEGABYTE} → {each[name][1] // MEGABYTE}" if name in each else ""
            for each in held
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
