"""What compliance decides, what people do about it, and how they are reminded."""

from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from libs.common.contracts.compliance import CheckDecided, Verdict
from libs.common.contracts.onboarding import QuestionAnswered, TaskDueToday, TaskOverdue
from libs.common.contracts.values import Owner
from libs.common.decider import Decision, Refused, SetTimer
from services.onboarding.advance import Advance
from services.onboarding.commands import (
    ApproveTask,
    CompleteTask,
    HandTask,
    PlanAnew,
    RejectTask,
    TaskDeadline,
    TaskReminder,
    TiersChange,
)
from services.onboarding.local_day import due_at, local_date
from services.onboarding.model import Journey, Ruling, Task, TaskState
from services.onboarding.templates import DoneBy
from services.onboarding.working_days import working_days

NO_WAY_OUT: Final = (
    "The check is not clear, finds nothing amiss and asks nothing: see whether any rule of the "
    "law pack applies to this hire."
)

TO_BE_APPROVED: Final = "It was done, and counts once you have found it so."

State: TypeAlias = Journey | None


def follow_ruling(state: State, check: CheckDecided, now: datetime) -> Decision[Journey]:
    """Ask what compliance asks, stop where it says stop, and provision once all is clear."""
    if state is None or state.ending is not None or not _is_about(check, state):
        return Decision(state)
    begun = state.provisioning_on
    if check.verdict is Verdict.CLEAR and begun is None:
        begun = local_date(now, state.profile.timezone)
    advance = Advance(state.evolve(ruling=_ruling(check), provisioning_on=begun), now)
    advance.reopen_questions(check.answers)
    advance.plan()
    return advance.decision()


def _is_about(check: CheckDecided, state: Journey) -> bool:
    """Whether it is news, and of the place and day as they are known now.

    Where they have changed since, another decision is on its way.
    """
    known = state.ruling.version if state.ruling else 0
    profile = state.profile
    return check.version > known and (check.jurisdiction, check.effective_on) == (
        profile.jurisdiction,
        profile.starts_on,
    )


def _ruling(check: CheckDecided) -> Ruling:
    failed = [finding for finding in check.findings if finding.stands_in_the_way]
    blocks = tuple(f"{f.rule}: {f.says} {f.remedy or ''}".strip() for f in failed)
    asked = check.questions or check.awaits
    if check.verdict is not Verdict.CLEAR and not failed and not asked:
        blocks = (NO_WAY_OUT,)
    return Ruling(
        version=check.version,
        verdict=check.verdict,
        questions=check.questions,
        awaits=tuple(doubt.ask for doubt in check.awaits),
        blocks=blocks,
        owner=next((f.owner for f in failed if f.owner), Owner.LEGAL),
    )


def plan_anew(state: State, asked: TiersChange | PlanAnew, now: datetime) -> Decision[Journey]:
    """Plan by templates and tiers as they are now: what is done stays done, and nothing doubles."""
    if state is None or state.ending is not None:
        if isinstance(asked, PlanAnew):
            raise Refused("there is nothing to plan for a hire that is over, or not known")
        return Decision(state)
    advance = Advance(state, now)
    advance.plan()
    return advance.decision()


def complete(state: State, command: CompleteTask, now: datetime) -> Decision[Journey]:
    """Close a task of a person, or have it approved; an answer goes to compliance."""
    state, task = _task_of_a_person(state, command.task_id, TaskState.OPEN)
    if task.plan.question is not None:
        return _answer(state, task, command.answer or "", now)
    if task.plan.evidence is not None and command.evidence is None:
        raise Refused(f"this task needs evidence: {task.plan.evidence}")
    done = task.evolve(evidence=command.evidence)
    advance = Advance(state, now)
    if task.plan.approver is None:
        advance.close(done)
    else:
        submitted = done.evolve(state=TaskState.SUBMITTED, submitted_by=command.by)
        advance.hand_to_whose_turn_it_is(submitted, TO_BE_APPROVED)
    return advance.decision()


def approve(state: State, command: ApproveTask, now: datetime) -> Decision[Journey]:
    """Close a task that waits for its approver: four eyes, whatever roles an account has."""
    state, task = _task_of_a_person(state, command.task_id, TaskState.SUBMITTED)
    if command.by is not None and command.by == task.submitted_by:
        raise Refused("who did a task does not approve it: somebody else has to look")
    advance = Advance(state, now)
    advance.close(task)
    return advance.decision()


def reject(state: State, command: RejectTask, now: datetime) -> Decision[Journey]:
    """Give a task back to whoever did it, with the reason."""
    state, task = _task_of_a_person(state, command.task_id, TaskState.SUBMITTED)
    advance = Advance(state, now)
    again = task.evolve(state=TaskState.OPEN, evidence=None, submitted_by=None)
    advance.hand_to_whose_turn_it_is(again, f"It was sent back: {command.reason}")
    return advance.decision()


def hand(state: State, command: HandTask, now: datetime) -> Decision[Journey]:
    """Have another role do a task, and ask them."""
    state, task = _task_of_a_person(state, command.task_id, TaskState.OPEN)
    if task.plan.question is not None:
        raise Refused("a question is answered by the role it was asked of")
    if command.to is task.owner:
        raise Refused(f"{command.to} has this task already")
    if command.to is task.plan.approver:
        raise Refused(f"{command.to} approves this task, and so cannot do it")
    advance = Advance(state, now)
    advance.hand_to_whose_turn_it_is(task.evolve(given_to=command.to), task.plan.why)
    return advance.decision()


def _task_of_a_person(state: State, task_id: UUID, expected: TaskState) -> tuple[Journey, Task]:
    task = state.task(task_id) if state else None
    if state is None or task is None:
        raise Refused("there is no such task of this hire")
    if task.plan.done_by is DoneBy.ADAPTER:
        raise Refused("an adapter does this task; if it gave up, retry the access instead")
    if task.state is not expected:
        raise Refused(f"this task is not {expected}, it is {task.state}")
    return state, task


def _answer(state: Journey, task: Task, answer: str, now: datetime) -> Decision[Journey]:
    if task.plan.question is None or not answer.strip():
        raise Refused("this task is a question: send its answer")
    number = state.answers + 1
    advance = Advance(state.evolve(answers=number), now)
    advance.events.append(
        QuestionAnswered(
            hire_id=state.hire_id, question=task.plan.question, answer=answer, answered_at=now
        )
    )
    advance.close(task.evolve(answer=number))
    return advance.decision()


def remind(state: State, timer: TaskReminder, now: datetime) -> Decision[Journey]:
    """Say in the morning what must be done by the evening; in the evening it is too late for it."""
    task = state.task(UUID(timer.slot)) if state else None
    if state is None or task is None or not task.is_open:
        return Decision(state)
    if now >= due_at(task.plan.due_on, task.timezone):
        return Decision(state)
    reminder = TaskDueToday(
        hire_id=state.hire_id,
        task_id=task.plan.task_id,
        title=task.title,
        owner=task.turn,
        due_on=task.plan.due_on,
        timezone=task.timezone,
    )
    return Decision(state, emit=(reminder,))


def escalate(state: State, timer: TaskDeadline, now: datetime) -> Decision[Journey]:
    """Say that a task is late, and again every working day, up to a limit."""
    task = state.task(UUID(timer.slot)) if state else None
    if state is None or task is None or not task.is_open:
        return Decision(state)
    late = task.evolve(overdue=task.overdue + 1)
    overdue = TaskOverdue(
        hire_id=state.hire_id,
        task_id=task.plan.task_id,
        title=task.title,
        owner=task.turn,
        due_on=task.plan.due_on,
        escalation=late.overdue,
    )
    profile = state.profile
    calendar = working_days(profile.jurisdiction)
    again = due_at(calendar.shift(local_date(now, profile.timezone), 1), profile.timezone)
    timers = (SetTimer(again, timer),) if late.overdue < task.plan.late_calls else ()
    return Decision(state.with_task(late), emit=(overdue,), timers=timers)
