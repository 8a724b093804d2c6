"""What notify says about a hire, and when: the decider of all letters.

Each rule says what an event means for what is to be told; `Drafting` makes letters of it and
`settle` the timers. A letter gathers asks for ten minutes, waits for its reader's working hours,
loses what is no longer asked, and then goes out once.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from libs.common.contracts.notify import MessageFailed, MessageSent
from libs.common.contracts.onboarding import (
    HireAnnounced,
    HireBlocked,
    HireCancelled,
    HireChanged,
    HireReady,
    TaskAssigned,
    TaskDone,
    TaskDropped,
    TaskMoved,
    TaskOverdue,
)
from libs.common.contracts.values import Owner
from libs.common.decider import Decider, Decision, SetTimer
from libs.common.ids import derived
from libs.common.message import EffectFailed
from services.notify.asks import (
    BLOCKED,
    CANCELLED,
    READY,
    do_task,
    hire_cancelled,
    hire_ready,
    overdue_task,
    resolve_block,
    withdraw_task,
)
from services.notify.civil_time import zone_or_utc
from services.notify.directory import Directory
from services.notify.drafting import Drafting, hold, settle
from services.notify.letter import Ask
from services.notify.messages import LetterDue, MailAccepted
from services.notify.model import Contacts, Correspondence, Posted, Task
from services.notify.working_hours import next_opening

CHANNEL = "email"
MANAGER_FROM = 2
"""The reminder from which on the manager is told as well."""

State: TypeAlias = Correspondence | None
Outcome: TypeAlias = Decision[Correspondence]


def correspondence(directory: Directory) -> Decider[Correspondence]:
    """The decider, keyed by hire, for a company with this directory."""
    rules = Rules(Drafting(directory))
    decider = Decider("correspondence", Correspondence)
    decider.on(HireAnnounced)(rules.know_people)
    decider.on(HireChanged)(rules.know_people)
    decider.on(TaskAssigned)(rules.ask_for_task)
    decider.on(TaskMoved)(rules.tell_new_date)
    decider.on(TaskOverdue)(rules.remind_of_task)
    decider.on(TaskDone)(rules.forget_task)
    decider.on(TaskDropped)(rules.withdraw_task)
    decider.on(HireBlocked)(rules.ask_to_unblock)
    decider.on(HireReady)(rules.tell_ready)
    decider.on(HireCancelled)(rules.tell_cancelled)
    decider.on(LetterDue)(rules.send_or_hold)
    decider.on(MailAccepted)(rules.record_receipt)
    decider.on(EffectFailed)(rules.record_failure)
    return decider


@dataclass(frozen=True, slots=True)
class Rules:
    """One method for each message; each is pure and total, and a repeat of it says nothing new."""

    drafting: Drafting

    def know_people(
        self, state: State, event: HireAnnounced | HireChanged, now: datetime
    ) -> Outcome:
        """Learn who and where the people are; a hire that was off may be on again."""
        known = state or Correspondence(hire_id=event.hire_id)
        contacts = Contacts.of(event.profile)
        if known.contacts == contacts and not known.cancelled:
            return Decision(state)
        # A new plan may need again what was dropped from the old one.
        after = known.evolve(contacts=contacts, cancelled=False, dropped=()).silence(CANCELLED)
        return settle(state, self.drafting.reopen(after, now))

    def ask_for_task(self, state: State, event: TaskAssigned, now: datetime) -> Outcome:
        """Ask the owner once for each task; who had it before is asked no more."""
        known = state or Correspondence(hire_id=event.hire_id)
        task, before = Task.assigned(event), known.task(event.task_id)
        same = before is not None and (before.owner, before.title) == (task.owner, task.title)
        if same or known.closed(task.id):
            return Decision(state)
        after = known.without_task(task.id).with_task(task)
        return settle(state, self._ask_owner(after, task, do_task(task), now))

    def tell_new_date(self, state: State, event: TaskMoved, now: datetime) -> Outcome:
        """Correct the date where it has not gone out; where it has, tell the new one."""
        task = state and state.task(event.task_id)
        if state is None or task is None or task.due_on == event.due_on:
            return Decision(state)
        moved = task.evolve(due_on=event.due_on, timezone=event.timezone, escalation=0)
        owner = self.drafting.reader_of(state, moved.owner)
        after = state.with_task(moved).silence(moved.topic, but_for=owner)
        if moved.told == moved.due_on or (moved.automatic and moved.told is None):
            return settle(state, after.silence(moved.topic))
        return settle(state, self._ask_owner(after, moved, do_task(moved), now))

    def remind_of_task(self, state: State, event: TaskOverdue, now: datetime) -> Outcome:
        """Remind the owner, and from the second time on tell the manager too."""
        known = state or Correspondence(hire_id=event.hire_id)
        zone = known.contacts.timezone if known.contacts else "UTC"
        task = known.task(event.task_id) or Task.overdue(event, zone)
        late = task.due_on == event.due_on and event.escalation > task.escalation
        if known.closed(task.id) or not late:
            return Decision(state)
        task = task.evolve(escalation=event.escalation)
        after, ask = known.with_task(task), overdue_task(task)
        owners = (task.owner, Owner.MANAGER) if event.escalation >= MANAGER_FROM else (task.owner,)
        readers = [self.drafting.reader_of(after, owner) for owner in owners]
        return settle(state, self._tell_all(after, readers, ask, now))

    def forget_task(self, state: State, event: TaskDone, now: datetime) -> Outcome:  # noqa: ARG002
        """A task that is done is asked for no more."""
        known = state or Correspondence(hire_id=event.hire_id)
        if event.task_id in known.done:
            return Decision(state)
        done = known.evolve(done=(*known.done, event.task_id))
        return settle(state, done.without_task(event.task_id))

    def withdraw_task(self, state: State, event: TaskDropped, now: datetime) -> Outcome:
        """Ask no more for a task; who was asked already is told."""
        known = state or Correspondence(hire_id=event.hire_id)
        if known.closed(event.task_id):
            return Decision(state)
        task = known.task(event.task_id)
        after = known.without_task(event.task_id)
        after = after.evolve(dropped=(*after.dropped, event.task_id))
        if task is None or task.told is None or known.cancelled:
            return settle(state, after)
        return settle(state, self._ask_owner(after, task, withdraw_task(task, event), now))

    def ask_to_unblock(self, state: State, event: HireBlocked, now: datetime) -> Outcome:
        """Ask the owner to resolve what blocks the hire; it is not ready for now."""
        known = state or Correspondence(hire_id=event.hire_id)
        name = f"blocked:{derived(event.since.isoformat(), event.owner, *event.reasons)}"
        if name in known.heard:
            return Decision(state)
        place = zone_or_utc(known.contacts.timezone if known.contacts else "UTC")
        ask = resolve_block(event, known.contacts, now.astimezone(place).date())
        after = known.evolve(heard=(*known.heard, name)).silence(READY, BLOCKED)
        reader = self.drafting.reader_of(after, event.owner)
        return settle(state, self.drafting.tell(after, ask, reader, now))

    def tell_ready(self, state: State, event: HireReady, now: datetime) -> Outcome:
        """Tell the worker and the manager that work can begin."""
        known = state or Correspondence(hire_id=event.hire_id)
        name = f"ready:{event.ready_at.isoformat()}"
        if name in known.heard:
            return Decision(state)
        after = known.evolve(heard=(*known.heard, name)).silence(BLOCKED)
        for owner in (Owner.WORKER, Owner.MANAGER):
            reader = self.drafting.reader_of(after, owner)
            after = self.drafting.tell(after, hire_ready(event, reader), reader, now)
        return settle(state, after)

    def tell_cancelled(self, state: State, event: HireCancelled, now: datetime) -> Outcome:
        """Say nothing more of the hire, but that it is off, to those who know of it."""
        known = state or Correspondence(hire_id=event.hire_id)
        name = f"cancelled:{event.cancelled_at.isoformat()}"
        if name in known.heard:
            return Decision(state)
        after = known.evolve(
            heard=(*known.heard, name),
            cancelled=True,
            tasks=(),
            dropped=(*known.dropped, *(task.id for task in known.tasks)),
            drafts=(),
        )
        for reader in known.told:
            after = self.drafting.tell(after, hire_cancelled(reader), reader, now)
        return settle(state, after)

    def send_or_hold(self, state: State, event: LetterDue, now: datetime) -> Outcome:
        """Send a letter if its reader is at work now, else move it to when they are."""
        draft = state and state.draft(event.slot)
        if state is None or draft is None:
            return Decision(state)
        if now < draft.due:
            return Decision(state, timers=(SetTimer(draft.due, event),))
        hours = self.drafting.hours_of(state, draft.reader)
        opening = next_opening(now, hours, urgent=draft.urgent)
        if not opening.held:
            return self.drafting.post(state, draft, now)
        moved = hold(draft.evolve(due=opening.not_before), opening)
        return settle(state, state.with_draft(moved))

    def record_receipt(self, state: State, reply: MailAccepted, now: datetime) -> Outcome:
        """The mail server has the letter."""
        posted = _posted(state, str(reply.letter_id))
        if state is None or posted is None:
            return Decision(state)
        sent = MessageSent(
            hire_id=state.hire_id,
            message_id=posted.id,
            recipient=posted.recipient,
            channel=CHANNEL,
            sent_at=now,
        )
        return Decision(_without(state, posted), emit=(sent,))

    def record_failure(self, state: State, reply: EffectFailed, now: datetime) -> Outcome:  # noqa: ARG002
        """The letter was given up."""
        posted = _posted(state, reply.body)
        if state is None or posted is None:
            return Decision(state)
        failed = MessageFailed(
            hire_id=state.hire_id,
            message_id=posted.id,
            recipient=posted.recipient,
            channel=CHANNEL,
            reason=reply.reason,
        )
        return Decision(_without(state, posted), emit=(failed,))

    def _ask_owner(
        self, state: Correspondence, task: Task, ask: Ask, now: datetime
    ) -> Correspondence:
        """Tell the owner, but of what an adapter does only when it is late."""
        quiet = task.automatic and task.told is None
        readers = () if quiet else (self.drafting.reader_of(state, task.owner),)
        return self._tell_all(state, readers, ask, now)

    def _tell_all(
        self, state: Correspondence, readers: Iterable[Owner], ask: Ask, now: datetime
    ) -> Correspondence:
        for reader in dict.fromkeys(readers):
            state = self.drafting.tell(state, ask, reader, now)
        return state


def _posted(state: State, text: str) -> Posted | None:
    """The letter without a receipt yet whose id a text names."""
    letters = state.posted if state else ()
    return next((each for each in letters if str(each.id) in text), None)


def _without(state: Correspondence, posted: Posted) -> Correspondence:
    return state.evolve(posted=tuple(each for each in state.posted if each is not posted))
