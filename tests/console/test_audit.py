"""Nobody can change or remove what was written down without the chain of hashes showing it."""

from datetime import timedelta

import pytest

from libs.common.database import Pool
from services.console import audit
from services.console.audit import Deed, first_broken
from tests.console.hires import ALICE, BOB, NOW


async def write_three(pool: Pool) -> None:
    for number in range(3):
        deed = Deed(ALICE, "complete_task", str(BOB), {"task": number, "why": "schön"})
        async with pool.acquire() as conn, conn.transaction():
            await audit.write(conn, deed, NOW + timedelta(microseconds=number))


async def test_what_was_written_holds(pool: Pool) -> None:
    await write_three(pool)
    entries = await audit.all_entries(pool)

    assert [each.position for each in entries] == [1, 2, 3]
    assert first_broken(entries) is None
    assert await audit.about(pool, str(BOB)) == entries
    assert await audit.about(pool, str(ALICE)) == []


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        pytest.param("update audit set action = 'x' where position = 2", 2, id="changed"),
        pytest.param("update audit set account = null where position = 1", 1, id="disowned"),
        pytest.param("update audit set at = at + interval '1 s' where position = 3", 3, id="moved"),
        pytest.param("delete from audit where position = 2", 2, id="removed"),
        pytest.param("delete from audit where position = 1", 1, id="the first removed"),
        pytest.param(
            "update audit set position = 7 - position where position > 1", 2, id="reordered"
        ),
    ],
)
async def test_tampering_shows(pool: Pool, tampering: str, broken: int) -> None:
    await write_three(pool)
    await pool.execute(tampering)

    assert first_broken(await audit.all_entries(pool)) == broken


async def test_a_text_that_no_database_keeps_is_written_all_the_same(pool: Pool) -> None:
    deed = Deed(ALICE, "cancel", "a\0b", {"why": "gone\0"})
    async with pool.acquire() as conn, conn.transaction():
        await audit.write(conn, deed, NOW)
    [entry] = entries = await audit.all_entries(pool)
    assert (entry.subject, entry.detail) == ("a\ufffdb", {"why": "gone\ufffd"})
    assert first_broken(entries) is None
