"""What the owner of a key result is told when it leaves its course: one letter for each alert.

The letter waits for its reader's working hours, and is not sent any more if the key result comes
back before.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self, TypeAlias

from libs.common.contracts.metrics import (
    KeyResultChanged,
    KeyResultOffCourse,
    KeyResultStatus,
    Slug,
)
from libs.common.contracts.notify import KeyResultOwnerNotTold, KeyResultOwnerTold, Urgency
from libs.common.contracts.values import Value
from libs.common.decider import CancelTimer, Decider, Decision, SetTimer
from libs.common.ids import derived
from libs.common.message import EffectFailed
from services.notify.directory import Directory
from services.notify.letter import ASK_LIMIT, WHY_LIMIT, Ask, Letter, one_line
from services.notify.messages import LetterDue, MailAccepted, SendMail
from services.notify.model import Posted, find_posted, without
from services.notify.working_hours import next_opening

BACK: Final = (KeyResultStatus.ON_COURSE, KeyResultStatus.ACHIEVED)


class Alerted(Value):
    """The alerts of one key result: the one whose letter waits, and letters without a receipt."""

    key_result: Slug
    waiting: KeyResultOffCourse | None = None
    held: str | None = None
    posted: tuple[Posted, ...] = ()

    def evolve(self, **changes: Any) -> Self:
        """A copy with some fields changed."""
        return self.model_copy(update=changes)


State: TypeAlias = Alerted | None
Outcome: TypeAlias = Decision[Alerted]


def key_result_letters(directory: Directory) -> Decider[Alerted]:
    """The decider, keyed by key result, for a company with this directory."""
    rules = KeyResultLetters(directory)
    decider = Decider("key_result_letters", Alerted)
    decider.on(KeyResultOffCourse)(rules.alert)
    decider.on(KeyResultChanged)(rules.follow)
    decider.on(LetterDue)(rules.send)
    decider.on(MailAccepted)(rules.record_receipt)
    decider.on(EffectFailed)(rules.record_failure)
    return decider


@dataclass(frozen=True, slots=True)
class KeyResultLetters:
    """One rule for each message about a key result or its letter."""

    directory: Directory

    def alert(self, state: State, event: KeyResultOffCourse, now: datetime) -> Outcome:
        """Write to the owner; a newer alert takes the place of one that still waits."""
        known = state or Alerted(key_result=event.key_result)
        return self._send_or_hold(known.evolve(waiting=event, held=None), event, now)

    def follow(self, state: State, event: KeyResultChanged, _now: datetime) -> Outcome:
        """Say nothing of what came back on its course before anybody was told."""
        if state is None or state.waiting is None or event.status not in BACK:
            return Decision(state)
        return Decision(state.evolve(waiting=None, held=None), timers=(CancelTimer(LetterDue),))

    def send(self, state: State, _due: LetterDue, now: datetime) -> Outcome:
        """Send the letter that waits, if its reader is at work."""
        if state is None or state.waiting is None:
            return Decision(state)
        return self._send_or_hold(state, state.waiting, now)

    def record_receipt(self, state: State, reply: MailAccepted, now: datetime) -> Outcome:
        """The mail server has the letter."""
        posted = find_posted(state.posted if state else (), str(reply.letter_id))
        if state is None or posted is None:
            return Decision(state)
        told = KeyResultOwnerTold(
            key_result=state.key_result,
            message_id=posted.id,
            recipient=posted.recipient,
            told_at=now,
        )
        return Decision(state.evolve(posted=without(state.posted, posted)), emit=(told,))

    def record_failure(self, state: State, reply: EffectFailed, _now: datetime) -> Outcome:
        """The letter was given up."""
        posted = find_posted(state.posted if state else (), reply.body)
        if state is None or posted is None:
            return Decision(state)
        failed = KeyResultOwnerNotTold(
            key_result=state.key_result,
            message_id=posted.id,
            recipient=posted.recipient,
            reason=reply.reason,
        )
        return Decision(state.evolve(posted=without(state.posted, posted)), emit=(failed,))

    def _send_or_hold(self, state: Alerted, alert: KeyResultOffCourse, now: datetime) -> Outcome:
        hours = self.directory.mailbox_in(alert.team, alert.owner).working_hours
        opening = next_opening(now, hours)
        if opening.held:
            held = state.held or one_line(f"{opening.reason} ({opening.rule})", WHY_LIMIT)
            due = SetTimer(opening.not_before, LetterDue())
            return Decision(state.evolve(held=held), timers=(due,))
        effect = self._mail(state, alert, now)
        posted = Posted(id=effect.letter_id, recipient=alert.owner)
        after = state.evolve(waiting=None, held=None, posted=(*state.posted, posted))
        return Decision(after, timers=(CancelTimer(LetterDue),), effects=(effect,))

    def _mail(self, state: Alerted, alert: KeyResultOffCourse, now: datetime) -> SendMail:
        zone = self.directory.mailbox_in(alert.team, alert.owner).zone
        letter = Letter(
            reader=alert.owner,
            zone=zone,
            written_at=now,
            asks=(ask_to_decide(alert, zone),),
            about=one_line(f"{alert.team}: {alert.objective}", ASK_LIMIT),
            link=self.directory.key_result_page(alert.key_result),
            held=state.held,
        )
        return SendMail(
            letter_id=derived("alert", alert.key_result, alert.changed_at.isoformat()),
            recipient=alert.owner,
            letter=letter,
            team=alert.team,
        )


def ask_to_decide(alert: KeyResultOffCourse, zone: str) -> Ask:
    """What an alert asks of the owner, by the day on which the key result is reviewed again."""
    return Ask(
        topic=f"key_result:{alert.key_result}",
        of=alert.owner,
        urgency=Urgency.DECISION,
        text=one_line(f"{alert.title}: off course since {alert.off_since}", ASK_LIMIT),
        why=one_line(f"{alert.what_changed} {alert.what_to_decide}", WHY_LIMIT),
        due_on=alert.review_by,
        zone=zone,
    )
