"""What follows from where a hire stands: its tasks, access, timers and status, derived anew.

Every rule of the journey changes what is known and then comes here. All that hangs on the facts is
compared with what is already there, so that a change moves, adds or drops, and never doubles.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from libs.common.contracts.compliance import Verdict
from libs.common.contracts.onboarding import (
    HireBlocked,
    HireReady,
    HireStarted,
    HireStatus,
    HireStatusChanged,
    TaskAssigned,
    TaskDropped,
    TaskKind,
    TaskMoved,
)
from libs.common.contracts.values import Owner
from libs.common.decider import CancelTimer, Decision, SetTimer
from libs.common.message import Effect, Event
from services.onboarding.commands import FirstDay, LastDayOver, TaskDeadline, TaskReminder
from services.onboarding.local_day import due_at, local_date, starts_at
from services.onboarding.model import Access, Ending, Grant, Journey, Task, TaskState
from services.onboarding.plan import Days, PlannedTask, plan_question, plan_tasks
from services.onboarding.templates import DoneBy, task_templates
from services.onboarding.vpn.messages import EnsurePeer, RevokePeer
from services.onboarding.working_days import working_days

VPN = TaskKind.VPN.value


@dataclass(slots=True)
class Advance:
    """A journey on its way to the next state, and all that leaves with it."""

    journey: Journey
    now: datetime
    events: list[Event] = field(default_factory=list[Event])
    timers: list[SetTimer | CancelTimer] = field(default_factory=list[SetTimer | CancelTimer])
    effects: list[Effect] = field(default_factory=list[Effect])
    blocked_before: "Blocks | None" = None

    def __post_init__(self) -> None:
        self.blocked_before = blocks(self.journey)

    def decision(self) -> Decision[Journey]:
        """Settle access and status, and answer with all of it."""
        self._settle_access()
        self._settle_status()
        return Decision(self.journey, tuple(self.events), tuple(self.timers), tuple(self.effects))

    def plan(self) -> None:
        """Plan tasks from what is known now, and compare with those that are there."""
        planned = tuple(self._planned())
        for plan in planned:
            self._take_up(plan)
        wanted = {plan.task_id for plan in planned}
        for task in self.journey.open_tasks:
            if task.plan.task_id not in wanted:
                self.drop(task, "It is no longer needed, as things stand now.")

    def _planned(self) -> Iterable[PlannedTask]:
        journey, profile = self.journey, self.journey.profile
        if journey.ending is not None:
            return
        today = local_date(self.now, profile.timezone)
        calendar = working_days(profile.jurisdiction)
        if journey.provisioning_on is not None:
            days = Days(provisioning_on=journey.provisioning_on, today=today)
            templates = task_templates()
            yield from plan_tasks(
                journey.hire_id, journey.period, profile, templates, calendar, days
            )
        for question in journey.ruling.questions if journey.ruling else ():
            yield plan_question(journey.hire_id, journey.period, question, today, calendar)

    def _take_up(self, plan: PlannedTask) -> None:
        task = self.journey.task(plan.task_id)
        if task is None or task.state is TaskState.DROPPED:
            self.assign(plan)
        elif task.state is TaskState.OPEN and plan.question is not None:
            if plan.title != task.plan.title:
                self.assign(plan.model_copy(update={"due_on": task.plan.due_on}))
        elif task.state is TaskState.OPEN and plan.due_on != task.plan.due_on:
            self._move(task, plan)

    def assign(self, plan: PlannedTask) -> None:
        """Ask somebody to do a task, for the first time or again."""
        zone = self.journey.profile.timezone
        task = Task(plan=plan, period=self.journey.period, assigned_on=local_date(self.now, zone))
        self.journey = self.journey.with_task(task)
        self.events.append(
            TaskAssigned(
                hire_id=self.journey.hire_id,
                task_id=plan.task_id,
                kind=plan.kind,
                title=plan.title,
                owner=plan.owner,
                due_on=plan.due_on,
                timezone=zone,
                why=plan.why,
            )
        )
        self._set_timers(task)

    def _move(self, task: Task, plan: PlannedTask) -> None:
        moved = task.evolve(plan=plan, overdue=0)
        self.journey = self.journey.with_task(moved)
        self.events.append(
            TaskMoved(
                hire_id=self.journey.hire_id,
                task_id=plan.task_id,
                due_on=plan.due_on,
                timezone=self.journey.profile.timezone,
            )
        )
        self._set_timers(moved)

    def reopen_questions(self) -> None:
        """Let questions be asked again that compliance still asks though all answers were heard."""
        asked = (
            {question.id for question in self.journey.ruling.questions}
            if self.journey.ruling
            else set[str]()
        )
        for task in self.journey.tasks:
            if task.state is TaskState.DONE and task.plan.question in asked:
                self.journey = self.journey.with_task(task.evolve(state=TaskState.DROPPED))

    def drop(self, task: Task, why: str) -> None:
        """Take a task back."""
        self.journey = self.journey.with_task(task.evolve(state=TaskState.DROPPED))
        self.events.append(
            TaskDropped(hire_id=self.journey.hire_id, task_id=task.plan.task_id, why=why)
        )
        self.cancel_timers(task)

    def _set_timers(self, task: Task) -> None:
        zone, slot = self.journey.profile.timezone, str(task.plan.task_id)
        self.timers.append(SetTimer(due_at(task.plan.due_on, zone), TaskDeadline(slot=slot)))
        if task.plan.done_by is DoneBy.PERSON and task.plan.due_on > task.assigned_on:
            self.timers.append(SetTimer(starts_at(task.plan.due_on, zone), TaskReminder(slot=slot)))
        else:
            self.timers.append(CancelTimer(TaskReminder, slot))

    def cancel_timers(self, task: Task) -> None:
        """Forget when a task is due."""
        slot = str(task.plan.task_id)
        self.timers += [CancelTimer(TaskDeadline, slot), CancelTimer(TaskReminder, slot)]

    def expect_first_day(self) -> None:
        """Wake the journey when the first day of work begins, in the hire's own zone."""
        profile = self.journey.profile
        self.timers.append(SetTimer(starts_at(profile.starts_on, profile.timezone), FirstDay()))

    def end(self, ending: Ending, why: str) -> None:
        """End this period: nothing is left to do, and no access is left."""
        for task in self.journey.open_tasks:
            self.drop(task, why)
        self.timers += [CancelTimer(FirstDay), CancelTimer(LastDayOver)]
        self.journey = self.journey.evolve(ending=ending)

    def _settle_access(self) -> None:
        journey = self.journey
        has_task = any(
            task.plan.key == VPN
            and task.period == journey.period
            and task.state is not TaskState.DROPPED
            for task in journey.tasks
        )
        wanted = journey.ending is None and has_task
        access = journey.access_to(VPN)
        held = access is not None and access.held
        if wanted and not held:
            self.journey = journey.with_access(Access(resource=VPN, grant=Grant.ASKED))
            self.ask_adapter()
        elif held and not wanted:
            self.journey = journey.with_access(Access(resource=VPN, grant=Grant.REVOKING))
            self.ask_adapter()

    def ask_adapter(self) -> None:
        """Have the adapter do what the journey last decided about access, however often."""
        access = self.journey.access_to(VPN)
        if access is not None:
            effect = EnsurePeer if access.held else RevokePeer
            self.effects.append(effect(hire_id=self.journey.hire_id, period=self.journey.period))

    def _settle_status(self) -> None:
        self._settle_readiness()
        before, status = self.journey.status, status_of(self.journey)
        if status is not before:
            self.journey = self.journey.evolve(status=status, since=self.now)
            self.events.append(
                HireStatusChanged(
                    hire_id=self.journey.hire_id,
                    before=before,
                    status=status,
                    changed_at=self.now,
                )
            )
        reasons = blocks(self.journey)
        heard = status is HireStatus.BLOCKED or self.journey.ending is not None
        if heard and reasons and reasons != self.blocked_before:
            owner, whys = reasons
            self.events.append(
                HireBlocked(hire_id=self.journey.hire_id, owner=owner, reasons=whys, since=self.now)
            )

    def _settle_readiness(self) -> None:
        journey, profile = self.journey, self.journey.profile
        status = status_of(journey)
        if status is HireStatus.READY and journey.ready_at is None:
            self.journey = journey = journey.evolve(ready_at=self.now)
            self.events.append(
                HireReady(
                    hire_id=journey.hire_id,
                    announced_at=journey.announced_at,
                    ready_at=self.now,
                    starts_on=profile.starts_on,
                )
            )
        if status is HireStatus.READY:
            if self.now >= starts_at(profile.starts_on, profile.timezone):
                self.journey = journey.evolve(started_at=self.now)
                self.events.append(HireStarted(hire_id=journey.hire_id, started_at=self.now))
        elif journey.started_at is None and journey.ready_at is not None:
            self.journey = journey.evolve(ready_at=None)


Blocks = tuple[Owner, tuple[str, ...]]
"""Who has to resolve what."""


def blocks(journey: Journey) -> Blocks | None:
    """Who has to resolve what before the hire can go on; None if nothing is in its way."""
    if journey.ruling is not None and journey.ruling.verdict is Verdict.BLOCKED:
        return journey.ruling.owner, journey.ruling.blocks
    troubles = tuple(each.trouble for each in journey.access if each.trouble)
    return (Owner.IT, troubles) if troubles else None


def status_of(journey: Journey) -> HireStatus:
    """Where the hire stands, from what is known and nothing else."""
    if journey.ending is not None:
        return HireStatus(journey.ending.value)
    if blocks(journey) is not None:
        return HireStatus.BLOCKED
    return _before_start(journey) if journey.started_at is None else _since_start(journey)


def _before_start(journey: Journey) -> HireStatus:
    if journey.ruling is None:
        return HireStatus.ANNOUNCED
    if journey.ruling.verdict is not Verdict.CLEAR:
        return HireStatus.CHECKING
    return HireStatus.PROVISIONING if journey.open_tasks else HireStatus.READY


def _since_start(journey: Journey) -> HireStatus:
    if journey.last_day is not None:
        return HireStatus.LEAVING
    clear = journey.ruling is not None and journey.ruling.verdict is Verdict.CLEAR
    return HireStatus.ACTIVE if clear else HireStatus.CHANGING
