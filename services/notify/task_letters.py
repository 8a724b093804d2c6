"""What is said about the tasks of a hire: asked for, moved, reminded of, withdrawn.

The kernel gives the events of a hire in their order and each once, and that order is trusted: a
task that was closed and is assigned again is asked for again, as a question is whose answer did
not do. Beyond that a repeated event says nothing new.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from libs.common.contracts.onboarding import (
    TaskAssigned,
    TaskDone,
    TaskDropped,
    TaskDueToday,
    TaskMoved,
    TaskOverdue,
)
from libs.common.contracts.values import Owner
from libs.common.decider import Decision
from services.notify.asks import do_task, do_task_today, overdue_task, withdraw_task
from services.notify.civil_time import zone_or_utc
from services.notify.drafting import Drafting, settle
from services.notify.letter import Ask
from services.notify.model import Correspondence, Task

MANAGER_FROM = 2
"""The reminder of a late task from which on the manager is told as well."""

State: TypeAlias = Correspondence | None
Outcome: TypeAlias = Decision[Correspondence]


@dataclass(frozen=True, slots=True)
class TaskLetters:
    """One rule for each event of a task."""

    drafting: Drafting

    def ask(self, state: State, event: TaskAssigned, now: datetime) -> Outcome:
        """Ask the owner once for each task; who had it before is asked no more."""
        known = state or Correspondence(hire_id=event.hire_id)
        task, before = Task.assigned(event), known.task(event.task_id)
        if before is not None and (before.owner, before.title) == (task.owner, task.title):
            return Decision(state)
        after = known.silence(task.topic).with_task(task)
        if task.automatic:
            return settle(state, after)
        return settle(state, self._tell(after, (task.owner,), do_task(task), now))

    def move(self, state: State, event: TaskMoved, now: datetime) -> Outcome:
        """Correct the date where it has not gone out; where it has, tell the new one."""
        task = state and state.task(event.task_id)
        if state is None or task is None:
            return Decision(state)
        if task.due_on == event.due_on:  # it ends at another hour, where the hire is now
            same = task.timezone == event.timezone
            return Decision(
                state if same else state.with_task(task.evolve(timezone=event.timezone))
            )
        moved = task.evolve(
            due_on=event.due_on, timezone=event.timezone, reminded=False, escalation=0
        )
        owner = self.drafting.reader_of(state, moved.owner)
        after = state.with_task(moved).silence(moved.topic, but_for=owner)
        if moved.told == moved.due_on or (moved.automatic and moved.told is None):
            return settle(state, after.silence(moved.topic))
        return settle(state, self._tell(after, (moved.owner,), do_task(moved), now))

    def remind(self, state: State, event: TaskDueToday, now: datetime) -> Outcome:
        """Remind the owner on the morning of the day, unless that morning's letter has said so."""
        task = state and state.task(event.task_id)
        if state is None or task is None or task.reminded or task.due_on != event.due_on:
            return Decision(state)
        after = state.with_task(task.evolve(reminded=True))
        if task.told == event.due_on and _is_same_day(task.told_at, now, event.timezone):
            return Decision(after)
        return settle(state, self._tell(after, (task.owner,), do_task_today(task), now))

    def press(self, state: State, event: TaskOverdue, now: datetime) -> Outcome:
        """Remind the owner of a late task, and from the second time on tell the manager too."""
        known = state or Correspondence(hire_id=event.hire_id)
        zone = known.contacts.timezone if known.contacts else "UTC"
        task = known.task(event.task_id) or Task.overdue(event, zone)
        late = task.due_on == event.due_on and event.escalation > task.escalation
        if task.id in known.closed or not late:
            return Decision(state)
        task = task.evolve(escalation=event.escalation)
        owners = (task.owner, Owner.MANAGER) if event.escalation >= MANAGER_FROM else (task.owner,)
        return settle(state, self._tell(known.with_task(task), owners, overdue_task(task), now))

    def forget(self, state: State, event: TaskDone, _now: datetime) -> Outcome:
        """A task that is done is asked for no more."""
        known = state or Correspondence(hire_id=event.hire_id)
        if event.task_id in known.closed:
            return Decision(state)
        return settle(state, known.with_closed(event.task_id))

    def withdraw(self, state: State, event: TaskDropped, now: datetime) -> Outcome:
        """Ask no more for a task; who was asked already is told."""
        known = state or Correspondence(hire_id=event.hire_id)
        if event.task_id in known.closed:
            return Decision(state)
        task, after = known.task(event.task_id), known.with_closed(event.task_id)
        if task is None or task.told is None:
            return settle(state, after)
        return settle(state, self._tell(after, (task.owner,), withdraw_task(task, event), now))

    def _tell(
        self, state: Correspondence, owners: Iterable[Owner], ask: Ask, now: datetime
    ) -> Correspondence:
        for reader in dict.fromkeys(self.drafting.reader_of(state, owner) for owner in owners):
            state = self.drafting.tell(state, ask, reader, now)
        return state


def _is_same_day(then: datetime | None, now: datetime, timezone: str) -> bool:
    zone = zone_or_utc(timezone)
    return then is not None and then.astimezone(zone).date() == now.astimezone(zone).date()
