"""The suite's own peers do what they are told to: wires, the doorkeeper, the moody provider."""

import asyncio
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, timedelta
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import aiosmtplib
import httpx2
import pytest
from aiosmtpd.smtp import SMTP

from farhand.embedded.mail_folder import MailFolder
from farhand.embedded.smtp_sink import Sink
from farhand.services import ROOT
from libs.common.clock import wall
from libs.common.effects import Transient
from services.onboarding.identity.account import user_name
from services.onboarding.identity.provider import Provider
from tests.chaos.false_clock import FalseClock
from tests.chaos.faults import Condition, Mood
from tests.chaos.greylist import Doorkeeper, doorkeeper
from tests.chaos.scim_accounts import Accounts, Login, kept
from tests.chaos.scim_peer import Peer, set_mood
from tests.chaos.small_disk import small_disk, why_not
from tests.chaos.wires import Wire, wire

TOKEN = "token-of-the-tests"  # noqa: S105  # no secret
ROBIN = UUID(int=1)


@asynccontextmanager
async def echo() -> AsyncGenerator[int]:
    """A port that says again what it is told."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while said := await reader.read(1024):
            writer.write(said)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def heard_over(made: Wire) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", made.at)
    try:
        writer.write(b"hello")
        return await reader.read(1024)
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def test_a_wire_is_sound_slow_cut_and_sound_again() -> None:
    async with echo() as port, wire("127.0.0.1", port) as made:
        assert await heard_over(made) == b"hello"
        made.be(Condition.SLOW)
        assert await heard_over(made) == b"hello"
        made.be(Condition.CUT)
        assert await heard_over(made) == b""
        made.be(Condition.SOUND)
        assert await heard_over(made) == b"hello"


async def test_a_cut_ends_what_is_connected() -> None:
    async with echo() as port, wire("127.0.0.1", port) as made:
        reader, writer = await asyncio.open_connection("127.0.0.1", made.at)
        writer.write(b"hello")
        assert await reader.read(1024) == b"hello"
        made.be(Condition.CUT)
        try:
            with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
                await reader.readexactly(1)
        finally:
            writer.close()


async def hand_in(made: Doorkeeper) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@company.example", "b@people.example", "RCPT"
    mail.set_content("RCPT TO is said in the text as well.\n")
    await aiosmtplib.send(mail, hostname="127.0.0.1", port=made.at, local_hostname="test")


@asynccontextmanager
async def mail_server(folder: Path) -> AsyncGenerator[int]:
    """The port of a real one, which keeps what it accepts in a folder."""
    loop, sink = asyncio.get_running_loop(), Sink(MailFolder(folder))
    server = await loop.create_server(
        lambda: SMTP(sink, hostname="farhand.localhost", loop=loop), "127.0.0.1", 0
    )
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_the_doorkeeper_asks_to_come_again_later(tmp_path: Path) -> None:
    async with mail_server(tmp_path) as port, doorkeeper("127.0.0.1", port) as made:
        await hand_in(made)
        made.strict = True
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
            await hand_in(made)
        assert made.refused == 1
        made.strict = False
        await hand_in(made)
    assert len(MailFolder(tmp_path).acceptances()) == 2


@asynccontextmanager
async def provider(folder: Path, mood: Mood = Mood.WELL) -> AsyncGenerator[Provider]:
    """The suite's identity provider, as the product speaks to it."""
    file = folder / "mood"
    set_mood(file, mood)
    headers = {"authorization": f"Bearer {TOKEN}"}
    with Accounts.kept_in(folder) as accounts:
        peer = Peer(accounts, file, TOKEN.encode(), hang_seconds=0.1)
        transport = httpx2.ASGITransport(app=peer)  # pyright: ignore[reportArgumentType]  # untyped
        async with httpx2.AsyncClient(
            base_url="http://scim/v2", headers=headers, transport=transport
        ) as http:
            yield Provider(http)


def body_of(hire_id: UUID) -> dict[str, object]:
    return {"userName": user_name(hire_id), "externalId": str(hire_id), "active": True}


async def test_the_provider_keeps_accounts_and_who_is_in_which_group(tmp_path: Path) -> None:
    async with provider(tmp_path) as there:
        assert await there.find(ROBIN) is None
        made = await there.create(ROBIN, body_of(ROBIN))
        await there.make_group("farhand-staff")
        await there.make_group("farhand-staff")
        await there.join(made, "farhand-staff")
        groups = await there.groups_of(made)
        assert list(groups) == ["farhand-staff"]
        await there.leave(made, groups["farhand-staff"])
        assert await there.groups_of(made) == {}
        await there.change(made, {"active": False})
        with pytest.raises(Transient):  # it is another version by now
            await there.change(made, {"active": True})
    assert kept(tmp_path) == ([Login(str(ROBIN), active=False)], Counter({str(ROBIN): 1}))


async def test_what_was_made_is_remembered_once_it_is_gone(tmp_path: Path) -> None:
    async with provider(tmp_path) as there:
        for _ in range(2):
            await there.delete(await there.create(ROBIN, body_of(ROBIN)))
    assert kept(tmp_path) == ([], Counter({str(ROBIN): 2}))


@pytest.mark.parametrize(
    ("mood", "made"),
    [(Mood.BROKEN, 0), (Mood.BUSY, 0), (Mood.SILENT, 0), (Mood.FORGETFUL, 1)],
    ids=str,
)
async def test_the_provider_answers_as_its_mood_is(tmp_path: Path, mood: Mood, made: int) -> None:
    async with provider(tmp_path) as there:
        await there.find(ROBIN)
        set_mood(tmp_path / "mood", mood)
        with pytest.raises(Transient):
            await there.create(ROBIN, body_of(ROBIN))
    assert kept(tmp_path)[1].total() == made


async def test_a_clock_is_wrong_by_what_a_file_says(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    assert abs(FalseClock(file).now(UTC) - wall()) < timedelta(seconds=10)
    file.write_text("-3600")
    assert timedelta(seconds=3590) < wall() - FalseClock(file).now(UTC) < timedelta(seconds=3610)


@pytest.mark.skipif(why_not() is not None, reason=why_not() or "")
def test_a_full_disk_takes_nothing_until_it_is_cleared(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    folder.mkdir()
    with small_disk(folder, 64 * 1024 * 1024) as disk:
        if disk is None:
            pytest.skip("nobody may mount here")
        disk.fill()
        with pytest.raises(OSError, match="No space left"):
            (folder / "more").write_bytes(b"x" * 4096)
        disk.clear()
        (folder / "more").write_bytes(b"x" * 4096)
    assert list(tmp_path.iterdir()) == [folder]
    assert list(folder.iterdir()) == []


def test_the_kernel_has_every_point_at_which_a_process_may_die() -> None:
    """In a process of its own: the functions there are wrapped for good."""
    code = "from tests.chaos.mortal import make_mortal; make_mortal()"
    subprocess.run((sys.executable, "-c", code), cwd=ROOT, check=True)  # noqa: S603  # our own
