"""What every service tells operations: which messages it could not handle."""

from typing import Final
from uuid import UUID

from libs.common.contracts.values import Instant
from libs.common.message import Event

EVERY_SERVICE: Final = "operations"
"""The emitter of what all services tell, each from its own source."""


class DeadLetterKept(Event, name="dead_letter.kept.v1", subject="letter_id"):
    """A message could not be handled and waits for a person; its body stays with the service.

    With `holds_key`, what comes later for the same key waits behind it. A letter that fails again
    after a replay is told again.
    """

    letter_id: UUID
    service: str
    message: str
    reason: str
    holds_key: bool
    kept_at: Instant

    example = {
        "letter_id": "3f0f6f6e-5d1c-5a59-9d58-0d7a4f6a2f10",
        "service": "compliance",
        "message": "hire.announced.v1",
        "reason": "profile.starts_on: Input should be a valid date",
        "holds_key": True,
        "kept_at": "2026-11-23T09:00:01Z",
    }
