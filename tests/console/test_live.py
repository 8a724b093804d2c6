"""Browsers are told what was committed, and nothing else."""

import asyncio
from uuid import UUID

from libs.common.database import Pool
from services.console.live import Hub
from services.console.projection import MANY, follow_hires, notice
from tests.console.hires import ALICE, announced, received, told


async def until_heard(mailbox: "asyncio.Queue[str]", topics: str) -> None:
    async with asyncio.timeout(10):
        while await mailbox.get() != topics:
            continue


async def listening(pool: Pool, mailbox: "asyncio.Queue[str]") -> None:
    """Wait until the listener hears: it says what it is told before that to nobody."""
    async with asyncio.timeout(10):
        while mailbox.empty():
            await pool.execute("select pg_notify('console', 'listening?')")
            await asyncio.sleep(0.05)
    while not mailbox.empty():
        mailbox.get_nowait()


async def test_every_browser_is_told_of_a_change_that_was_committed(pool: Pool) -> None:
    hub = Hub()
    async with hub.joined(pool) as one, hub.joined(pool) as other:
        await listening(pool, one)
        await told(pool, announced())
        await until_heard(one, f"hires {ALICE}")
        await until_heard(other, f"hires {ALICE}")


async def test_nobody_is_told_of_what_was_rolled_back(pool: Pool) -> None:
    hub = Hub()
    async with hub.joined(pool) as mailbox:
        await listening(pool, mailbox)
        async with pool.acquire() as conn:
            change = conn.transaction()
            await change.start()
            await follow_hires.project(conn, received(announced()))
            await change.rollback()
        await asyncio.sleep(0.3)
        heard = {mailbox.get_nowait() for _ in range(mailbox.qsize())}
        assert heard <= {"listening?"}


async def test_a_browser_that_has_left_frees_the_listener(pool: Pool) -> None:
    hub = Hub()
    async with hub.joined(pool) as mailbox:
        await listening(pool, mailbox)
    async with asyncio.timeout(5):
        while pool.get_size() - pool.get_idle_size():
            await asyncio.sleep(0.02)


def test_a_notice_of_many_hires_stays_short() -> None:
    many = [UUID(int=number) for number in range(MANY + 1)]

    assert notice(many) == "*"
    assert len(notice(many[:MANY])) < 8000
