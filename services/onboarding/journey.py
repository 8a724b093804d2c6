"""The journey of a hire: one decider for the whole life, from the first report to the last access.

A rule records what a message says and leaves the rest to `Advance`, which derives what follows.
"""

from datetime import datetime
from uuid import UUID

from libs.common.contracts.compliance import CheckDecided, Outcome, Verdict
from libs.common.contracts.onboarding import (
    AccessGranted,
    AccessRevoked,
    HireAnnounced,
    HireCancelled,
    HireChanged,
    HireLeaving,
    HireLeft,
    HireStatusChanged,
    QuestionAnswered,
    TaskDone,
    TaskDueToday,
    TaskKind,
    TaskOverdue,
)
from libs.common.contracts.values import Owner, Profile
from libs.common.decider import Decider, Decision, Refused, SetTimer
from libs.common.message import EffectFailed
from services.onboarding.advance import VPN, Advance
from services.onboarding.commands import (
    CompleteTask,
    FirstDay,
    LastDayOver,
    ReportCancel,
    ReportHire,
    ReportLeaving,
    RetryAccess,
    TaskDeadline,
    TaskReminder,
)
from services.onboarding.local_day import due_at, local_date
from services.onboarding.model import Access, Ending, Grant, Journey, Ruling, Task, TaskState
from services.onboarding.templates import DoneBy
from services.onboarding.vpn.messages import EnsurePeer, PeerGone, PeerReady, RevokePeer
from services.onboarding.working_days import working_days

MAX_OVERDUE = 5
"""How often a task is called late before only the board shows it."""

journey = Decider("journey", Journey, one_trace=True)


@journey.on(ReportHire)
def report(state: Journey | None, told: ReportHire, now: datetime) -> Decision[Journey]:
    """Announce a hire, take it up again after an end, or change what is other than known."""
    reported_at = told.reported_at or now
    if state is None:
        return _announce(told, reported_at, now, period=1)
    if reported_at < state.reported_at:
        return Decision(state)
    if state.ending is not None:
        return _announce(told, reported_at, now, period=state.period + 1, before=state)
    changed = _changes(state.profile, told.profile)
    if not changed:
        return Decision(state)
    return _change(state.evolve(reported_at=reported_at), told.profile, changed, now)


def _announce(
    told: ReportHire,
    reported_at: datetime,
    now: datetime,
    *,
    period: int,
    before: Journey | None = None,
) -> Decision[Journey]:
    begun = Journey(
        hire_id=told.hire_id,
        period=period,
        since=now,
        profile=told.profile,
        source=told.source,
        announced_at=now,
        reported_at=reported_at,
        answers=before.answers if before else 0,
        tasks=before.tasks if before else (),
        access=before.access if before else (),
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
    recheck = set(changed) - {"worker", "manager"}
    advance = Advance(
        state.evolve(profile=profile, ruling=None if "jurisdiction" in recheck else state.ruling),
        now,
    )
    advance.events.append(HireChanged(hire_id=state.hire_id, changed=changed, profile=profile))
    if recheck & {"starts_on", "timezone", "jurisdiction", "role", "engagement"}:
        advance.plan()
    if recheck & {"starts_on", "timezone"} and state.started_at is None:
        advance.expect_first_day()
    return advance.decision()


@journey.on(ReportCancel)
def cancel(state: Journey | None, told: ReportCancel, now: datetime) -> Decision[Journey]:
    """Undo all that hangs on the hire."""
    reported_at = told.reported_at or now
    if state is None or state.ending is not None or reported_at < state.reported_at:
        return Decision(state)
    return _cancel(state.evolve(reported_at=reported_at), now)


def _cancel(state: Journey, now: datetime) -> Decision[Journey]:
    advance = Advance(state, now)
    advance.end(Ending.CANCELLED, "The hire was cancelled.")
    advance.events.append(HireCancelled(hire_id=state.hire_id, cancelled_at=now))
    return advance.decision()


@journey.on(ReportLeaving)
def leave(state: Journey | None, told: ReportLeaving, now: datetime) -> Decision[Journey]:
    """Take note of the last day; one who never started is cancelled instead."""
    reported_at = told.reported_at or now
    if state is None or state.ending is not None or reported_at < state.reported_at:
        return Decision(state)
    if state.started_at is None:
        return _cancel(state.evolve(reported_at=reported_at), now)
    if told.last_day == state.last_day:
        return Decision(state)
    zone = state.profile.timezone
    advance = Advance(state.evolve(reported_at=reported_at, last_day=told.last_day), now)
    advance.events.append(HireLeaving(hire_id=state.hire_id, last_day=told.last_day, timezone=zone))
    advance.timers.append(SetTimer(due_at(told.last_day, zone), LastDayOver()))
    return advance.decision()


@journey.on(LastDayOver)
def end_last_day(state: Journey | None, _timer: LastDayOver, now: datetime) -> Decision[Journey]:
    """The person has left: nothing is left to do, and access ends now."""
    if state is None or state.ending is not None:
        return Decision(state)
    advance = Advance(state, now)
    advance.end(Ending.LEFT, "The person has left.")
    advance.events.append(HireLeft(hire_id=state.hire_id, left_at=now))
    return advance.decision()


@journey.on(CheckDecided)
def follow_ruling(state: Journey | None, check: CheckDecided, now: datetime) -> Decision[Journey]:
    """Ask what compliance asks, stop where it says stop, and provision once all is clear."""
    if state is None or state.ending is not None:
        return Decision(state)
    if state.ruling is not None and check.version <= state.ruling.version:
        return Decision(state)
    begun = state.provisioning_on
    if check.verdict is Verdict.CLEAR and begun is None:
        begun = local_date(now, state.profile.timezone)
    advance = Advance(state.evolve(ruling=_ruling(check), provisioning_on=begun), now)
    if check.answers >= state.answers:
        advance.reopen_questions()
    advance.plan()
    return advance.decision()


def _ruling(check: CheckDecided) -> Ruling:
    failed = [finding for finding in check.findings if finding.outcome is Outcome.NOT_MET]
    return Ruling(
        version=check.version,
        verdict=check.verdict,
        questions=check.questions,
        blocks=tuple(f"{f.rule}: {f.says} {f.remedy or ''}".strip() for f in failed),
        owner=next((f.owner for f in failed if f.owner), Owner.LEGAL),
    )


@journey.on(CompleteTask)
def complete(state: Journey | None, command: CompleteTask, now: datetime) -> Decision[Journey]:
    """Close a task of a person; the answer to a question goes to compliance."""
    state, task = _open_task(state, command.task_id)
    if task.plan.done_by is DoneBy.ADAPTER:
        raise Refused("an adapter does this task; if it gave up, retry the access instead")
    advance = Advance(state, now)
    if task.plan.question is not None:
        if not command.answer:
            raise Refused("this task is a question: send its answer")
        advance.events.append(
            QuestionAnswered(
                hire_id=state.hire_id,
                question=task.plan.question,
                answer=command.answer,
                answered_at=now,
            )
        )
        advance.journey = state.evolve(answers=state.answers + 1)
    _close(advance, task)
    return advance.decision()


@journey.on(RetryAccess)
def retry(state: Journey | None, command: RetryAccess, now: datetime) -> Decision[Journey]:
    """Have an adapter that gave up try again."""
    access = state.access_to(command.resource) if state else None
    if state is None or access is None or access.trouble is None:
        raise Refused(f"no adapter has given up on {command.resource} of this hire")
    advance = Advance(state.with_access(access.model_copy(update={"trouble": None})), now)
    advance.ask_adapter()
    return advance.decision()


def _open_task(state: Journey | None, task_id: UUID) -> tuple[Journey, Task]:
    task = state.task(task_id) if state else None
    if state is None or task is None:
        raise Refused("there is no such task of this hire")
    if task.state is not TaskState.OPEN:
        raise Refused(f"this task is not open, it is {task.state}")
    return state, task


def _close(advance: Advance, task: Task) -> None:
    advance.journey = advance.journey.with_task(task.evolve(state=TaskState.DONE))
    advance.cancel_timers(task)
    advance.events.append(
        TaskDone(
            hire_id=advance.journey.hire_id,
            task_id=task.plan.task_id,
            kind=task.plan.kind,
            done_at=advance.now,
        )
    )


@journey.on(PeerReady)
def grant_access(state: Journey | None, reply: PeerReady, now: datetime) -> Decision[Journey]:
    """The VPN peer was read back: the task is done, unless access was taken back meanwhile."""
    access = state.access_to(VPN) if state else None
    if state is None or access is None or access.grant is not Grant.ASKED:
        return Decision(state)
    if reply.period != state.period:
        return Decision(state)
    advance = Advance(state.with_access(Access(resource=VPN, grant=Grant.GRANTED)), now)
    advance.events.append(AccessGranted(hire_id=state.hire_id, resource=VPN, granted_at=now))
    for task in state.open_tasks:
        if task.plan.kind is TaskKind.VPN:
            _close(advance, task)
    return advance.decision()


@journey.on(PeerGone)
def note_revocation(state: Journey | None, _reply: PeerGone, now: datetime) -> Decision[Journey]:
    """No VPN peer is left, as read back."""
    access = state.access_to(VPN) if state else None
    if state is None or access is None or access.grant is not Grant.REVOKING:
        return Decision(state)
    advance = Advance(state.with_access(Access(resource=VPN, grant=Grant.REVOKED)), now)
    advance.events.append(AccessRevoked(hire_id=state.hire_id, resource=VPN, revoked_at=now))
    return advance.decision()


@journey.on(EffectFailed)
def note_trouble(state: Journey | None, reply: EffectFailed, now: datetime) -> Decision[Journey]:
    """An adapter gave up: the hire is blocked, and IT has to resolve it."""
    access = state.access_to(VPN) if state else None
    if state is None or access is None or reply.effect not in (EnsurePeer.type, RevokePeer.type):
        return Decision(state)
    trouble = f"{reply.effect} was given up: {reply.reason}"
    return Advance(
        state.with_access(access.model_copy(update={"trouble": trouble})), now
    ).decision()


@journey.on(FirstDay)
def begin_first_day(state: Journey | None, _timer: FirstDay, now: datetime) -> Decision[Journey]:
    """The first day has come; who is ready is active from now on."""
    return Decision(state) if state is None else Advance(state, now).decision()


@journey.on(TaskReminder)
def remind(state: Journey | None, timer: TaskReminder, _now: datetime) -> Decision[Journey]:
    """Say in the morning what must be done by the evening."""
    task = state.task(UUID(timer.slot)) if state else None
    if state is None or task is None or task.state is not TaskState.OPEN:
        return Decision(state)
    reminder = TaskDueToday(
        hire_id=state.hire_id,
        task_id=task.plan.task_id,
        title=task.plan.title,
        owner=task.plan.owner,
        due_on=task.plan.due_on,
        timezone=state.profile.timezone,
    )
    return Decision(state, emit=(reminder,))


@journey.on(TaskDeadline)
def escalate(state: Journey | None, timer: TaskDeadline, now: datetime) -> Decision[Journey]:
    """Say that a task is late, and again every working day, up to a limit."""
    task = state.task(UUID(timer.slot)) if state else None
    if state is None or task is None or task.state is not TaskState.OPEN:
        return Decision(state)
    late = task.evolve(overdue=task.overdue + 1)
    overdue = TaskOverdue(
        hire_id=state.hire_id,
        task_id=task.plan.task_id,
        title=task.plan.title,
        owner=task.plan.owner,
        due_on=task.plan.due_on,
        escalation=late.overdue,
    )
    profile = state.profile
    calendar = working_days(profile.jurisdiction)
    again = due_at(calendar.shift(local_date(now, profile.timezone), 1), profile.timezone)
    timers = (SetTimer(again, timer),) if late.overdue < MAX_OVERDUE else ()
    return Decision(state.with_task(late), emit=(overdue,), timers=timers)
