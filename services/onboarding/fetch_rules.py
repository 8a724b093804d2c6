"""What follows from hints, and from the employees that were fetched because of them.

The employee as fetched is the truth, whatever order the hints came in: it is decided by the rules
for what HR systems report, as of when it was fetched. Reads may lag behind the hints, so a fetch
that shows nothing new is repeated, a few times; and nobody counts as deleted for being missing
once, unless the HR system says so.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeAlias

from libs.common.decider import CancelTimer, Decision, SetTimer
from libs.common.message import Effect, Event
from services.onboarding import hire_rules
from services.onboarding.commands import ReportCancel, ReportHire, ReportLeaving, ReportStay
from services.onboarding.hints import (
    EmployeeFound,
    EmployeeGone,
    FetchEmployee,
    FollowHint,
    LookAgain,
)
from services.onboarding.local_day import local_date
from services.onboarding.model import Journey

WAITS: Final = (timedelta(seconds=30), timedelta(minutes=3), timedelta(minutes=20))
"""How long each next fetch waits; a read was seen to lag 20 seconds behind its event."""

State: TypeAlias = Journey | None
Step: TypeAlias = Callable[[State], Decision[Journey]]


def follow_hint(state: State, told: FollowHint, _now: datetime) -> Decision[Journey]:
    """Have the employee fetched."""
    return Decision(state, effects=(_fetch(state, told, look=0),))


def look_again(state: State, timer: LookAgain, _now: datetime) -> Decision[Journey]:
    """Have the employee fetched once more."""
    return Decision(state, effects=(_fetch(state, timer, look=timer.look),))


def _fetch(state: State, of: FollowHint | LookAgain, look: int) -> FetchEmployee:
    return FetchEmployee(
        hire_id=of.hire_id,
        hint=of.hint,
        look=look,
        known=state is not None,
        ahead=state is None or state.started_at is None,
    )


def follow_employee(state: State, found: EmployeeFound, now: datetime) -> Decision[Journey]:
    """Take over what was fetched, unless what is known is newer."""
    if _is_known_better(state, found.fetched_at):
        return Decision(state)
    again, lags = _again(found, now), _lags(state, found)
    if lags or (found.hint.deleted and again):
        return Decision(state, timers=again)
    decision = _in_turn(state, _steps(state, found, now))
    if decision.state is not None:
        taken = decision.state.evolve(record_changed_at=found.changed_at)
        decision = _with(decision, state=taken)
    shown = bool(decision.emit) or _shows(found)
    return _with(decision, timers=_confirmation(found, now) if shown else again)


def _is_known_better(state: State, fetched_at: datetime) -> bool:
    """Whether something that was fetched later has been taken over already."""
    return state is not None and fetched_at < max(
        state.reported_at, state.end_reported_at or state.reported_at
    )


def _lags(state: State, found: EmployeeFound) -> bool:
    """Whether the record is an earlier one than was taken over, as from a copy that lags."""
    known = state.record_changed_at if state else None
    return known is not None and found.changed_at is not None and found.changed_at < known


def _shows(found: EmployeeFound) -> bool:
    """Whether the record had changed no earlier than the HR system said it would have."""
    at = found.hint.hinted_at
    return at is not None and found.changed_at is not None and found.changed_at >= at


def _confirmation(found: EmployeeFound, now: datetime) -> tuple[SetTimer | CancelTimer, ...]:
    """One more look: the record may have changed again within the second that both were told for.

    A second change of the same field in that second comes as the same delivery, which counts once.
    """
    at, changed_at = found.hint.hinted_at, found.changed_at
    is_later = at is not None and changed_at is not None and changed_at > at
    if found.look > 0 or is_later:
        return (CancelTimer(LookAgain),)
    timer = LookAgain(hire_id=found.hire_id, hint=found.hint, look=len(WAITS) - 1)
    return (SetTimer(now + WAITS[0], timer),)


def _again(reply: EmployeeFound | EmployeeGone, now: datetime) -> tuple[SetTimer, ...]:
    """The next fetch for the same hint, while there is one."""
    if reply.look >= len(WAITS):
        return ()
    timer = LookAgain(hire_id=reply.hire_id, hint=reply.hint, look=reply.look + 1)
    return (SetTimer(now + WAITS[reply.look], timer),)


def _steps(state: State, found: EmployeeFound, now: datetime) -> tuple[Step, ...]:
    """The reports that what was fetched comes to."""
    if state is None and found.profile is None:
        return ()
    if found.ended and found.last_day is None:
        return (partial(_end_now, at=found.fetched_at, now=now),)
    last_day = _last_day(state, found, now)
    return (last_day,) if found.profile is None else (_profile(found, now), last_day)


def _profile(found: EmployeeFound, now: datetime) -> Step:
    profile, at = found.profile, found.fetched_at
    if profile is None:
        return Decision
    told = ReportHire(hire_id=found.hire_id, source="hris", profile=profile, reported_at=at)
    return partial(hire_rules.report, told=told, now=now)


def _last_day(state: State, found: EmployeeFound, now: datetime) -> Step:
    at = found.fetched_at
    if found.last_day is not None:
        told = ReportLeaving(hire_id=found.hire_id, last_day=found.last_day, reported_at=at)
        return partial(hire_rules.leave, told=told, now=now)
    if state is None or state.last_day is None or state.ending is not None:
        return Decision
    return partial(hire_rules.stay, told=ReportStay(hire_id=found.hire_id, reported_at=at), now=now)


def follow_absence(state: State, gone: EmployeeGone, now: datetime) -> Decision[Journey]:
    """End the hire of an employee who was deleted, or who stays missing however often asked for."""
    again = () if gone.hint.deleted else _again(gone, now)
    if again or state is None or _is_known_better(state, gone.fetched_at):
        return Decision(state, timers=again)
    return _end_now(state, gone.fetched_at, now)


def _end_now(state: State, at: datetime, now: datetime) -> Decision[Journey]:
    """Today is the last day of somebody at work; one who has not started will not."""
    if state is None or state.ending is not None:
        return Decision(state)
    if state.started_at is None:
        told = ReportCancel(hire_id=state.hire_id, reported_at=at)
        return hire_rules.cancel(state, told, now)
    today = local_date(at, state.profile.timezone)
    if state.last_day is not None and state.last_day <= today:
        return Decision(state)
    leaving = ReportLeaving(hire_id=state.hire_id, last_day=today, reported_at=at)
    return hire_rules.leave(state, leaving, now)


def _in_turn(state: State, steps: tuple[Step, ...]) -> Decision[Journey]:
    """One decision of several, each made where the one before has led."""
    emitted: list[Event] = []
    timers: list[SetTimer | CancelTimer] = []
    effects: list[Effect] = []
    for step in steps:
        decision = step(state)
        state = decision.state
        emitted += decision.emit
        timers += decision.timers
        effects += decision.effects
    return Decision(state, tuple(emitted), tuple(timers), tuple(effects))


def _with(
    decision: Decision[Journey],
    *,
    state: State = None,
    timers: tuple[SetTimer | CancelTimer, ...] = (),
) -> Decision[Journey]:
    """The same decision, with another state or more timers."""
    return Decision(
        state or decision.state, decision.emit, (*decision.timers, *timers), decision.effects
    )
