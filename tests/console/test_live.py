"""A browser is told what has changed, in the scope of who is signed in, and as long as they are."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import pytest
from fastapi import Request

from libs.common.clock import wall
from libs.common.database import Pool
from services.console import sessions
from services.console.live import EVERYTHING, MAILBOX, Hub
from services.console.live_topics import told_to
from services.console.role import Role
from services.console.web import live_stream
from services.console.web.visit import COOKIE, visiting
from tests.console.conftest import Console
from tests.console.hires import ALICE, BOB, announced, told

TOPICS = {"hires", "figures", "law", str(ALICE), str(BOB)}


@pytest.mark.parametrize(
    ("role", "heard"),
    [
        pytest.param(Role.LEGAL, TOPICS, id="legal: everything"),
        pytest.param(Role.HR, TOPICS - {"law"}, id="HR: not the law"),
        pytest.param(Role.MANAGER, {"hires", "figures", str(ALICE)}, id="a manager: their team"),
        pytest.param(Role.WORKER, {"hires", str(BOB)}, id="a worker: themselves"),
    ],
)
async def test_the_ids_of_other_hires_are_not_told(
    console: Console, pool: Pool, role: Role, heard: set[str]
) -> None:
    await told(pool, announced(), announced(BOB))
    await pool.execute("update hire set manager = 'lead' where hire_id = $1", ALICE)
    account = await console.add(role, manager="lead", hire_id=BOB)

    assert await told_to(pool, account, TOPICS) == heard
    assert await told_to(pool, account, {EVERYTHING}) == {EVERYTHING}


async def test_a_browser_that_does_not_read_is_told_to_look_at_everything(pool: Pool) -> None:
    hub = Hub()
    async with hub.joined(pool) as mailbox:
        for number in range(3 * MAILBOX):
            hub.tell(str(number))
            assert mailbox.qsize() <= MAILBOX
        waiting = {mailbox.get_nowait() for _ in range(mailbox.qsize())}
    assert EVERYTHING in waiting


async def test_a_browser_looks_again_once_it_is_listened_for(pool: Pool) -> None:
    hub = Hub()
    async with asyncio.timeout(20), hub.joined(pool) as first:
        assert await first.get() == EVERYTHING
        async with hub.joined(pool) as second:
            assert second.get_nowait() == EVERYTHING
            assert first.empty()


async def test_a_busy_stream_ends_with_its_session(
    console: Console, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_stream, "HEARTBEAT_SECONDS", 0.2)
    monkeypatch.setattr(live_stream, "GATHER_SECONDS", 0.01)
    account = await console.add(Role.HR)
    async with pool.acquire() as conn:
        token = await sessions.begin(conn, account.id, "Firefox on Linux", wall())
    busy = asyncio.create_task(keep_busy())
    async with asyncio.timeout(20), aclosing(await stream(console, token)) as events:
        assert "changed" in await anext(events)
        await pool.execute("update session set ended_at = now()")
        assert [each async for each in events if "changed" not in each] == []
    busy.cancel()


async def keep_busy() -> None:
    while True:
        live_stream.hub.tell("hires")
        await asyncio.sleep(0.02)


async def stream(console: Console, token: str) -> AsyncGenerator[Any]:
    """The stream of a session, after its first line."""
    cookie = (b"cookie", f"{COOKIE}={token}".encode())
    asked = {"type": "http", "method": "GET", "path": "/live", "query_string": b""}
    request = Request({**asked, "headers": [cookie], "app": console.app})
    visit = await visiting(request, console.app.state.running)
    events: Any = (await live_stream.live(visit)).body_iterator
    assert "retry" in await anext(events)
    return events
