"""What notify tells the others: what became of each message."""

from uuid import UUID

from libs.common.contracts.values import HireId, Instant, Owner
from libs.common.message import Event

HIRE = "0b8f6c1e-5d0a-5e43-9a51-2f6f0c0a7b11"
MESSAGE = "9c1f3b52-0f53-5d3e-a3a1-7f1f7f5ad833"


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
    """The mail server took the message: the receipt."""

    hire_id: HireId
    message_id: UUID
    recipient: Owner
    channel: str
    sent_at: Instant

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
