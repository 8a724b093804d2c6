"""What a run came to, from what it left."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from farhand.demo.places import PLACES
from tests.chaos.course import Outcome
from tests.chaos.faults import Fault
from tests.chaos.report import (
    Latencies,
    Latency,
    Recovery,
    Result,
    largest_copies,
    latencies,
    memory_at_shares,
)
from tests.chaos.steadiness import STEADY_WITHIN

NOON: Final = 12


def judged(outcome: Outcome) -> Result:
    """The figures of a run that is over."""
    seen, offset = outcome.seen, outcome.wall_offset
    windows = [(each.began + offset, each.ended + offset, each.hire) for each in outcome.poisoned]
    troubled = [
        (each.began + offset, each.ended + offset + (each.steady_after or STEADY_WITHIN))
        for each in outcome.struck
    ]
    nothing = Latencies(Latency(), Latency())
    return Result(
        seed=outcome.setup.seed,
        hires=len(outcome.company),
        asked=outcome.setup.hires,
        seconds=outcome.seconds,
        recoveries=[
            Recovery(each.fault.kind, _name(each.fault), each.steady_after)
            for each in outcome.struck
        ],
        missed=len(outcome.missed),
        breaches=outcome.breaches,
        repeated_records=seen.heard.again if seen else 0,
        repeated_mails=sum(count - 1 for count in seen.accepted.values()) if seen else 0,
        overdue=outcome.overdue,
        latency=latencies(seen.heard, windows, troubled) if seen else nothing,
        memory=memory_at_shares(outcome.held),
        peaks=largest_copies(outcome.peaks),
        nights=[] if outcome.lived is None else list(clock_changes(*outcome.lived)),
    )


def clock_changes(begins: datetime, ends: datetime) -> Iterator[str]:
    """Each day between two moments on which the clocks of hires were changed, and where."""
    day = begins.astimezone(UTC).replace(hour=NOON, minute=0, second=0, microsecond=0)
    zones = sorted({place.timezone for place in PLACES.values()})
    while day <= ends:
        before = day - timedelta(days=1)
        changed = [zone for zone in zones if _offset(zone, day) != _offset(zone, before)]
        if changed:
            yield f"{day.date()} ({changed[0]} and {len(changed) - 1} more zones)"
        day += timedelta(days=1)


def _offset(zone: str, at: datetime) -> timedelta | None:
    return at.astimezone(ZoneInfo(zone)).utcoffset()


def _name(fault: Fault) -> str:
    """A fault by what was done to what, whichever copy."""
    target = fault.target.partition("-")[0]
    return ", ".join(each for each in (fault.kind, target, fault.detail) if each)
