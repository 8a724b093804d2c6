"""The mail adapter against a real SMTP server: what it hands in, and what it makes of answers."""

import asyncio
import email.policy
import json
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import aiosmtplib
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from libs.common.contracts.notify import Urgency
from libs.common.contracts.values import Owner
from libs.common.decider import Refused
from libs.common.effects import Call, Transient
from libs.common.sealing import ErasedError, decrypt, encrypt, person_of
from services.notify.digest_mail import Digest, Entry
from services.notify.directory import Directory
from services.notify.letter import Ask, Letter
from services.notify.mail import Mail, MailServer, judge
from services.notify.messages import MailAccepted, SendDigest, SendMail

HIRE = UUID("0b8f6c1e-5d0a-5e43-9a51-2f6f0c0a7b11")
LETTER = UUID("9c1f3b52-0f53-5d3e-a3a1-7f1f7f5ad833")
CALL = Call("9c1f3b52", 1, str(HIRE), datetime(2026, 11, 24, 9, tzinfo=UTC))
PERSON = str(HIRE)
MANAGER = "manager-of-" + PERSON[:8]
Answer = Callable[[Envelope, str], str]


@dataclass(slots=True)
class Vault:
    """The in-memory twin of the key database: real tokens, keys that can be deleted."""

    keys: dict[str, bytes] = field(default_factory=dict[str, bytes])

    def seal(self, contact: Mapping[str, Any], person: str = PERSON) -> str:
        key = self.keys.setdefault(person, AESGCM.generate_key(256))
        return encrypt(key, person, _json(contact))

    async def open(self, token: str) -> dict[str, Any]:
        key = self.keys.get(person_of(token))
        if key is None:
            raise ErasedError(f"the data of {person_of(token)} was erased")
        return _read_json(decrypt(key, token))


@dataclass(slots=True)
class Inbox:
    """What a real SMTP server took; `rcpt` and `data` answer in its place."""

    rcpt: Answer | None = None
    data: Answer | None = None
    hangs: bool = False
    hangs_up: bool = False
    letters: list[bytes] = field(default_factory=list[bytes])
    envelopes: list[Envelope] = field(default_factory=list[Envelope])

    async def handle_RCPT(  # noqa: N802  # aiosmtpd names its hooks after the commands
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if self.rcpt is not None:
            return self.rcpt(envelope, address)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        if self.hangs:
            await asyncio.sleep(30)
        if self.data is not None:
            return self.data(envelope, "")
        assert isinstance(envelope.content, bytes)
        self.letters.append(envelope.content)
        self.envelopes.append(envelope)
        if self.hangs_up:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return "250 OK"

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(each, policy=email.policy.default) for each in self.letters]


@asynccontextmanager
async def listening(inbox: Inbox, **options: Any) -> AsyncGenerator[MailServer]:
    """A real SMTP server on a free port of this machine."""
    loop = asyncio.get_running_loop()
    options = {"hostname": "mx.test", "enable_SMTPUTF8": True} | options
    server = await loop.create_server(lambda: SMTP(inbox, loop=loop, **options), "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    try:
        yield MailServer("127.0.0.1", port, answer_seconds=5, mail_seconds=10)
    finally:
        server.close()


def letter(reader: Owner = Owner.WORKER, text: str = "Sign the contract") -> Letter:
    return Letter(
        reader=reader,
        zone="Europe/Lisbon",
        written_at=datetime(2026, 11, 24, 9, tzinfo=UTC),
        asks=(
            Ask(
                topic="task:1",
                of=reader,
                urgency=Urgency.TASK,
                text=text,
                why="The law asks for it in writing — before the start.",
                due_on=date(2026, 11, 27),
                zone="Europe/Lisbon",
            ),
        ),
        about="ML engineer, starts on 2026-12-01",
        link=Directory().hire_page(HIRE),
    )


def to_worker(contact: str) -> SendMail:
    return SendMail(
        letter_id=LETTER,
        recipient=Owner.WORKER,
        contact=contact,
        worker=None,
        letter=letter(),
    )


def to_it(worker: str | None) -> SendMail:
    return SendMail(
        letter_id=LETTER,
        recipient=Owner.IT,
        contact=None,
        worker=worker,
        letter=letter(Owner.IT),
    )


ANA = {"name": "Ana Lima", "email": "ana.lima@example.com"}


async def send(inbox: Inbox, contact: Mapping[str, Any] = ANA, **options: Any) -> MailAccepted:
    vault = Vault()
    async with listening(inbox, **options) as server:
        mail = Mail(server, Directory(), vault)
        return await mail.send_mail(to_worker(vault.seal(contact)), CALL)


async def test_a_letter_arrives_with_its_first_line_first() -> None:
    inbox = Inbox()

    reply = await send(inbox)

    assert reply == MailAccepted(letter_id=LETTER)
    (message,), (envelope,) = inbox.messages, inbox.envelopes
    assert envelope.rcpt_tos == ["ana.lima@example.com"]
    assert envelope.mail_from == "no-reply@farhand.localhost"
    assert message["To"] == "Ana Lima <ana.lima@example.com>"
    assert message["From"] == "Farhand <no-reply@farhand.localhost>"
    assert message["Subject"] == "By 2026-11-27: Sign the contract"
    assert message["Date"].datetime == datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert message["Auto-Submitted"] == "auto-generated"
    text = message.get_content()
    assert text.startswith("To do for you, by the end of Friday 2026-11-27 (Europe/Lisbon): Sign")
    assert "in writing — before the start" in text
    assert f"See: http://127.0.0.1:7100/hires/{HIRE}" in text


async def test_a_repeat_is_the_same_mail() -> None:
    inbox, vault = Inbox(), Vault()
    effect = to_worker(vault.seal(ANA))

    async with listening(inbox) as server:
        for _ in range(2):
            await Mail(server, Directory(), vault).send_mail(effect, CALL)

    first, second = inbox.letters
    assert first == second
    assert inbox.messages[0]["Message-ID"] == f"<{LETTER}@farhand.localhost>"


async def test_a_letter_to_a_role_names_the_worker_it_is_about() -> None:
    inbox, vault = Inbox(), Vault()

    async with listening(inbox) as server:
        await Mail(server, Directory(), vault).send_mail(to_it(vault.seal(ANA)), CALL)

    assert inbox.envelopes[0].rcpt_tos == ["it@farhand.localhost"]
    assert "About: Ana Lima, ML engineer, starts on" in inbox.messages[0].get_content()
    assert "ana.lima@" not in inbox.messages[0].get_content()


async def test_a_letter_to_a_role_about_somebody_erased_goes_without_the_name() -> None:
    inbox, vault = Inbox(), Vault()
    effect = to_it(vault.seal(ANA))
    vault.keys.clear()

    async with listening(inbox) as server:
        await Mail(server, Directory(), vault).send_mail(effect, CALL)

    assert "About: ML engineer" in inbox.messages[0].get_content()


async def test_a_digest_names_each_worker_but_those_who_were_erased() -> None:
    inbox, vault = Inbox(), Vault()
    ask = letter(Owner.IT).asks[0]
    contacts = (vault.seal(ANA), vault.seal({"name": "Bo Berg"}, "somebody-else"), None)
    vault.keys.pop("somebody-else")
    digest = Digest(
        reader=Owner.IT,
        zone="Europe/Berlin",
        written_at=datetime(2026, 11, 24, 9, tzinfo=UTC),
        entries=tuple(
            Entry(ask=ask, about=f"hire {number}", worker=contact)
            for number, contact in enumerate(contacts)
        ),
        link=Directory().board_page(Owner.IT),
    )

    async with listening(inbox) as server:
        mail = Mail(server, Directory(), vault)
        reply = await mail.send_digest(SendDigest(digest_id=LETTER, digest=digest), CALL)

    assert reply == MailAccepted(letter_id=LETTER)
    (message,), (envelope,) = inbox.messages, inbox.envelopes
    assert envelope.rcpt_tos == ["it@farhand.localhost"]
    assert message["Message-ID"] == f"<{LETTER}@farhand.localhost>"
    assert message["Subject"] == "By 2026-11-27: Sign the contract (and 2 more)"
    about = [line for line in message.get_content().splitlines() if "About" in line]
    assert about == ["  About: Ana Lima, hire 0", "  About: hire 1", "  About: hire 2"]


async def test_a_contact_that_was_erased_is_refused() -> None:
    inbox, vault = Inbox(), Vault()
    effect = to_worker(vault.seal(ANA))
    vault.keys.clear()

    async with listening(inbox) as server:
        with pytest.raises(Refused, match="the data was erased"):
            await Mail(server, Directory(), vault).send_mail(effect, CALL)

    assert inbox.letters == []


async def test_a_contact_sealed_for_somebody_else_is_refused() -> None:
    vault = Vault()
    stolen = vault.seal(ANA, MANAGER).replace(MANAGER, PERSON)
    vault.seal(ANA)

    async with listening(Inbox()) as server:
        with pytest.raises(Refused, match="does not open"):
            await Mail(server, Directory(), vault).send_mail(to_worker(stolen), CALL)


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        pytest.param(
            {"name": "Zoë Łukasz", "email": "zoe@example.com"},
            "Zoë Łukasz <zoe@example.com>",
            id="letters beyond ASCII",
        ),
        pytest.param(
            {"name": "Lima, Ana (HQ)", "email": "ana@example.com"},
            '"Lima, Ana (HQ)" <ana@example.com>',
            id="a name with a comma",
        ),
        pytest.param({"email": "ana@example.com"}, "ana@example.com", id="without a name"),
        pytest.param(
            {"name": "Ana", "email": "ana@exämple.de"},
            "Ana <ana@xn--exmple-cua.de>",
            id="a domain beyond ASCII",
        ),
        pytest.param(
            {"name": "José", "email": "josé@example.com"},
            "José <josé@example.com>",
            id="an address beyond ASCII",
        ),
        pytest.param(
            {"name": "Ana\r\nBcc: eve@example.com", "email": "ana@example.com"},
            '"Ana Bcc: eve@example.com" <ana@example.com>',
            id="a name that would be a header",
        ),
    ],
)
async def test_the_reader_is_named(contact: dict[str, str], shown: str) -> None:
    inbox = Inbox()

    await send(inbox, contact)

    (message,) = inbox.messages
    assert message["To"] == shown
    assert message["Bcc"] is None
    assert len(inbox.envelopes[0].rcpt_tos) == 1


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("ana@example.com\r\nBcc: eve@example.com", id="another header"),
        pytest.param("ana@example.com>\r\nRCPT TO:<eve@example.com", id="another command"),
        pytest.param("ana@example.com, eve@example.com", id="a second reader"),
        pytest.param("ana", id="no domain"),
        pytest.param("", id="nothing"),
    ],
)
async def test_an_address_that_is_none_is_refused_without_repeating_it(address: str) -> None:
    inbox = Inbox()

    with pytest.raises(Refused, match="no usable e-mail address") as refusal:
        await send(inbox, {"name": "Ana", "email": address})

    assert inbox.letters == []
    assert "example" not in str(refusal.value)


async def test_an_address_beyond_ascii_needs_a_server_that_can_carry_it() -> None:
    with pytest.raises(Refused, match="cannot carry this address"):
        await send(Inbox(), {"email": "josé@example.com"}, enable_SMTPUTF8=False)


async def test_a_server_of_seven_bits_gets_what_it_can_carry() -> None:
    inbox = Inbox()

    await send(inbox, {"name": "Zoë", "email": "zoe@example.com"}, enable_SMTPUTF8=False)

    assert inbox.letters[0].isascii()


def answering(text: str) -> Answer:
    return lambda _envelope, _address: text


@pytest.mark.parametrize(
    ("inbox", "outcome", "says"),
    [
        pytest.param(
            Inbox(rcpt=answering("550 5.1.1 <ana.lima@example.com> no such mailbox")),
            Refused,
            "the mail server answered 550 5.1.1",
            id="no such mailbox",
        ),
        pytest.param(
            Inbox(data=answering("554 spam: ana.lima@example.com")),
            Refused,
            "the mail server answered 554",
            id="the letter is refused",
        ),
        pytest.param(
            Inbox(rcpt=answering("450 4.2.1 <ana.lima@example.com> greylisted")),
            Transient,
            "the mail server answered 450 4.2.1",
            id="not now",
        ),
        pytest.param(
            Inbox(data=answering("452 4.3.1 insufficient storage")),
            Transient,
            "the mail server answered 452 4.3.1",
            id="the server is full",
        ),
        pytest.param(
            Inbox(rcpt=answering("530 5.7.0 authentication required")),
            Transient,
            "the mail server answered 530 5.7.0",
            id="our login is what is wrong",
        ),
        pytest.param(
            Inbox(hangs_up=True), Transient, "is not to be reached", id="the answer is lost"
        ),
    ],
)
async def test_an_answer_decides_whether_it_is_tried_again(
    inbox: Inbox, outcome: type[Exception], says: str
) -> None:
    with pytest.raises(outcome) as answer:
        await send(inbox)

    assert says in str(answer.value)
    assert "ana.lima" not in str(answer.value)
    assert answer.value.__cause__ is None


async def test_a_server_that_hangs_is_tried_again_soon() -> None:
    vault, inbox = Vault(), Inbox(hangs=True)

    async with listening(inbox) as server:
        mail = Mail(replace(server, answer_seconds=0.2), Directory(), vault)
        with pytest.raises(Transient, match="is not to be reached"):
            async with asyncio.timeout(3):
                await mail.send_mail(to_worker(vault.seal(ANA)), CALL)


async def test_a_server_that_drips_is_bounded_as_a_whole() -> None:
    async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                writer.write(b"220-still here\r\n")
                await writer.drain()
                await asyncio.sleep(0.05)
        except ConnectionError:
            writer.close()

    vault = Vault()
    async with await asyncio.start_server(drip, "127.0.0.1", 0) as server:
        port: int = server.sockets[0].getsockname()[1]
        mail_server = MailServer("127.0.0.1", port, answer_seconds=5, mail_seconds=0.5)
        with pytest.raises(Transient, match="TimeoutError"):
            await Mail(mail_server, Directory(), vault).send_mail(to_worker(vault.seal(ANA)), CALL)


async def test_a_server_that_is_away_is_tried_again() -> None:
    vault = Vault()
    async with listening(Inbox()) as server:
        pass  # its port is free again

    with pytest.raises(Transient, match="is not to be reached"):
        await Mail(server, Directory(), vault).send_mail(to_worker(vault.seal(ANA)), CALL)


async def test_a_password_is_not_sent_in_the_clear() -> None:
    vault, inbox = Vault(), Inbox()

    async with listening(inbox) as server:  # which offers no STARTTLS
        known = replace(server, username="farhand", password="secret")  # noqa: S106
        with pytest.raises(Transient, match="is not to be reached"):
            await Mail(known, Directory(), vault).send_mail(to_worker(vault.seal(ANA)), CALL)

    assert inbox.letters == []


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        pytest.param(aiosmtplib.SMTPConnectResponseError(554, "go away"), Transient, id="greeting"),
        pytest.param(aiosmtplib.SMTPHeloError(550, "who?"), Transient, id="hello"),
        pytest.param(aiosmtplib.SMTPAuthenticationError(535, "no"), Transient, id="login"),
        pytest.param(aiosmtplib.SMTPSenderRefused(553, "no", "x"), Refused, id="sender"),
        pytest.param(ConnectionResetError(), Transient, id="reset"),
    ],
)
def test_only_answers_about_the_letter_are_final(
    error: Exception, outcome: type[Exception]
) -> None:
    assert isinstance(judge(error), outcome)


@pytest.mark.parametrize(
    ("setting", "server"),
    [
        pytest.param("127.0.0.1:7115", MailServer("127.0.0.1", 7115), id="host and port"),
        pytest.param("[::1]:25", MailServer("::1", 25), id="IPv6"),
        pytest.param(
            "smtp://far%40hand:p%3Aw@mx.example.com:587",
            MailServer("mx.example.com", 587, "far@hand", "p:w"),
            id="with a login",
        ),
        pytest.param(
            "smtps://mx.example.com:465",
            MailServer("mx.example.com", 465, implicit_tls=True),
            id="TLS from the first byte",
        ),
    ],
)
def test_a_mail_server_is_read_from_its_setting(setting: str, server: MailServer) -> None:
    assert MailServer.parse(setting) == server


@pytest.mark.parametrize(
    "setting", ["", "mx.example.com", "http://h:25", "h:99999", "[::1", "smtp://u:p4ss@h"]
)
def test_a_setting_that_is_none_is_told_without_its_password(setting: str) -> None:
    with pytest.raises(ValueError, match="FARHAND_SMTP must read host:port") as error:
        MailServer.parse(setting)

    assert "p4ss" not in str(error.value)


def test_a_password_is_not_shown() -> None:
    assert "p4ss" not in repr(MailServer.parse("smtp://u:p4ss@h:25"))


def _json(contact: Mapping[str, Any]) -> bytes:
    return json.dumps(contact).encode()


def _read_json(content: bytes) -> dict[str, Any]:
    return json.loads(content)
