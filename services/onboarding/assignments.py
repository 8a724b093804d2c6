"""The tasks of a hire on the way to its next state: planned, assigned, moved, closed, dropped.

A plan is compared with the tasks that are there, so that a change moves, adds or drops, and never
doubles. Each task that is open has a timer for the end of its day.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from libs.common.contracts.onboarding import TaskAssigned, TaskDone, TaskDropped, TaskMoved
from libs.common.decider import CancelTimer, SetTimer
from libs.common.message import Event
from services.onboarding.commands import TaskDeadline, TaskReminder, TiersChange
from services.onboarding.local_day import due_at, local_date, starts_at
from services.onboarding.model import Journey, Task, TaskState
from services.onboarding.plan import Days, PlannedTask, plan_question, plan_tasks, task_id
from services.onboarding.risk import assess, next_change, policy_on
from services.onboarding.risk_policies import risk_policies
from services.onboarding.templates import DoneBy, task_templates
from services.onboarding.working_days import WorkingDays, working_days


@dataclass(slots=True)
class Assignments:
    """A journey whose tasks change, and the events and timers that leave with it."""

    journey: Journey
    now: datetime
    events: list[Event] = field(default_factory=list[Event])
    timers: list[SetTimer | CancelTimer] = field(default_factory=list[SetTimer | CancelTimer])

    @property
    def _today(self) -> date:
        return local_date(self.now, self.journey.profile.timezone)

    @property
    def _calendar(self) -> WorkingDays:
        return working_days(self.journey.profile.jurisdiction)

    def plan(self) -> None:
        """Plan tasks from what is known now, and compare with those that are there."""
        self._assess_risk()
        planned = {plan.task_id: plan for plan in self._planned()}
        for plan in planned.values():
            self._take_up(plan)
        for task in self.journey.tasks:
            if task.plan.task_id not in planned and self._can_be_dropped(task):
                self.drop(task, "It is no longer needed, as things stand now.")

    def _assess_risk(self) -> None:
        """Learn the tier as security has decided it for today, and wake when that changes."""
        policies, profile = risk_policies(), self.journey.profile
        assessed = assess(profile, policy_on(self._today, policies))
        self.journey = self.journey.evolve(risk=assessed)
        changes_on = next_change(self._today, policies)
        if changes_on is not None:
            self.timers.append(SetTimer(starts_at(changes_on, profile.timezone), TiersChange()))

    def _planned(self) -> Iterable[PlannedTask]:
        journey, profile = self.journey, self.journey.profile
        if journey.provisioning_on is not None and journey.risk is not None:
            days = Days(journey.provisioning_on, self._today, journey.last_day)
            place = (self._calendar, days, journey.risk.controls)
            yield from plan_tasks(
                journey.hire_id, journey.period, profile, task_templates(), *place
            )
        for question in journey.ruling.questions if journey.ruling else ():
            yield plan_question(
                journey.hire_id, journey.period, question, self._today, self._calendar
            )

    def _can_be_dropped(self, task: Task) -> bool:
        """What a person has done stays done; what an adapter has done can be taken back."""
        undoable = task.state is TaskState.DONE and task.plan.done_by is DoneBy.ADAPTER
        return task.period == self.journey.period and (undoable or task.is_unfinished)

    def _take_up(self, plan: PlannedTask) -> None:
        task = self.journey.task(plan.task_id)
        if task is None or task.state in (TaskState.DROPPED, TaskState.WAITING):
            self._put_down(plan)
        elif task.is_open:
            plan = plan.model_copy(update={"due_on": self._due_on(task, plan)})
            if plan.question is not None and plan.title != task.plan.title:
                self.drop(task, "It is asked in other words now.")
                self._put_down(plan)
            elif (plan.due_on, self.journey.profile.timezone) != (task.plan.due_on, task.timezone):
                self._move(task, plan)

    def _due_on(self, task: Task, plan: PlannedTask) -> date:
        """The day an open task is due by a new plan; one already late is not made less late."""
        due_on = self._possible(plan.due_on, task.assigned_on)
        late_already = task.plan.due_on < self._today and due_on <= self._calendar.shift(
            self._today, 0
        )
        return task.plan.due_on if plan.question is not None or late_already else due_on

    def _possible(self, due_on: date, asked_on: date) -> date:
        """Nothing is due before the day on which it is asked for."""
        return max(due_on, self._calendar.shift(asked_on, 0))

    def _put_down(self, plan: PlannedTask) -> None:
        """Note a task; it is asked for once all that it depends on is done."""
        journey = self.journey
        task = Task(
            plan=plan,
            period=journey.period,
            state=TaskState.WAITING,
            assigned_on=self._today,
            timezone=journey.profile.timezone,
        )
        self.journey = journey.with_task(task)

    def ask_for_what_can_begin(self) -> None:
        """Ask for the tasks whose time has come: all that they depend on is done, or not needed."""
        for task in self.journey.tasks:
            if task.state is TaskState.WAITING and self._can_begin(task):
                self._assign(task)

    def _can_begin(self, task: Task) -> bool:
        before = (
            self.journey.task(task_id(self.journey.hire_id, key, task.period))
            for key in task.plan.depends_on
        )
        return all(
            each is None or each.state in (TaskState.DONE, TaskState.DROPPED) for each in before
        )

    def _assign(self, task: Task) -> None:
        """Ask somebody to do a task, for the first time or again."""
        due_on = self._possible(task.plan.due_on, self._today)
        plan = task.plan.model_copy(update={"due_on": due_on})
        opened = task.evolve(plan=plan, state=TaskState.OPEN, assigned_on=self._today)
        self.hand_to_whose_turn_it_is(opened, plan.why)
        self._set_timers(opened)

    def hand_to_whose_turn_it_is(self, task: Task, why: str) -> None:
        """Ask whoever's turn it is: the one who does a task, or the one who approves it."""
        self.journey = self.journey.with_task(task)
        self.events.append(
            TaskAssigned(
                hire_id=self.journey.hire_id,
                task_id=task.plan.task_id,
                kind=task.plan.kind,
                title=task.title,
                owner=task.turn,
                due_on=task.plan.due_on,
                timezone=task.timezone,
                why=why,
            )
        )

    def _move(self, task: Task, plan: PlannedTask) -> None:
        same_day = plan.due_on == task.plan.due_on
        zone = self.journey.profile.timezone
        moved = task.evolve(plan=plan, timezone=zone, overdue=task.overdue if same_day else 0)
        self.journey = self.journey.with_task(moved)
        self.events.append(
            TaskMoved(
                hire_id=self.journey.hire_id,
                task_id=plan.task_id,
                due_on=plan.due_on,
                timezone=zone,
            )
        )
        if not moved.overdue:
            self._set_timers(moved)

    def close(self, task: Task) -> None:
        """Note that a task was done."""
        self.journey = self.journey.with_task(task.evolve(state=TaskState.DONE))
        self.events.append(
            TaskDone(
                hire_id=self.journey.hire_id,
                task_id=task.plan.task_id,
                kind=task.plan.kind,
                done_at=self.now,
            )
        )
        self._cancel_timers(task)

    def drop(self, task: Task, why: str) -> None:
        """Take a task back; whoever was not asked for it is not told."""
        self.journey = self.journey.with_task(task.evolve(state=TaskState.DROPPED))
        if task.state is TaskState.WAITING:
            return
        self.events.append(
            TaskDropped(hire_id=self.journey.hire_id, task_id=task.plan.task_id, why=why)
        )
        self._cancel_timers(task)

    def reopen_questions(self, heard: int) -> None:
        """Have questions asked again whose answer is among the first `heard` and did not do."""
        ruling = self.journey.ruling
        asked = {question.id for question in ruling.questions} if ruling else set[str]()
        for task in self.journey.tasks:
            answered = task.state is TaskState.DONE and task.answer <= heard
            if answered and task.period == self.journey.period and task.plan.question in asked:
                self.journey = self.journey.with_task(task.evolve(state=TaskState.DROPPED))

    def _set_timers(self, task: Task) -> None:
        zone, slot = task.timezone, str(task.plan.task_id)
        self.timers.append(SetTimer(due_at(task.plan.due_on, zone), TaskDeadline(slot=slot)))
        is_reminded = task.plan.remind and task.plan.done_by is DoneBy.PERSON
        if is_reminded and task.plan.due_on > self._today:
            self.timers.append(SetTimer(starts_at(task.plan.due_on, zone), TaskReminder(slot=slot)))
        else:
            self.timers.append(CancelTimer(TaskReminder, slot))

    def _cancel_timers(self, task: Task) -> None:
        slot = str(task.plan.task_id)
        self.timers += [CancelTimer(TaskDeadline, slot), CancelTimer(TaskReminder, slot)]
