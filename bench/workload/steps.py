"""What the four services pass on, and what each of them decides; shared by every contender."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from bench.workload.hire import Hire
from bench.workload.rules import Ruling, rule

STEPS: Final = ("journeys", "decisions", "tasks", "notices")
"""The services, in the order in which a hire passes them; each is a schema and a topic."""

KINDS: Final = ("device", "vpn")
"""The two tasks of every hire."""


@dataclass(frozen=True, slots=True)
class Passed:
    """The body of every event: services share no state, so an event carries what follows need."""

    hire: Hire
    ruling: Ruling | None = None


def ruled(passed: Passed) -> Passed:
    """The event that says what was decided."""
    return replace(passed, ruling=rule(passed.hire))


def ruling_of(passed: Passed) -> Ruling:
    """The ruling that an event brought; raises ValueError for one that came before the ruling."""
    if passed.ruling is None:
        raise ValueError("the event was passed on before it was ruled on")
    return passed.ruling


def reference(hire: Hire, kind: str) -> str:
    """What the automatic adapter answers for a task: the name of what it made."""
    return f"{kind}-{hire.employee_number}"


async def provision(hires: Sequence[Hire]) -> Sequence[Sequence[str]]:
    """The automatic adapter: does both tasks of each hire at once, idempotent, without delay."""
    return [[reference(hire, kind) for kind in KINDS] for hire in hires]


def notice(hire: Hire, ruling: Ruling) -> str:
    """What the hire is told."""
    day = hire.starts_on.isoformat()
    if ruling.findings:
        return f"Welcome {hire.full_name}: {len(ruling.findings)} questions before {day}"
    return f"Welcome {hire.full_name}: all is ready for {day}"
