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
"""
COLUMNS: Final = (
    *("copies of each", "hires", "hires/s until decided", "until clear", "until ready"),
    *("deeds of people/s", "CPU-s for 1,000 hires", "memory of the services, MiB"),
)
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
                table(COLUMNS, map(_row, self.measured)),
                "CPU seconds for 1,000 hires, by who used them:\n",
                table(("", *self._titles()), self._cost_rows()),
                READ,
            )
        )

    def _wrong(self) -> Iterator[str]:
        for each in self.measured:
            for wrong in each.wrong:
                yield f"{_copies(each)}: {wrong}"

    def _titles(self) -> Iterator[str]:
        return (_copies(each) for each in self.measured)

    def _cost_rows(self) -> Iterator[tuple[str, ...]]:
        parts = {each.name: each.name for each in SERVICES} | INFRASTRUCTURE
        for part, title in parts.items():
            costs = [_for_thousand(each, each.cost.of(part)) for each in self.measured]
            yield (title, *costs)


def _row(each: Measured) -> tuple[str, ...]:
    return (
        str(each.copies),
        f"{each.hires:,}",
        f"{each.hires / each.decided_seconds:,.0f}",
        f"{each.hires / each.clear_seconds:,.0f}",
        f"{each.hires / (each.clear_seconds + each.ready_seconds):,.0f}",
        f"{each.deeds / each.ready_seconds:,.0f}",
        _for_thousand(each, each.cost.total),
        f"{each.memory / MEBI:,.0f}",
    )


def _copies(each: Measured) -> str:
    return "one copy" if each.copies == 1 else f"{each.copies} copies"


def _for_thousand(each: Measured, seconds: float) -> str:
    return f"{seconds * THOUSAND / each.hires:.2f}"
