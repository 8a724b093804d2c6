"""What people ask of a hire in the console: decided like any command, refused in words.

An event cannot be refused as a command is, so a refusal is an event of its own; the hire stays as
it was.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeAlias, TypeVar

from pydantic import ValidationError

from libs.common.contracts.console import (
    AccessRestorationRequested,
    AccessWithholdingRequested,
    CancellationRequested,
    ContactCorrectionRequested,
    ErasureRequested,
    StartMoveRequested,
    TaskCompletionRequested,
    TaskReassignmentRequested,
    TaskRejectionRequested,
)
from libs.common.contracts.onboarding import RequestRefused
from libs.common.decider import Decision, Refused
from libs.common.message import Event
from services.onboarding import erasure_rules, hire_rules, task_rules
from services.onboarding.advance import Advance
from services.onboarding.commands import (
    ApproveTask,
    CompleteTask,
    HandTask,
    RejectTask,
    ReportCancel,
    ReportHire,
)
from services.onboarding.model import Journey, TaskState
from services.onboarding.report import FIRST_DAY, LAST_DAY
from services.onboarding.resources import RESOURCES

State: TypeAlias = Journey | None
E = TypeVar("E", bound=Event)
Rule: TypeAlias = Callable[[State, E, datetime], Decision[Journey]]


def _refusing(rule: Rule[E]) -> Rule[E]:
    """Tell a refusal as an event, under the request that it answers."""

    @wraps(rule)
    def decide(state: State, request: E, now: datetime) -> Decision[Journey]:
        try:
            return rule(state, request, now)
        except Refused as refusal:
            why = str(refusal)
        except ValidationError:
            why = "a text is too long, or holds line breaks"
        asked: Any = request
        said = RequestRefused(hire_id=asked.hire_id, request_id=asked.asked.request_id, why=why)
        return Decision(state, emit=(said,))

    return decide


def _going_on(state: State) -> Journey:
    if state is None:
        raise Refused("there is no such hire")
    if state.ending is not None:
        raise Refused(f"this hire is over: it was {state.ending.value}")
    return state


@_refusing
def complete(state: State, request: TaskCompletionRequested, now: datetime) -> Decision[Journey]:
    """Close a task of a person, answer its question, or approve what was done.

    Which of them it is stands in whose turn it was for who asked: where that is another by now,
    they have seen something else, and are refused.
    """
    task = state.task(request.task_id) if state else None
    if task is not None and task.is_open and task.turn is not request.turn:
        raise Refused(f"it is the turn of {task.turn} by now")
    if task is not None and task.state is TaskState.SUBMITTED:
        return task_rules.approve(
            state, ApproveTask(task_id=request.task_id, by=request.asked.account), now
        )
    command = CompleteTask(
        task_id=request.task_id,
        answer=request.answer,
        evidence=request.evidence,
        by=request.asked.account,
    )
    return task_rules.complete(state, command, now)


@_refusing
def send_back(state: State, request: TaskRejectionRequested, now: datetime) -> Decision[Journey]:
    """Give a task back to whoever did it."""
    return task_rules.reject(state, RejectTask(task_id=request.task_id, reason=request.why), now)


@_refusing
def reassign(state: State, request: TaskReassignmentRequested, now: datetime) -> Decision[Journey]:
    """Give an open task to another role."""
    command = HandTask(task_id=request.task_id, to=request.owner)
    return task_rules.hand(_going_on(state), command, now)


@_refusing
def move_start(state: State, request: StartMoveRequested, now: datetime) -> Decision[Journey]:
    """Move the first day, unless it has begun; the HR system's next report has the last word."""
    journey = _going_on(state)
    if journey.started_at is not None:
        raise Refused("the first day has begun already")
    if not FIRST_DAY <= request.starts_on <= LAST_DAY:
        raise Refused(f"the first day must lie between {FIRST_DAY} and {LAST_DAY}")
    if request.starts_on == journey.profile.starts_on:
        raise Refused("it starts on that day already")
    moved = journey.profile.model_copy(update={"starts_on": request.starts_on})
    report = ReportHire(hire_id=journey.hire_id, source=journey.source, profile=moved)
    return hire_rules.report(journey, report, now)


@_refusing
def cancel(state: State, request: CancellationRequested, now: datetime) -> Decision[Journey]:
    """Call a hire off before its first day."""
    journey = _going_on(state)
    if journey.started_at is not None:
        raise Refused("the first day has begun: have the HR system report the last day instead")
    return hire_rules.cancel(journey, ReportCancel(hire_id=request.hire_id), now)


@_refusing
def correct_contact(
    state: State, request: ContactCorrectionRequested, now: datetime
) -> Decision[Journey]:
    """Take over another name or address; the HR system's next report has the last word."""
    journey = _going_on(state)
    if request.worker == journey.profile.worker:
        raise Refused("that is what is known already")
    corrected = journey.profile.model_copy(update={"worker": request.worker})
    report = ReportHire(hire_id=journey.hire_id, source=journey.source, profile=corrected)
    return hire_rules.report(journey, report, now)


@_refusing
def erase(state: State, request: ErasureRequested, now: datetime) -> Decision[Journey]:
    """Begin to make all personal data of the hire unreadable for ever."""
    return erasure_rules.erase(state, request, now)


@_refusing
def withhold_access(
    state: State, request: AccessWithholdingRequested, now: datetime
) -> Decision[Journey]:
    """End access now; it stays ended, and the hire blocked, until somebody restores it."""
    journey = _going_on(state)
    if request.resource not in RESOURCES:
        raise Refused(f"there is no access to {request.resource!r}: it is to {_listed()}")
    if request.resource in journey.withheld:
        raise Refused("it was ended already")
    withheld = (*journey.withheld, request.resource)
    return Advance(journey.evolve(withheld=withheld), now).decision()


@_refusing
def restore_access(
    state: State, request: AccessRestorationRequested, now: datetime
) -> Decision[Journey]:
    """Give access again that was ended by hand, where the hire still needs it."""
    journey = _going_on(state)
    if request.resource not in journey.withheld:
        raise Refused("it was not ended by hand")
    withheld = tuple(each for each in journey.withheld if each != request.resource)
    return Advance(journey.evolve(withheld=withheld), now).decision()


def _listed() -> str:
    return " and ".join(RESOURCES)
