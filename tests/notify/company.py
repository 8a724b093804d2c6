"""One hire of a company, and a small world around its correspondence.

The world does what the kernel does for one key: it folds messages, keeps states as JSON, timers as
rows that a later one of the same slot moves, and effects in order.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from libs.common.contracts.notify import (
    MessageFailedInDigest,
    MessageHeld,
    MessageSentInDigest,
    MessageWritten,
)
from libs.common.contracts.onboarding import (
    HireAnnounced,
    HireBlocked,
    HireCancelled,
    HireChanged,
    HireReady,
    HireStatus,
    HireStatusChanged,
    PersonErased,
    TaskAssigned,
    TaskDone,
    TaskDropped,
    TaskDueToday,
    TaskKind,
    TaskMoved,
    TaskOverdue,
)
from libs.common.contracts.values import Engagement, Owner, Profile
from libs.common.decider import Decider, Decision, SetTimer
from libs.common.message import Effect, EffectFailed, Event, Message, Timer
from services.notify.correspondence import correspondence
from services.notify.directory import Directory
from services.notify.letter import Ask, Letter
from services.notify.messages import LetterDue, MailAccepted, SendMail
from services.notify.model import Correspondence

HIRE = UUID("0b8f6c1e-5d0a-5e43-9a51-2f6f0c0a7b11")
LAPTOP = UUID("6e2d2a6a-3f0c-5c55-8f0e-0d9f4f2b7c22")
BADGE = UUID("6e2d2a6a-3f0c-5c55-8f0e-0d9f4f2b7c23")
VPN = UUID("6e2d2a6a-3f0c-5c55-8f0e-0d9f4f2b7c24")
STARTS_ON = date(2026, 12, 1)
MONDAY_MORNING = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
"""09:30 in Lisbon and 10:30 in Berlin: everybody is at work."""
MONDAY_NIGHT = datetime(2026, 11, 23, 21, 40, tzinfo=UTC)
WORKER_TOKEN = f"sealed.v1.{HIRE}.d29ya2Vy"
MERGED = "One of 3 messages to IT in one mail; it gets one an hour. (digest@1)"
MANAGER_TOKEN = f"sealed.v1.{HIRE}.bWFuYWdlcg"


def profile(
    *,
    timezone: str = "Europe/Lisbon",
    jurisdiction: str = "PT",
    starts_on: date = STARTS_ON,
    manager: str | None = MANAGER_TOKEN,
) -> Profile:
    return Profile(
        jurisdiction=jurisdiction,
        timezone=timezone,
        role="ML engineer",
        engagement=Engagement.EMPLOYEE,
        starts_on=starts_on,
        worker=WORKER_TOKEN,
        manager=manager,
    )


def announced(of: Profile | None = None) -> HireAnnounced:
    return HireAnnounced(hire_id=HIRE, announced_at=MONDAY_MORNING, profile=of or profile())


def changed(of: Profile, *fields: str) -> HireChanged:
    return HireChanged(hire_id=HIRE, changed=fields, profile=of)


def assigned(
    task_id: UUID = LAPTOP,
    owner: Owner = Owner.IT,
    due_on: date = date(2026, 11, 27),
    title: str = "Order a laptop",
    kind: TaskKind = TaskKind.DEVICE,
) -> TaskAssigned:
    return TaskAssigned(
        hire_id=HIRE,
        task_id=task_id,
        kind=kind,
        title=title,
        owner=owner,
        due_on=due_on,
        timezone="Europe/Lisbon",
        why="It must arrive two working days before the start.",
    )


def moved(due_on: date, task_id: UUID = LAPTOP) -> TaskMoved:
    return TaskMoved(hire_id=HIRE, task_id=task_id, due_on=due_on, timezone="Europe/Lisbon")


def overdue(
    escalation: int,
    owner: Owner = Owner.IT,
    due_on: date = date(2026, 11, 27),
    task_id: UUID = LAPTOP,
) -> TaskOverdue:
    return TaskOverdue(
        hire_id=HIRE,
        task_id=task_id,
        title="Order a laptop",
        owner=owner,
        due_on=due_on,
        escalation=escalation,
    )


def done(task_id: UUID = LAPTOP, kind: TaskKind = TaskKind.DEVICE) -> TaskDone:
    return TaskDone(hire_id=HIRE, task_id=task_id, kind=kind, done_at=MONDAY_MORNING)


def dropped(task_id: UUID = LAPTOP) -> TaskDropped:
    return TaskDropped(hire_id=HIRE, task_id=task_id, why="Another country asks for another one.")


def due_today(
    owner: Owner = Owner.IT, due_on: date = date(2026, 11, 27), task_id: UUID = LAPTOP
) -> TaskDueToday:
    return TaskDueToday(
        hire_id=HIRE,
        task_id=task_id,
        title="Order a laptop",
        owner=owner,
        due_on=due_on,
        timezone="Europe/Lisbon",
    )


def stands(status: HireStatus, before: HireStatus | None = None) -> HireStatusChanged:
    return HireStatusChanged(hire_id=HIRE, before=before, status=status, changed_at=MONDAY_MORNING)


def ready(at: datetime = MONDAY_MORNING, starts_on: date = STARTS_ON) -> HireReady:
    return HireReady(hire_id=HIRE, announced_at=MONDAY_MORNING, ready_at=at, starts_on=starts_on)


def blocked(
    owner: Owner = Owner.LEGAL, since: datetime = MONDAY_MORNING, reason: str = "probation: P12M"
) -> HireBlocked:
    return HireBlocked(hire_id=HIRE, owner=owner, reasons=(reason,), since=since)


def cancelled(at: datetime = MONDAY_MORNING) -> HireCancelled:
    return HireCancelled(hire_id=HIRE, cancelled_at=at)


def erased() -> PersonErased:
    return PersonErased.model_validate(PersonErased.example)


@dataclass(frozen=True, slots=True)
class Mail:
    """A letter as it left, and when."""

    at: datetime
    effect: SendMail
    in_digest: bool = False

    @property
    def id(self) -> UUID:
        return self.effect.letter_id

    @property
    def recipient(self) -> Owner:
        return self.effect.recipient

    @property
    def asks(self) -> list[str]:
        return [ask.text for ask in self.effect.letter.asks]


@dataclass(slots=True)
class World:
    """Time, timers, effects and events around one key of the decider."""

    now: datetime = MONDAY_MORNING
    decider: Decider[Correspondence] = field(default_factory=lambda: correspondence(Directory()))
    state: Correspondence | None = None
    timers: dict[tuple[str, str], SetTimer] = field(default_factory=dict[tuple[str, str], SetTimer])
    events: list[Event] = field(default_factory=list[Event])
    mails: list[Mail] = field(default_factory=list[Mail])

    def take(self, *messages: Message) -> "World":
        for message in messages:
            rule = self.decider.rules[message.type]
            self._apply(rule.decide(self.state, message, self.now))
        return self

    def wait_until(self, then: datetime) -> "World":
        """Live on to an instant, letting each timer fire when it is due, and mail be accepted."""
        while due := [each for each in self.timers.values() if each.due <= then]:
            first = min(due, key=lambda each: each.due)
            self.now = max(self.now, first.due)
            del self.timers[first.timer.type, first.timer.slot]
            self.take(first.timer)
        self.now = then
        return self

    def wait(self, **duration: float) -> "World":
        return self.wait_until(self.now + timedelta(**duration))

    def accept(self) -> "World":
        """Every mail that left is accepted, as often as it is asked."""
        return self.take(*(self._accepted(mail) for mail in self.mails))

    def _accepted(self, mail: Mail) -> Message:
        if not mail.in_digest:
            return MailAccepted(letter_id=mail.id)
        return MessageSentInDigest(
            mailbox=mail.recipient,
            digest_id=UUID(int=1),
            hire_id=HIRE,
            message_id=mail.id,
            sent_at=self.now,
            merged=MERGED,
        )

    def fail(self, reason: str) -> "World":
        return self.take(*(_failure(mail, reason) for mail in self.mails))

    def mails_to(self, recipient: Owner) -> list[Mail]:
        return [mail for mail in self.mails if mail.recipient is recipient]

    @property
    def held(self) -> list[MessageHeld]:
        return [event for event in self.events if isinstance(event, MessageHeld)]

    @property
    def receipts(self) -> list[Event]:
        """What became of letters that went out."""
        return [event for event in self.events if not isinstance(event, MessageWritten)]

    def _apply(self, decision: Decision[Correspondence]) -> None:
        if decision.state is not None:
            stored = decision.state.model_dump_json()
            self.state = Correspondence.model_validate_json(stored)
            assert self.state == decision.state, "a state must survive being stored"
        for change in decision.timers:
            if isinstance(change, SetTimer):
                self.timers[change.timer.type, change.timer.slot] = change
            else:
                self.timers.pop((change.timer.type, change.slot), None)
        self.events += decision.emit
        self.mails += [Mail(self.now, _mail(effect)) for effect in decision.effects]
        self.mails += [
            Mail(self.now, _as_mail(event), in_digest=True)
            for event in decision.emit
            if isinstance(event, MessageWritten) and event.in_digest
        ]


def _mail(effect: Effect) -> SendMail:
    assert isinstance(effect, SendMail)
    return SendMail.model_validate_json(effect.model_dump_json())


def _as_mail(event: MessageWritten) -> SendMail:
    """What goes into a digest, in the shape of a letter of its own."""
    letter = Letter(
        reader=event.recipient,
        zone=Directory().mailbox(event.recipient).zone,
        written_at=event.written_at,
        asks=tuple(Ask(**dict(each)) for each in event.asks),
        about=event.about,
        link=event.link,
        held=event.held,
    )
    return SendMail(
        letter_id=event.message_id, recipient=event.recipient, letter=letter, worker=event.worker
    )


def _failure(mail: Mail, reason: str) -> Message:
    if not mail.in_digest:
        body = mail.effect.model_dump_json()
        return EffectFailed(effect="SendMail", reason=reason, body=body)
    return MessageFailedInDigest(
        mailbox=mail.recipient,
        digest_id=UUID(int=1),
        hire_id=HIRE,
        message_id=mail.id,
        reason=reason,
    )


def letter_due(slot: str) -> Timer:
    return LetterDue(slot=slot)
