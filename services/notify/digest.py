"""Digests: the messages to a mailbox that many share go out together, one mail an hour at most.

One state for each mailbox. It gathers what its readers are told, which the inbox shows already, and
sends it as one mail. Every message keeps a receipt of its own, which says what it was merged with.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from libs.common.contracts.notify import (
    MessageFailedInDigest,
    MessageSentInDigest,
    MessageWritten,
)
from libs.common.contracts.values import Owner
from libs.common.decider import CancelTimer, Decider, Decision, SetTimer
from libs.common.ids import derived
from libs.common.message import EffectFailed, Event
from services.notify.digest_mail import Digest
from services.notify.directory import Directory
from services.notify.letter import NAMES, pressing
from services.notify.messages import DigestDue, MailAccepted, SendDigest
from services.notify.rounds import OF_A_MAILBOX, departure
from services.notify.tray import Carried, Gathered, Tray
from services.notify.working_hours import WorkingHours, next_opening

DIGEST_RULE: Final = "digest@1"
AT_MOST_EVERY: Final = timedelta(hours=1)
GATHERING: Final = timedelta(minutes=5)
"""Product time for which the first message of a digest waits for others of its round."""
LIMIT: Final = 40
"""How many messages a mail holds: once there are so many it goes out at once."""


State: TypeAlias = Tray | None
Outcome: TypeAlias = Decision[Tray]


def digests(directory: Directory) -> Decider[Tray]:
    """The decider, keyed by the role of the mailbox, for a company with this directory."""
    rules = Digests(directory)
    decider = Decider("digests", Tray)
    decider.on(MessageWritten, key=lambda event: event.recipient)(rules.gather)
    decider.on(DigestDue)(rules.send)
    decider.on(MailAccepted)(rules.record_receipt)
    decider.on(EffectFailed)(rules.record_failure)
    return decider


@dataclass(frozen=True, slots=True)
class Digests:
    """One rule for each message about a mailbox."""

    directory: Directory

    def gather(self, state: State, event: MessageWritten, now: datetime) -> Outcome:
        """Let a message wait for the next digest; a full one goes out at once."""
        if not event.in_digest:
            return Decision(state)
        known = state or Tray(reader=event.recipient)
        known = known.evolve(waiting=(*known.waiting, Gathered.of(event)))
        if len(known.waiting) >= LIMIT and not self._is_closed(known, now):
            return self._post(known, now)
        if known.due is not None:
            return Decision(known)
        return _wait(known, self._next(known, now))

    def send(self, state: State, _due: DigestDue, now: datetime) -> Outcome:
        """Send what was gathered, if the readers of the mailbox are at work."""
        if state is None or state.due is None:
            return Decision(state)
        if now < state.due:
            return _wait(state, state.due)
        if self._is_closed(state, now):
            return _wait(state, departure(now, self._hours(state), OF_A_MAILBOX).not_before)
        return self._post(state, now)

    def record_receipt(self, state: State, reply: MailAccepted, now: datetime) -> Outcome:
        """The mail server has a digest, and with it every message in it."""
        carried = _carried(state, str(reply.letter_id))
        if state is None or carried is None:
            return Decision(state)
        receipts = tuple(
            MessageSentInDigest(
                mailbox=state.reader,
                digest_id=carried.id,
                hire_id=hire_id,
                message_id=message_id,
                sent_at=now,
                merged=_merged(state.reader, len(carried.messages)),
            )
            for hire_id, message_id in carried.messages
        )
        return _without(state, carried, receipts)

    def record_failure(self, state: State, reply: EffectFailed, _now: datetime) -> Outcome:
        """A digest was given up, and with it every message in it."""
        carried = _carried(state, reply.body)
        if state is None or carried is None:
            return Decision(state)
        failures = tuple(
            MessageFailedInDigest(
                mailbox=state.reader,
                digest_id=carried.id,
                hire_id=hire_id,
                message_id=message_id,
                reason=reply.reason,
            )
            for hire_id, message_id in carried.messages
        )
        return _without(state, carried, failures)

    def _hours(self, state: Tray) -> WorkingHours:
        return self.directory.mailbox(state.reader).working_hours

    def _is_closed(self, state: Tray, now: datetime) -> bool:
        return next_opening(now, self._hours(state)).held

    def _next(self, state: Tray, now: datetime) -> datetime:
        soonest = now + GATHERING
        return max(soonest, state.sent_at + AT_MOST_EVERY) if state.sent_at else soonest

    def _post(self, state: Tray, now: datetime) -> Outcome:
        """Hand all that waits to the mail adapter, in mails of a length that can be read."""
        effects: list[SendDigest] = []
        carried = list(state.carried)
        for number, begin in enumerate(range(0, len(state.waiting), LIMIT), state.count):
            part = state.waiting[begin : begin + LIMIT]
            digest_id = derived("digest", state.reader, number)
            effects.append(SendDigest(digest_id=digest_id, digest=self._digest(state, part, now)))
            messages = tuple((each.hire_id, each.message_id) for each in part)
            carried.append(Carried(id=digest_id, messages=messages))
        after = state.evolve(
            waiting=(),
            due=None,
            sent_at=now,
            carried=tuple(carried),
            count=state.count + len(effects),
        )
        return Decision(after, timers=(CancelTimer(DigestDue),), effects=tuple(effects))

    def _digest(self, state: Tray, part: tuple[Gathered, ...], now: datetime) -> Digest:
        entries = [entry for message in part for entry in message.entries]
        alone = len(part) == 1
        return Digest(
            reader=state.reader,
            zone=self.directory.mailbox(state.reader).zone,
            written_at=now,
            entries=tuple(sorted(entries, key=lambda each: pressing(each.ask))),
            link=part[0].link if alone else self.directory.board_page(state.reader),
            held=sum(each.held for each in part),
        )


def _wait(state: Tray, due: datetime) -> Outcome:
    return Decision(state.evolve(due=due), timers=(SetTimer(due, DigestDue()),))


def _carried(state: State, text: str) -> Carried | None:
    """The digest without a receipt yet whose id a text names."""
    return next((each for each in (state.carried if state else ()) if str(each.id) in text), None)


def _without(state: Tray, carried: Carried, told: tuple[Event, ...]) -> Outcome:
    left = tuple(each for each in state.carried if each is not carried)
    return Decision(state.evolve(carried=left), emit=told)


def _merged(reader: Owner, count: int) -> str | None:
    if count == 1:
        return None
    mailbox = NAMES[reader]
    return f"One of {count} messages to {mailbox} in one mail; it gets one an hour. ({DIGEST_RULE})"
