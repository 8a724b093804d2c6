"""What notify says about a hire, and when: the decider of all letters.

The rules of `TaskLetters` and `HireLetters` say what an event means for what is to be told;
`Drafting` makes letters of it and `settle` the timers. A letter gathers asks until the next round
of its reader's working hours, loses what is no longer asked, and then goes out once: to a person by
mail, to a mailbox that many share in the next digest (`services.notify.digest`).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias
from uuid import UUID

from libs.common.contracts.compliance import LawAnswered, LawQuestioned
from libs.common.contracts.notify import (
    MessageFailed,
    MessageFailedInDigest,
    MessageRead,
    MessageSent,
    MessageSentInDigest,
)
from libs.common.contracts.onboarding import (
    HireAnnounced,
    HireBlocked,
    HireCancelled,
    HireChanged,
    HireReady,
    HireStatusChanged,
    PersonErased,
    TaskAssigned,
    TaskDone,
    TaskDropped,
    TaskDueToday,
    TaskMoved,
    TaskOverdue,
)
from libs.common.decider import Decider, Decision, SetTimer
from libs.common.message import EffectFailed
from services.notify.directory import Directory
from services.notify.drafting import Drafting, hold, settle
from services.notify.hire_letters import HireLetters
from services.notify.law_letters import LawLetters, of_law
from services.notify.messages import LetterDue, MailAccepted, MarkRead
from services.notify.model import Correspondence, find_posted, without
from services.notify.task_letters import TaskLetters
from services.notify.working_hours import next_opening

CHANNEL: Final = "email"

State: TypeAlias = Correspondence | None
Outcome: TypeAlias = Decision[Correspondence]


def correspondence(directory: Directory) -> Decider[Correspondence]:
    """The decider, keyed by hire and one for the law, for a company with this directory."""
    drafting = Drafting(directory)
    hire, task, delivery = HireLetters(drafting), TaskLetters(drafting), Delivery(drafting)
    law = LawLetters(drafting)
    decider = Decider("correspondence", Correspondence)
    decider.on(HireAnnounced)(hire.know_people)
    decider.on(HireChanged)(hire.know_people)
    decider.on(HireStatusChanged)(hire.follow_status)
    decider.on(HireBlocked)(hire.ask_to_unblock)
    decider.on(HireReady)(hire.tell_ready)
    decider.on(HireCancelled)(hire.tell_cancelled)
    decider.on(PersonErased)(hire.forget_people)
    decider.on(TaskAssigned)(task.ask)
    decider.on(TaskMoved)(task.move)
    decider.on(TaskDueToday)(task.remind)
    decider.on(TaskOverdue)(task.press)
    decider.on(TaskDone)(task.forget)
    decider.on(TaskDropped)(task.withdraw)
    decider.on(LawQuestioned, key=of_law)(law.ask)
    decider.on(LawAnswered, key=of_law)(law.forget)
    decider.on(LetterDue)(delivery.send_or_hold)
    decider.on(MailAccepted)(delivery.record_receipt)
    decider.on(MessageSentInDigest, key=_hire_of)(delivery.record_digest)
    decider.on(MessageFailedInDigest, key=_hire_of)(delivery.record_lost_digest)
    decider.on(EffectFailed)(delivery.record_failure)
    decider.on(MarkRead)(delivery.mark_read)
    return decider


@dataclass(frozen=True, slots=True)
class Delivery:
    """Sends what is due, and records what became of it."""

    drafting: Drafting

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
        again = self.drafting.departure(state, draft.reader, draft.asks, now)
        moved = hold(draft.evolve(due=again.not_before), opening)
        return settle(state, state.with_draft(moved))

    def record_receipt(self, state: State, reply: MailAccepted, now: datetime) -> Outcome:
        """The mail server has the letter."""
        return _sent(state, reply.letter_id, now)

    def record_digest(self, state: State, event: MessageSentInDigest, _now: datetime) -> Outcome:
        """The mail server has the digest that the letter was in."""
        return _sent(state, event.message_id, event.sent_at, event.merged)

    def record_lost_digest(
        self, state: State, event: MessageFailedInDigest, _now: datetime
    ) -> Outcome:
        """The digest that the letter was in was given up."""
        return _failed(state, str(event.message_id), event.reason)

    def record_failure(self, state: State, reply: EffectFailed, _now: datetime) -> Outcome:
        """The letter was given up."""
        return _failed(state, reply.body, reply.reason)

    def mark_read(self, state: State, command: MarkRead, now: datetime) -> Outcome:
        """Its reader has seen a message; the first time counts."""
        if state is None or command.message_id in state.read:
            return Decision(state)
        read = MessageRead(
            hire_id=state.hire_id,
            message_id=command.message_id,
            recipient=command.recipient,
            read_at=now,
        )
        return Decision(state.evolve(read=(*state.read, command.message_id)), emit=(read,))


def _hire_of(event: MessageSentInDigest | MessageFailedInDigest) -> str:
    return str(event.hire_id)


def _sent(state: State, letter_id: UUID, at: datetime, merged: str | None = None) -> Outcome:
    """With the receipt of a letter that has none yet."""
    posted = find_posted(state.posted if state else (), str(letter_id))
    if state is None or posted is None:
        return Decision(state)
    sent = MessageSent(
        hire_id=state.hire_id,
        message_id=posted.id,
        recipient=posted.recipient,
        channel=CHANNEL,
        sent_at=at,
        merged=merged,
    )
    return Decision(state.evolve(posted=without(state.posted, posted)), emit=(sent,))


def _failed(state: State, text: str, reason: str) -> Outcome:
    """With the failure of the letter, without a receipt yet, that a text names."""
    posted = find_posted(state.posted if state else (), text)
    if state is None or posted is None:
        return Decision(state)
    failed = MessageFailed(
        hire_id=state.hire_id,
        message_id=posted.id,
        recipient=posted.recipient,
        channel=CHANNEL,
        reason=reason,
    )
    return Decision(state.evolve(posted=without(state.posted, posted)), emit=(failed,))
