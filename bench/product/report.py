"""What was measured of the whole product, as a document."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bench.measured import THOUSAND
from bench.product.measure import SPEED, WARM_UP, Measured
from bench.report import MEBI, table
from farhand.services import SERVICES

HEAD: Final = f"""\
# The whole product under a burst

Written by `make bench-product` from the run described below; do not edit.

**What is measured.** All five services, all law packs, every adapter, the console's projections,
letters over SMTP and every trace, on one embedded copy. {WARM_UP} hires go first and are not
counted; about them legal confirms the law, once for all who follow. Then the demo's hires (all its
countries and ways to be engaged, missing facts, unlawful terms, a laptop each) come through the
signed front doors, as many at once as can. *Decided* is when the law has decided on each and its
tasks are planned; *clear* when the adapters have nothing left to do either: accounts and VPN peers
are there. Then people, who never tarry,
close over the API whatever waits for a person, and the last hire is *ready*. In the end each hire
has to stand where its data calls for, without a dead letter and without a process that ended. The
product's clock runs {SPEED} times as fast, so that letters which wait for more go out meanwhile.

Each line is a run of its own. Where hires come at a steady rate, *decided after* is how long the
last that was told waited for its decision. *Readers* are signed-in browsers that have the board
open the whole time: each is told of changes and looks again as the page's script does.
"""
BURSTS: Final = (
    *("copies of each", "hires", "hires/s until decided", "until clear", "until ready"),
    *("deeds of people/s", "CPU-s for 1,000 hires", "memory of the services, MiB"),
)
FLOWS: Final = (
    *("copies of each", "hires", "hires/s", "readers", "decided after, s"),
    *("CPU-s for 1,000 hires", "memory of the services, MiB"),
)
MOST: Final = 4
AIM: Final = 150.0
"""Hires to be decided on in a second, on two cores."""
LOOKS: Final = ("", "looks", "half of them took, ms", "95 of 100 took, ms", "the slowest, ms")
INFRASTRUCTURE: Final = {
    "postgres": "PostgreSQL",
    "kafka": "Apache Kafka",
    "zipkin": "Zipkin",
    "redis": "Valkey",
    "scim": "identity provider",
    "smtp": "mail sink",
}
READ: Final = """\
## How to read it

- Until *ready* counts both halves: from the first delivery to the last hire ready, without the rest
  in between.
- The identity provider is a stand-in, one process in Python on the same cores, which is asked
  several times for each account; its CPU stands beside ours and is in the sum.
- Readers cost what a run with them uses more than the one without. What they see is read
  and rendered once for all who look at the same moment; what follows is told to 25 browsers a
  second at most. The browsers run on the same machine, and their CPU is not in the sums.
- CPU is of all processes from /proc, senders and people left out; those are on the same machine,
  and take their share of it.
- More copies of each service share the partitions. On no more cores than one copy of everything
  keeps busy they cannot be faster; how much CPU for 1,000 hires grows says what more would give.
"""


@dataclass(frozen=True)
class ProductReport:
    """A report on these measurements; `began` is a day, `machine` a line."""

    measured: Sequence[Measured]
    machine: str
    versions: Mapping[str, str]
    began: str

    def markdown(self) -> str:
        """The whole document."""
        versions = ", ".join(f"{name} {version}" for name, version in self.versions.items())
        return "\n".join(
            (
                HEAD,
                f"{self.began} · {self.machine}\n\n{versions}\n",
                *(f"**Not as it has to be:** {wrong}\n" for wrong in self._wrong()),
                *self._loads(),
                *self._aim(),
                "CPU seconds for 1,000 hires, by who used them:\n",
                table(("", *self._titles()), self._cost_rows()),
                *self._looks(),
                READ,
            )
        )

    def _wrong(self) -> Iterator[str]:
        for each in self.measured:
            for wrong in each.wrong:
                yield f"{_title(each)}: {wrong}"

    def _loads(self) -> Iterator[str]:
        flows = [_flow(each) for each in self.measured if each.load.rate]
        yield table(BURSTS, [_burst(each) for each in self.measured if not each.load.rate])
        if flows:
            yield "Hires that come one after the other:\n"
            yield table(FLOWS, flows)

    def _aim(self) -> Iterator[str]:
        """How far the fastest burst is from what was aimed at, and what it spends most on."""
        bursts = [each for each in self.measured if not each.load.rate]
        if not bursts:
            return
        best = max(bursts, key=_decided_a_second)
        reached = _decided_a_second(best)
        how_far = "reached" if reached >= AIM else f"missed by {AIM / reached:.2g} x"
        costs = sorted(((best.cost.of(part), title) for part, title in _parts().items()))[::-1]
        most = ", ".join(f"{title} {cost / best.cost.total:.0%}" for cost, title in costs[:MOST])
        spent = best.cost.total * THOUSAND / best.load.hires
        yield (
            f"Aimed at were {AIM:g} hires decided on in a second: {reached:.0f}, {how_far}.\n"
            f"One that is carried to ready costs {spent:.0f} ms of CPU, most of it in {most}.\n"
        )

    def _looks(self) -> Iterator[str]:
        rows = [_look_row(each) for each in self.measured if each.load.readers]
        if rows:
            yield "How often and how fast readers saw the board:\n"
            yield table(LOOKS, rows)

    def _titles(self) -> Iterator[str]:
        return (_title(each) for each in self.measured)

    def _cost_rows(self) -> Iterator[tuple[str, ...]]:
        for part, title in _parts().items():
            costs = [_for_thousand(each, each.cost.of(part)) for each in self.measured]
            yield (title, *costs)


def _parts() -> Mapping[str, str]:
    return {each.name: each.name for each in SERVICES} | INFRASTRUCTURE


def _decided_a_second(each: Measured) -> float:
    return each.load.hires / each.decided_seconds


def _burst(each: Measured) -> tuple[str, ...]:
    hires = each.load.hires
    return (
        str(each.copies),
        f"{hires:,}",
        f"{_decided_a_second(each):,.0f}",
        f"{hires / each.clear_seconds:,.0f}",
        f"{hires / (each.clear_seconds + each.ready_seconds):,.0f}",
        f"{each.deeds / each.ready_seconds:,.0f}",
        *_spent(each),
    )


def _flow(each: Measured) -> tuple[str, ...]:
    return (
        str(each.copies),
        f"{each.load.hires:,}",
        f"{each.load.rate:g}",
        str(each.load.readers),
        f"{each.decided_seconds - each.told_seconds:.1f}",
        *_spent(each),
    )


def _spent(each: Measured) -> tuple[str, str]:
    return _for_thousand(each, each.cost.total), f"{each.memory / MEBI:,.0f}"


def _look_row(each: Measured) -> tuple[str, ...]:
    took = (each.looks.share(part) for part in (0.5, 0.95, 1.0))
    return (_title(each), f"{len(each.looks.seconds):,}", *(f"{1_000 * s:,.0f}" for s in took))


def _title(each: Measured) -> str:
    load = each.load
    copies = "one copy" if each.copies == 1 else f"{each.copies} copies"
    rate = f", {load.rate:g} a second" if load.rate else ", a burst"
    return f"{copies}{rate}{f', {load.readers} readers' if load.readers else ''}"


def _for_thousand(each: Measured, seconds: float) -> str:
    return f"{seconds * THOUSAND / each.load.hires:.2f}"
