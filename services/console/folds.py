"""How each event changes what the console knows of a hire: pure, and in any order of services.

Events of one service come in the order in which they were decided; between services there is no
order, so each fold writes only what its own service is the source of.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

from libs.common.contracts.compliance import CheckDecided
from libs.common.contracts.console import AccessRestorationRequested, AccessWithholdingRequested
from libs.common.contracts.notify import MessageFailed, MessageHeld, MessageSent
from libs.common.contracts.onboarding import (
    AccessGranted,
    AccessRevoked,
    HireAnnounced,
    HireBlocked,
    HireChanged,
    HireLeaving,
    HireReady,
    HireStarted,
    HireStatus,
    HireStatusChanged,
    PersonErased,
    RequestRefused,
    TaskAssigned,
    TaskDone,
    TaskDropped,
    TaskMoved,
    TaskOverdue,
)
from libs.common.contracts.values import Owner
from libs.common.message import Event
from services.console.hire import (
    OVER,
    AccessAsk,
    Block,
    Decided,
    Hire,
    Holding,
    Letter,
    Task,
    TaskState,
)

Fold: TypeAlias = Callable[[Hire, Any, datetime], Hire]


def fold(hire: Hire | None, event: Event, at: datetime) -> Hire:
    """The hire after an event that was recorded at `at` (UTC)."""
    hire_id = getattr(event, "hire_id")  # noqa: B009  # every event of a hire has one
    known = Hire(hire_id=hire_id, since=at) if hire is None else hire
    change = FOLDS.get(type(event))
    return known if change is None else change(known, event, at)


def _announced(hire: Hire, event: HireAnnounced, _at: datetime) -> Hire:
    """Announced for the first time, or taken up again after an end."""
    return hire.evolve(
        profile=event.profile,
        announced_at=event.announced_at,
        ready_at=None,
        started_at=None,
        last_day=None,
        block=None,
        erasure=None,
    )


def _changed(hire: Hire, event: HireChanged, _at: datetime) -> Hire:
    return hire.evolve(profile=event.profile)


def _stands(hire: Hire, event: HireStatusChanged, _at: datetime) -> Hire:
    """A block ends with its status, but for access that outlives the hire itself."""
    outlives = event.status in OVER and hire.block is not None and hire.block.owner is Owner.IT
    block = hire.block if event.status is HireStatus.BLOCKED or outlives else None
    return hire.evolve(status=event.status, since=event.changed_at, block=block)


def _blocked(hire: Hire, event: HireBlocked, _at: datetime) -> Hire:
    return hire.evolve(block=Block(owner=event.owner, reasons=event.reasons, since=event.since))


def _ready(hire: Hire, event: HireReady, _at: datetime) -> Hire:
    return hire.evolve(ready_at=event.ready_at)


def _started(hire: Hire, event: HireStarted, _at: datetime) -> Hire:
    return hire.evolve(started_at=event.started_at)


def _leaving(hire: Hire, event: HireLeaving, _at: datetime) -> Hire:
    return hire.evolve(last_day=event.last_day)


def _erased(hire: Hire, event: PersonErased, _at: datetime) -> Hire:
    return hire.evolve(erasure=event)


def _assigned(hire: Hire, event: TaskAssigned, _at: datetime) -> Hire:
    return hire.with_task(
        Task(
            task_id=event.task_id,
            kind=event.kind,
            title=event.title,
            owner=event.owner,
            due_on=event.due_on,
            timezone=event.timezone,
            why=event.why,
        )
    )


def _moved(hire: Hire, event: TaskMoved, _at: datetime) -> Hire:
    overdue_no_more = {"due_on": event.due_on, "timezone": event.timezone, "overdue": 0}
    return _with(hire, event, **overdue_no_more)


def _overdue(hire: Hire, event: TaskOverdue, _at: datetime) -> Hire:
    return _with(hire, event, overdue=event.escalation)


def _done(hire: Hire, event: TaskDone, _at: datetime) -> Hire:
    return _with(hire, event, state=TaskState.DONE, closed_at=event.done_at)


def _dropped(hire: Hire, event: TaskDropped, at: datetime) -> Hire:
    return _with(hire, event, state=TaskState.DROPPED, closed_at=at)


def _with(hire: Hire, event: Any, **changes: Any) -> Hire:
    """The hire with one of its tasks changed; onboarding tells no task before it is assigned."""
    task = hire.task(event.task_id)
    return hire if task is None else hire.with_task(task.model_copy(update=changes))


def _granted(hire: Hire, event: AccessGranted, _at: datetime) -> Hire:
    held = [each for each in hire.access if each.resource != event.resource or each.until]
    now = Holding(resource=event.resource, since=event.granted_at)
    return hire.evolve(access=(*held, now))


def _revoked(hire: Hire, event: AccessRevoked, _at: datetime) -> Hire:
    ended = [
        each.model_copy(update={"until": event.revoked_at})
        if each.resource == event.resource and each.until is None
        else each
        for each in hire.access
    ]
    block = None if hire.status in OVER else hire.block
    return hire.evolve(access=tuple(ended), block=block)


def _asked_of_access(
    hire: Hire, event: AccessWithholdingRequested | AccessRestorationRequested, _at: datetime
) -> Hire:
    ask = AccessAsk(
        request_id=event.asked.request_id,
        resource=event.resource,
        ends=isinstance(event, AccessWithholdingRequested),
    )
    return hire.evolve(access_asks=(*hire.access_asks, ask))


def _refused(hire: Hire, event: RequestRefused, _at: datetime) -> Hire:
    return hire.evolve(refused=(*hire.refused, event.request_id))


def _decided(hire: Hire, event: CheckDecided, _at: datetime) -> Hire:
    if hire.decided is not None and event.version <= hire.decided.version:
        return hire
    awaits = tuple(doubt.matter for doubt in event.awaits)
    return hire.evolve(decided=Decided(version=event.version, verdict=event.verdict, awaits=awaits))


def _held(hire: Hire, event: MessageHeld, at: datetime) -> Hire:
    return hire.letter(
        Letter(
            message_id=event.message_id,
            recipient=event.recipient,
            state="held",
            at=at,
            says=event.reason,
            until=event.not_before,
        )
    )


def _sent(hire: Hire, event: MessageSent, _at: datetime) -> Hire:
    return hire.letter(
        Letter(
            message_id=event.message_id,
            recipient=event.recipient,
            state="sent",
            at=event.sent_at,
            says=event.merged or "",
        )
    )


def _failed(hire: Hire, event: MessageFailed, at: datetime) -> Hire:
    return hire.letter(
        Letter(
            message_id=event.message_id,
            recipient=event.recipient,
            state="failed",
            at=at,
            says=event.reason,
        )
    )


FOLDS: Final[Mapping[type[Event], Fold]] = {
    HireAnnounced: _announced,
    HireChanged: _changed,
    HireStatusChanged: _stands,
    HireBlocked: _blocked,
    HireReady: _ready,
    HireStarted: _started,
    HireLeaving: _leaving,
    PersonErased: _erased,
    TaskAssigned: _assigned,
    TaskMoved: _moved,
    TaskOverdue: _overdue,
    TaskDone: _done,
    TaskDropped: _dropped,
    AccessGranted: _granted,
    AccessRevoked: _revoked,
    CheckDecided: _decided,
    AccessWithholdingRequested: _asked_of_access,
    AccessRestorationRequested: _asked_of_access,
    RequestRefused: _refused,
    MessageHeld: _held,
    MessageSent: _sent,
    MessageFailed: _failed,
}
"""What each event changes; one that is not here changes nothing but the story."""
