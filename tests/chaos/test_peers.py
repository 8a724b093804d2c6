"""The suite's own peers do what they are told to: wires, the doorkeeper, the moody provider."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from urllib.parse import urlsplit
from uuid import UUID

import aiosmtplib
import httpx2
import pytest

from farhand.services import ROOT
from tests.chaos.faults import Condition, Mood
from tests.chaos.greylist import Doorkeeper, doorkeeper
from tests.chaos.moody_provider import moody_provider
from tests.chaos.wires import Wire, wire
from tests.infrastructure import Infrastructure

USER = "urn:ietf:params:scim:schemas:core:2.0:User"


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


async def test_the_doorkeeper_asks_to_come_again_later(infrastructure: Infrastructure) -> None:
    sink = urlsplit(f"//{infrastructure.smtp}")
    async with doorkeeper(sink.hostname or "", sink.port or 0) as made:
        await hand_in(made)
        made.strict = True
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
            await hand_in(made)
        assert made.refused == 1
        made.strict = False
        await hand_in(made)


async def test_the_provider_does_what_is_asked_as_its_mood_is(
    infrastructure: Infrastructure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.chaos.moody_provider.HANG_SECONDS", 0.1)
    assert infrastructure.stack is not None
    token = infrastructure.stack.credentials.read("scim_token")
    there = urlsplit(infrastructure.scim)
    async with (
        moody_provider(f"{there.scheme}://{there.netloc}") as made,
        httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{made.at}{there.path}",
            headers={"authorization": f"Bearer {token}"},
        ) as http,
    ):

        async def make(number: int) -> int:
            name = str(UUID(int=number))
            body = {"schemas": [USER], "userName": name, "externalId": name}
            return (await http.post("/Users", json=body)).status_code

        answers: dict[Mood, int] = {}
        for number, mood in enumerate(Mood, 1):
            made.mood = mood
            answers[mood] = await make(number)
        assert answers == {
            Mood.WELL: 201,
            Mood.BROKEN: 500,
            Mood.BUSY: 429,
            Mood.SILENT: 503,
            Mood.FORGETFUL: 503,
        }
        done = [
            number for number, mood in enumerate(Mood, 1) if mood in (Mood.WELL, Mood.FORGETFUL)
        ]
        assert set(made.made) == {str(UUID(int=number)) for number in done}
        made.mood = Mood.WELL
        assert [await make(number) for number in done] == [409, 409]


def test_the_kernel_has_every_point_at_which_a_process_may_die() -> None:
    """In a process of its own: the functions there are wrapped for good."""
    code = "from tests.chaos.mortal import make_mortal; make_mortal()"
    subprocess.run((sys.executable, "-c", code), cwd=ROOT, check=True)  # noqa: S603  # our own
