"""What notify says to itself and to its mail adapter, and what readers tell it."""

from typing import ClassVar
from uuid import UUID

from libs.common.contracts.metrics import Slug
from libs.common.contracts.values import Owner, Sealed
from libs.common.message import Command, Effect, Reply, Timer
from services.notify.digest_mail import Digest
from services.notify.letter import Letter


class LetterDue(Timer):
    """A letter may go out, if its reader is at work; the slot is the letter's id."""


class SendMail(Effect):
    """Send a letter to the sealed contact or, without one, to the mailbox of the role.

    `worker` is the sealed contact of whom the letter is about; `team` is the team that it is about.
    """

    lane: ClassVar[str] = "mail"
    attempts: ClassVar[int] = 300  # a day at the longest back-off: a mail server may be away

    letter_id: UUID
    recipient: Owner
    letter: Letter
    contact: Sealed | None = None
    worker: Sealed | None = None
    team: Slug | None = None


class DigestDue(Timer):
    """What was gathered for a mailbox may go out, if its readers are at work."""


class SendDigest(Effect):
    """Send one mail with several messages to the mailbox of a role."""

    lane: ClassVar[str] = "mail"
    attempts: ClassVar[int] = SendMail.attempts

    digest_id: UUID
    digest: Digest


class MailAccepted(Reply):
    """The mail server took responsibility for a letter, or for a digest under its id."""

    letter_id: UUID


class MarkRead(Command):
    """A message of the inbox was seen by its reader."""

    message_id: UUID
    recipient: Owner
