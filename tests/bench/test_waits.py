"""What sessions wait for is counted while a contender works."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable

import pytest

from bench import waits
from libs.common.database import TRANSIENT, Pool
from tests.databases import STRANGERS_OUT


async def until(seen: Callable[[], Awaitable[object]]) -> None:
    async with asyncio.timeout(20):
        while not await seen():
            await asyncio.sleep(0.01)


async def test_a_session_that_waits_for_anothers_row_is_told_from_one_that_holds_it(
    pool: Pool, kernel_database: str
) -> None:
    await pool.execute("create table counter (value int)")
    await pool.execute("insert into counter values (0)")
    seen = Counter[str]()

    async def has_seen(kind: str) -> bool:
        return seen[kind] > 0

    async with waits.watching(kernel_database, seen), pool.acquire() as holder:
        async with holder.transaction():
            await holder.execute("update counter set value = 1")
            await until(lambda: has_seen("Client"))
            assert "Lock" not in seen, "nobody waits yet"
            waiter = asyncio.create_task(pool.execute("update counter set value = 2"))
            await until(lambda: has_seen("Lock"))
        await waiter


async def test_a_session_between_two_transactions_is_not_counted(
    pool: Pool, kernel_database: str
) -> None:
    await pool.execute("select 1")
    seen = Counter[str]()
    async with waits.watching(kernel_database, seen):
        await asyncio.sleep(5 * waits.EVERY_SECONDS)
    assert not seen


async def test_half_a_count_is_none(pool: Pool, kernel_database: str) -> None:
    async def lose_the_session() -> None:
        async with waits.watching(kernel_database, Counter()):
            await pool.execute(STRANGERS_OUT)
            await asyncio.sleep(5 * waits.EVERY_SECONDS)

    with pytest.raises(TRANSIENT):  # what the benchmark takes for a look that broke off
        await lose_the_session()
