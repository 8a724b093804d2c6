"""What Farhand's kernel is meant to reach beside its peers, and how far it is from that."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from bench.measured import Run, Runs

KERNEL: Final = "kernel"
UNTRACED: Final = "kernel_untraced"


@dataclass(frozen=True, slots=True)
class Beside:
    """A ratio to a peer in the largest burst: at least so much throughput, or at most so much CPU.

    `cpu` tells which of the two.
    """

    of: str
    to: str
    title: str
    wanted: float
    cpu: bool


@dataclass(frozen=True, slots=True)
class Within:
    """A quantile of the kernel's latency at a trickle, in milliseconds at most."""

    share: float
    title: str
    wanted: float


BESIDE: Final = (
    Beside(KERNEL, "by_hand", "throughput of the limit", 0.5, cpu=False),
    Beside(KERNEL, "by_hand", "CPU of the limit", 3, cpu=True),
    Beside(UNTRACED, "by_hand", "throughput of the limit, untraced", 0.7, cpu=False),
    Beside(UNTRACED, "by_hand", "CPU of the limit, untraced", 1.7, cpu=True),
    Beside(KERNEL, "dbos", "throughput of DBOS", 40, cpu=False),
    Beside(KERNEL, "procrastinate", "throughput of procrastinate", 40, cpu=False),
    Beside(KERNEL, "dbos", "CPU of DBOS", 1 / 25, cpu=True),
    Beside(KERNEL, "procrastinate", "CPU of procrastinate", 1 / 25, cpu=True),
)
WITHIN: Final = (
    Within(0.5, "p50 at 20 hires/s", 25),
    Within(0.99, "p99 at 20 hires/s", 120),
)
HEAD: Final = ("aim of the kernel", "wanted", "reached", "")


def rows(bursts: Mapping[str, Runs], trickle: Runs | None) -> Iterator[tuple[str, ...]]:
    """Each aim whose contenders were measured; `bursts` are the largest of each."""
    for aim in BESIDE:
        if aim.of in bursts and aim.to in bursts:
            of = _cpu if aim.cpu else _rate
            reached = bursts[aim.of].median(of) / bursts[aim.to].median(of)
            short = reached / aim.wanted if aim.cpu else aim.wanted / reached
            sign = "≤" if aim.cpu else "≥"
            yield aim.title, f"{sign} {aim.wanted:.3g} x", f"{reached:.3g} x", _said(short)
    for limit in WITHIN if trickle else ():
        reached = trickle.latency(limit.share) if trickle else 0.0
        short = round(reached) / limit.wanted
        yield limit.title, f"≤ {limit.wanted:g} ms", f"{reached:.0f} ms", _said(short)


def _rate(run: Run) -> float:
    return run.hires_per_second


def _cpu(run: Run) -> float:
    return run.cpu.total


def _said(short: float) -> str:
    """How far an aim is missed: a factor, or nothing."""
    return "reached" if short <= 1 else f"missed by {short:.2g} x"
