"""What HR systems report of a hire, and the two days that its life turns on.

Reports may come late and in any order: what was true later counts, whenever it arrives. A report
from the future, by a clock that runs ahead or a mistaken zone, counts as of its arrival, so that it
cannot silence what is reported after it.
"""

from datetime import date, datetime, timedelta
from typing import Final, TypeAlias

from libs.common.contracts.onboarding import (
    HireAnnounced,
    HireCancelled,
    HireChanged,
    HireLeaving,
    HireLeft,
    HireStatusChanged,
)
from libs.common.contracts.values import Profile
from libs.common.decider import CancelTimer, Decision, SetTimer
from services.onboarding.advance import Advance
from services.onboarding.commands import (
    EndAwaited,
    FirstDay,
    LastDayOver,
    ReportCancel,
    ReportHire,
    ReportLeaving,
    ReportStay,
)
from services.onboarding.local_day import due_at
from services.onboarding.model import Again, Ending, Journey
from services.onboarding.report import LONG_AT_WORK

FIRST_LOOK: Final = timedelta(seconds=5)
"""How long the news of an end first waits for a hire not known yet; each wait is doubled."""
LAST_LOOK: Final = timedelta(days=30)

PLANNED_FROM: Final = frozenset({"starts_on", "timezone", "jurisdiction", "role", "engagement"})
"""The fields that tasks and their days depend on."""

State: TypeAlias = Journey | None


def report(state: State, told: ReportHire, now: datetime) -> Decision[Journey]:
    """Announce a hire, take it up again after an end, or change what is other than known."""
    reported_at = _true_at(told.reported_at, now)
    if state is None:
        return Decision(None) if _is_long_at_work(told, now) else _announce(told, reported_at, now)
    if reported_at < state.reported_at:
        return Decision(state)
    known = state.evolve(reported_at=reported_at)
    if state.ending is not None:
        again = _is_on_again(known, told.profile)
        return _announce(told, reported_at, now, before=known) if again else Decision(known)
    if _is_after_the_end(known, told.profile):
        again = Again(source=told.source, profile=told.profile, reported_at=reported_at)
        return end_last_day(known.evolve(again=again), LastDayOver(), now)
    known = known.evolve(again=None)
    changed = _changes(state.profile, told.profile)
    return _change(known, told.profile, changed, now) if changed else Decision(known)


def _is_long_at_work(told: ReportHire, now: datetime) -> bool:
    """Whether a source that reports of everybody tells of one who is no newcomer."""
    return told.newcomers_only and told.profile.starts_on < now.date() - LONG_AT_WORK


def _true_at(reported_at: datetime | None, now: datetime) -> datetime:
    return min(reported_at or now, now)


def _is_on_again(state: Journey, profile: Profile) -> bool:
    """Whether a report is newer than the end, and of a start after the last day, if one was known.

    HR systems go on to report of employments that are over.
    """
    is_later = state.last_day is None or profile.starts_on > state.last_day
    return is_later and not _is_newer_end(state, state.reported_at)


def _is_after_the_end(state: Journey, profile: Profile) -> bool:
    """Whether a report speaks of the time after a last day that is not over yet: of a rehire."""
    last_day = state.last_day
    is_later = last_day is not None and profile.starts_on > last_day
    return is_later and not _is_newer_end(state, state.reported_at)


def _is_newer_end(state: Journey, reported_at: datetime) -> bool:
    """Whether an end is known that was so after a moment."""
    return state.end_reported_at is not None and reported_at < state.end_reported_at


def _announce(
    told: ReportHire, reported_at: datetime, now: datetime, before: State = None
) -> Decision[Journey]:
    begun = Journey(
        hire_id=told.hire_id,
        period=before.period + 1 if before else 1,
        since=now,
        profile=told.profile,
        source=told.source,
        announced_at=now,
        reported_at=reported_at,
        end_reported_at=reported_at if before else None,
        answers=before.answers if before else 0,
        tasks=before.tasks if before else (),
        access=before.access if before else (),
        withheld=before.withheld if before else (),
        posture=before.posture if before else None,
        # One that is under way is refused to who asked; one that is done was of the period before.
        erasure=before.pending_erasure if before else None,
    )
    advance = Advance(begun, now)
    advance.events += [
        HireAnnounced(hire_id=told.hire_id, announced_at=now, profile=told.profile),
        HireStatusChanged(
            hire_id=told.hire_id,
            before=before.status if before else None,
            status=begun.status,
            changed_at=now,
        ),
    ]
    advance.expect_first_day()
    return advance.decision()


def _changes(before: Profile, after: Profile) -> tuple[str, ...]:
    """The fields that differ; sealed contacts compare equal where the contact is the same."""
    return tuple(name for name, value in after if value != getattr(before, name))


def _change(
    state: Journey, profile: Profile, changed: tuple[str, ...], now: datetime
) -> Decision[Journey]:
    ruling = None if "jurisdiction" in changed else state.ruling
    advance = Advance(state.evolve(profile=profile, ruling=ruling), now)
    advance.events.append(HireChanged(hire_id=state.hire_id, changed=changed, profile=profile))
    if not PLANNED_FROM.isdisjoint(changed):
        advance.plan()
    if "starts_on" in changed or "timezone" in changed:
        advance.expect_first_day()
    if "timezone" in changed:
        advance.expect_last_day()
    return advance.decision()


def cancel(state: State, told: ReportCancel, now: datetime) -> Decision[Journey]:
    """Undo all that hangs on the hire, unless it was reported to be on since."""
    reported_at = _true_at(told.reported_at, now)
    if state is None:
        return _await_hire(EndAwaited(last_day=None, reported_at=reported_at, arrived_at=now), now)
    if reported_at < state.reported_at or _is_newer_end(state, reported_at):
        return Decision(state)
    known = state.evolve(end_reported_at=reported_at, again=None)
    return _cancel(known, now) if state.ending is None else Decision(known)


def _cancel(state: Journey, now: datetime) -> Decision[Journey]:
    advance = Advance(state, now)
    advance.end(Ending.CANCELLED, "The hire was cancelled.")
    advance.events.append(HireCancelled(hire_id=state.hire_id, cancelled_at=now))
    return advance.decision()


def leave(state: State, told: ReportLeaving, now: datetime) -> Decision[Journey]:
    """Take note of the last day; one who is to leave before the first day is cancelled instead.

    What else is reported of a hire says nothing of its last day, and so does not make it old.
    """
    reported_at, last_day = _true_at(told.reported_at, now), told.last_day
    if state is None:
        wait = EndAwaited(last_day=last_day, reported_at=reported_at, arrived_at=now)
        return _await_hire(wait, now)
    if _is_newer_end(state, reported_at):
        return Decision(state)
    known = state.evolve(end_reported_at=reported_at)
    if state.ending is not None or last_day == state.last_day:
        return Decision(known)
    known = known.evolve(again=_again_after(last_day, state, reported_at))
    if state.started_at is None and last_day < state.profile.starts_on:
        return _begin_again(_cancel(known, now), now)
    advance = Advance(known.evolve(last_day=last_day), now)
    zone = state.profile.timezone
    advance.events.append(HireLeaving(hire_id=state.hire_id, last_day=last_day, timezone=zone))
    advance.plan()
    advance.expect_last_day()
    return advance.decision()


def _again_after(last_day: date, state: Journey, reported_at: datetime) -> Again | None:
    """What is known of the time after a last day that was reported at a moment.

    A last day that is newer than a rehire takes that back, until it is reported again.
    """
    if last_day < state.profile.starts_on and reported_at < state.reported_at:
        # The report of the rehire was here first, and was taken for a moved start.
        return Again(source=state.source, profile=state.profile, reported_at=state.reported_at)
    again = state.again
    is_older = again is not None and again.reported_at <= reported_at
    return None if is_older or again is None or again.profile.starts_on <= last_day else again


def stay(state: State, told: ReportStay, now: datetime) -> Decision[Journey]:
    """Forget the last day of somebody who is to stay after all, unless that is old news.

    Where none is known, a last day that was so before, and is yet to arrive, is old from now on.
    """
    reported_at = _true_at(told.reported_at, now)
    if state is None or state.ending is not None or _is_newer_end(state, reported_at):
        return Decision(state)
    staying = state.evolve(last_day=None, again=None, end_reported_at=reported_at)
    if state.last_day is None:
        return Decision(staying)
    advance = Advance(staying, now)
    advance.timers.append(CancelTimer(LastDayOver))
    advance.plan()
    return advance.decision()


def _await_hire(wait: EndAwaited, now: datetime) -> Decision[Journey]:
    waited = now - wait.arrived_at
    timer = SetTimer(now + max(waited, FIRST_LOOK), wait)
    return Decision(None, timers=(timer,) if waited < LAST_LOOK else ())


def end_awaited(state: State, timer: EndAwaited, now: datetime) -> Decision[Journey]:
    """Act on the end of a hire that came before the hire itself, once that is known."""
    if state is None:
        return _await_hire(timer, now)
    hire_id, at = state.hire_id, timer.reported_at
    if timer.last_day is None:
        return cancel(state, ReportCancel(hire_id=hire_id, reported_at=at), now)
    told = ReportLeaving(hire_id=hire_id, last_day=timer.last_day, reported_at=at)
    return leave(state, told, now)


def begin_first_day(state: State, _timer: FirstDay, now: datetime) -> Decision[Journey]:
    """The first day has come; who is ready is active from now on."""
    return Decision(state) if state is None else Advance(state, now).decision()


def end_last_day(state: State, _timer: LastDayOver, now: datetime) -> Decision[Journey]:
    """The person has left: nothing is left to do, and access ends now."""
    last_day = state.last_day if state is not None and state.ending is None else None
    if state is None or last_day is None or now < due_at(last_day, state.profile.timezone):
        return Decision(state)
    return _begin_again(_cancel(state, now) if state.started_at is None else _left(state, now), now)


def _left(state: Journey, now: datetime) -> Decision[Journey]:
    advance = Advance(state, now)
    advance.end(Ending.LEFT, "The person has left.")
    advance.events.append(HireLeft(hire_id=state.hire_id, left_at=now))
    return advance.decision()


def _begin_again(ended: Decision[Journey], now: datetime) -> Decision[Journey]:
    """Announce anew who was reported, before the last day was over, to start after it."""
    state = ended.state
    if state is None or state.again is None:
        return ended
    told = ReportHire(hire_id=state.hire_id, source=state.again.source, profile=state.again.profile)
    begun = _announce(told, state.again.reported_at, now, before=state)
    return Decision(
        begun.state,
        emit=(*ended.emit, *begun.emit),
        timers=(*ended.timers, *begun.timers),
        effects=(*ended.effects, *begun.effects),
    )
