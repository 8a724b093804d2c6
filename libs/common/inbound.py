"""A message on its way in, wherever it came from, and what became of it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeAlias
from uuid import UUID

from libs.common.message import Message


@dataclass(frozen=True, slots=True)
class TimerClaim:
    """The due timer that a message stands for; it counts only while still due at that moment."""

    decider: str
    key: str
    type: str
    slot: str
    due: datetime


@dataclass(frozen=True, slots=True)
class EffectClaim:
    """The effect that a reply answers; the first reply removes it, a later one is dropped."""

    id: UUID


@dataclass(frozen=True, slots=True)
class Readmission:
    """A parked or mended message: it was counted when it first came, and is let in once more."""


Claim: TypeAlias = TimerClaim | EffectClaim | Readmission


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message: its envelope, its body, and where it was found.

    `key` is the subject; `sequence` is the source's own number of the event within that key, if
    the source numbers; `recorded_at` is the product's time, in UTC; `origin` says for people where
    it came from, such as `farhand.onboarding/3@1042`. `decider` is set where only one decider is
    meant: timers and replies. `defect` says why the envelope itself cannot be used.
    """

    id: str
    type: str
    source: str
    key: str
    body: bytes
    recorded_at: datetime
    origin: str
    sequence: int | None = None
    traceparent: str | None = None
    decider: str | None = None
    claim: Claim | None = None
    parsed: Message | None = None
    defect: str | None = None

    def readmitted(self) -> "Inbound":
        """The same message, past the checks for duplicates and held keys."""
        return replace(self, claim=Readmission())


@dataclass(frozen=True, slots=True)
class Applied:
    """Decided, and committed."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """Nothing to do: seen before, no longer due, or of no concern here."""

    why: Literal["duplicate", "stale", "unhandled"]


@dataclass(frozen=True, slots=True)
class Parked:
    """Kept, in order, until its key flows again."""

    cause: Literal["dead_letter", "gap"]


@dataclass(frozen=True, slots=True)
class Dead:
    """Set aside as a dead letter; with `holds_key`, later messages of the key wait behind it."""

    reason: str
    holds_key: bool = True


@dataclass(frozen=True, slots=True)
class Turned:
    """A command that was refused; nothing was changed."""

    reason: str


Result: TypeAlias = Applied | Dropped | Parked | Dead | Turned
