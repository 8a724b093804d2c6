"""What notify tells the others: what was said to whom, and what became of each message."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from libs.common.contracts.values import (
    HireId,
    Instant,
    Owner,
    Sealed,
    Value,
    ZoneName,
)
from libs.common.message import Event

HIRE = "0b8f6c1e-5d0a-5e43-9a51-2f6f0c0a7b11"
MESSAGE = "9c1f3b52-0f53-5d3e-a3a1-7f1f7f5ad833"


class Urgency(StrEnum):
    """What a message is to its reader; only an incident breaks through working hours."""

    ANNOUNCEMENT = "announcement"
    TASK = "task"
    QUESTION = "question"
    DECISION = "decision"
    INCIDENT = "incident"


class Asked(Value):
    """One thing asked of somebody, or told to them; `due_on` ends in the zone `zone`.

    `topic` is what it is about, the same in a later message that replaces it.
    """

    topic: str
    of: Owner
    urgency: Urgency
    text: str
    why: str
    due_on: date | None = None
    zone: ZoneName = "UTC"


class MessageWritten(Event, name="message.written.v1", subject="hire_id"):
    """A message is on its way: what it says, without a name or an address in it.

    With `in_digest` it goes out in one mail with others to its recipient's mailbox, and `worker` is
    the sealed contact of whom it is about.
    """

    hire_id: HireId
    message_id: UUID
    recipient: Owner
    written_at: Instant
    asks: tuple[Asked, ...]
    about: str
    link: str
    held: str | None = None
    in_digest: bool = False
    worker: Sealed | None = None

    example = {
        "hire_id": HIRE,
        "message_id": MESSAGE,
        "recipient": "it",
        "written_at": "2026-11-24T09:00:00Z",
        "asks": [
            {
                "topic": "task:5c9a1d0e-0b7e-5b8e-9d2f-2f3b7f6f1a10",
                "of": "it",
                "urgency": "task",
                "text": "Order a laptop and have it delivered",
                "why": "The device must arrive two working days before the start.",
                "due_on": "2026-11-27",
                "zone": "Europe/Lisbon",
            }
        ],
        "about": "ML engineer, starts on 2026-12-01",
        "link": "http://127.0.0.1:7100/hires/0b8f6c1e-5d0a-5e43-9a51-2f6f0c0a7b11",
        "held": None,
    }


class MessageRead(Event, name="message.read.v1", subject="hire_id"):
    """Its reader has seen a message in the inbox."""

    hire_id: HireId
    message_id: UUID
    recipient: Owner
    read_at: Instant

    example = {
        "hire_id": HIRE,
        "message_id": MESSAGE,
        "recipient": "it",
        "read_at": "2026-11-24T09:12:00Z",
    }


class MessageHeld(Event, name="message.held.v1", subject="hire_id"):
    """A message waits for its reader's working hours; it is never dropped for them."""

    hire_id: HireId
    message_id: UUID
    recipient: Owner
    not_before: Instant
    reason: str
    rule: str

    example = {
        "hire_id": HIRE,
        "message_id": MESSAGE,
        "recipient": "worker",
        "not_before": "2026-11-24T09:00:00Z",
        "reason": "It is 21:40 in Europe/Lisbon; the working day begins at 09:00.",
        "rule": "working-hours@1",
    }


class MessageSent(Event, name="message.sent.v1", subject="hire_id"):
    """The mail server took the message: the receipt; `merged` says why it shared a mail, if so."""

    hire_id: HireId
    message_id: UUID
    recipient: Owner
    channel: str
    sent_at: Instant
    merged: str | None = None

    example = {
        "hire_id": HIRE,
        "message_id": MESSAGE,
        "recipient": "worker",
        "channel": "email",
        "sent_at": "2026-11-24T09:00:01Z",
    }


class MessageFailed(Event, name="message.failed.v1", subject="hire_id"):
    """The message could not be delivered, and will not be tried again by itself."""

    hire_id: HireId
    message_id: UUID
    recipient: Owner
    channel: str
    reason: str

    example = {
        "hire_id": HIRE,
        "message_id": MESSAGE,
        "recipient": "worker",
        "channel": "email",
        "reason": "550 no such mailbox",
    }


class MessageSentInDigest(Event, name="message.sent_in_digest.v1", subject="mailbox"):
    """The mail server took a mail to a mailbox that many share, and this message was in it.

    `merged` says with what it shared the mail; None where it was alone in it.
    """

    mailbox: Owner
    digest_id: UUID
    hire_id: HireId
    message_id: UUID
    sent_at: Instant
    merged: str | None = None

    example = {
        "mailbox": "it",
        "digest_id": "4b5a4f0e-93a6-5d54-8a3c-0e9a5b1a7f60",
        "hire_id": HIRE,
        "message_id": MESSAGE,
        "sent_at": "2026-11-24T09:35:01Z",
        "merged": "One of 12 messages to IT in one mail; it gets one an hour. (digest@1)",
    }


class MessageFailedInDigest(Event, name="message.failed_in_digest.v1", subject="mailbox"):
    """The mail that this message was in could not be delivered, and will not be tried again."""

    mailbox: Owner
    digest_id: UUID
    hire_id: HireId
    message_id: UUID
    reason: str

    example = {
        "mailbox": "it",
        "digest_id": "4b5a4f0e-93a6-5d54-8a3c-0e9a5b1a7f60",
        "hire_id": HIRE,
        "message_id": MESSAGE,
        "reason": "the mail server answered 550 5.1.1",
    }


class KeyResultOwnerTold(Event, name="key_result.owner_told.v1", subject="key_result"):
    """The mail server took the message that asks the owner of a key result to decide."""

    key_result: str
    message_id: UUID
    recipient: Owner
    told_at: Instant

    example = {
        "key_result": "ranking-lead-time",
        "message_id": MESSAGE,
        "recipient": "manager",
        "told_at": "2026-11-30T09:00:01Z",
    }


class KeyResultOwnerNotTold(Event, name="key_result.owner_not_told.v1", subject="key_result"):
    """That message could not be delivered, and will not be tried again by itself."""

    key_result: str
    message_id: UUID
    recipient: Owner
    reason: str

    example = {
        "key_result": "ranking-lead-time",
        "message_id": MESSAGE,
        "recipient": "manager",
        "reason": "550 no such mailbox",
    }
