"""The mail adapter: writes a letter as an e-mail and gives it to an SMTP server (RFC 5321).

Names and addresses exist in the clear only here. The text of an SMTP answer is never repeated,
since it may hold the address: an answer is told by its codes.
"""

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any, Final, Protocol, Self
from urllib.parse import SplitResult, unquote, urlsplit
from uuid import UUID

import aiosmtplib

from libs.common.contracts.values import Sealed
from libs.common.decider import Refused
from libs.common.effects import Call, Transient
from libs.common.sealing import ErasedError, NotSealedError
from services.notify.digest_mail import digest_body, digest_subject
from services.notify.directory import Directory, mail_address
from services.notify.letter import NAME_LIMIT, Addressed, body, one_line, subject
from services.notify.messages import MailAccepted, SendDigest, SendMail

PERMANENT: Final = 500
OUR_FAULT: Final = frozenset({530, 534, 535, 538})
"""Permanent answers that are about our login, not about the letter: they pass once it is mended."""

_ENHANCED_CODE: Final = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?=\s|$)")


class Opener(Protocol):
    """What opens sealed contacts; the Vault does."""

    async def open(self, token: str) -> dict[str, Any]:
        """The sealed JSON object; raises ErasedError or NotSealedError."""
        ...


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed in. `answer_seconds` bounds each answer, `mail_seconds` each mail."""

    host: str
    port: int
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    implicit_tls: bool = False
    answer_seconds: float = 10
    mail_seconds: float = 20

    @classmethod
    def parse(cls, setting: str) -> Self:
        """Read a FARHAND_SMTP setting: `host:port`, or a URL for a server that asks who we are.

        `smtp://user:password@host:port` must offer STARTTLS before the password is sent, `smtps://`
        speaks TLS from the first byte. Raises ValueError, without the setting, which may hold a
        password.
        """
        url = _split(setting)
        if url is None or url.scheme not in ("smtp", "smtps") or not url.hostname or not url.port:
            raise ValueError(
                "FARHAND_SMTP must read host:port, smtp://user:password@host:port or smtps://… "
                "with a port, and reserved characters in the password percent-encoded"
            )
        return cls(
            host=url.hostname,
            port=url.port,
            username=unquote(url.username) if url.username else None,
            password=unquote(url.password) if url.password else None,
            implicit_tls=url.scheme == "smtps",
        )


@dataclass(frozen=True, slots=True)
class Mail:
    """Sends letters through one server; the directory knows the mailboxes of the roles."""

    server: MailServer
    directory: Directory
    vault: Opener

    async def send_mail(self, effect: SendMail, _call: Call) -> MailAccepted:
        """Hand a letter to the mail server, at least once.

        SMTP honours no idempotency key: where the answer to an accepted letter is lost, the letter
        is handed in again, and may arrive twice. Every try has the same Message-ID, Date and text,
        so that a mail system that drops repeats can, and a reader's client shows one.

        Raises Transient where it may pass (no connection, no answer in time, 4xx), and Refused
        where it will not (5xx, no usable address, the contact was erased).
        """
        message = self._headed(effect.letter_id, effect.letter)
        message["To"] = await self._address(effect)
        message["Subject"] = subject(effect.letter)
        text = body(effect.letter, await self._name(effect.worker))
        return await self._send(message, text, effect.letter_id)

    async def send_digest(self, effect: SendDigest, _call: Call) -> MailAccepted:
        """Hand a digest to the mail server, as `send_mail` does a letter, and raise the same."""
        digest = effect.digest
        message = self._headed(effect.digest_id, digest)
        message["To"] = mail_address(self.directory.mailbox(digest.reader).address)
        message["Subject"] = digest_subject(digest)
        opened = {each.worker: await self._name(each.worker) for each in digest.entries}
        text = digest_body(digest, [opened[each.worker] for each in digest.entries])
        return await self._send(message, text, effect.digest_id)

    def _headed(self, mail_id: UUID, letter: Addressed) -> EmailMessage:
        sender = mail_address(self.directory.sender)
        message = EmailMessage()
        message["From"] = Address("Farhand", addr_spec=sender.addr_spec)
        message["Date"] = letter.written_at
        message["Message-ID"] = f"<{mail_id}@{sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office reply, please
        return message

    async def _send(self, message: EmailMessage, text: str, mail_id: UUID) -> MailAccepted:
        message.set_content(text, cte="quoted-printable")
        try:
            async with asyncio.timeout(self.server.mail_seconds):
                await self._hand_in(message)
        except (aiosmtplib.SMTPException, OSError) as error:
            # Without its cause: the server's words may repeat the address.
            raise judge(error) from None
        return MailAccepted(letter_id=mail_id)

    async def _hand_in(self, message: EmailMessage) -> None:
        server, sender = self.server, mail_address(self.directory.sender)
        must_hide_password = server.username is not None and not server.implicit_tls
        await aiosmtplib.send(
            message,
            sender=sender.addr_spec,
            recipients=[each.addr_spec for each in message["To"].addresses],
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            use_tls=server.implicit_tls,
            start_tls=True if must_hide_password else None,
            local_hostname=sender.domain,  # else it asks the resolver, and blocks meanwhile
            timeout=server.answer_seconds,
        )

    async def _address(self, effect: SendMail) -> Address:
        if effect.team is not None:
            return mail_address(self.directory.mailbox_in(effect.team, effect.recipient).address)
        if effect.contact is None:
            return mail_address(self.directory.mailbox(effect.recipient).address)
        try:
            return _read_contact(await self.vault.open(effect.contact))
        except ErasedError:
            raise Refused("the data was erased") from None
        except NotSealedError:
            raise Refused(
                "the contact does not open with the person's data key; send the hire again"
            ) from None

    async def _name(self, worker: Sealed | None) -> str | None:
        """The name of whom a letter to somebody else is about; none once it was erased."""
        if worker is None:
            return None
        try:
            return str((await self.vault.open(worker)).get("name") or "") or None
        except (ErasedError, NotSealedError):
            return None


def judge(error: Exception) -> Transient | Refused:
    """Whether a failed try may pass by itself: 4xx, silence and our own faults may, 5xx not."""
    match error:
        case aiosmtplib.SMTPRecipientsRefused(recipients=[refusal, *_]):
            return judge(refusal)
        case (
            aiosmtplib.SMTPRecipientRefused(code=code, message=text)
            | aiosmtplib.SMTPSenderRefused(code=code, message=text)
            | aiosmtplib.SMTPDataError(code=code, message=text)
        ):
            enhanced = _ENHANCED_CODE.match(text)
            answer = f"the mail server answered {code}" + (f" {enhanced[0]}" if enhanced else "")
            final = code >= PERMANENT and code not in OUR_FAULT
            return Refused(answer) if final else Transient(answer)
        case aiosmtplib.SMTPResponseException(code=code):
            return Transient(f"the mail server answered {code} before a letter was offered")
        case aiosmtplib.SMTPNotSupported():
            return Refused("the mail server cannot carry this address, or offers no STARTTLS")
        case _:
            return Transient(f"the mail server is not to be reached ({type(error).__name__})")


def _split(setting: str) -> SplitResult | None:
    """The parts of a setting; None where its host or port cannot be one."""
    with suppress(ValueError):
        url = urlsplit(setting if "://" in setting else f"smtp://{setting}")
        return url if url.port else None
    return None


def _read_contact(contact: Mapping[str, Any]) -> Address:
    try:
        address = mail_address(str(contact.get("email") or ""))
    except ValueError:
        raise Refused("the contact has no usable e-mail address; correct the hire") from None
    name = str(contact.get("name") or "")
    display_name = one_line(name, NAME_LIMIT) if name else ""
    return Address(display_name, address.username, address.domain)
