"""Every hire once more from its story: equal to the one that was folded batch by batch."""

import asyncio
from datetime import timedelta

import pytest

from libs.common.contracts.onboarding import HireChanged, HireStatus, TaskDone
from libs.common.database import Pool
from libs.common.rebuilding import RebuildRunningError, rebuild_held
from services.console.live import EVERYTHING
from services.console.rebuild import rebuild
from tests.console.hires import (
    ALICE,
    BOB,
    CAROL,
    LAPTOP,
    NOW,
    announced,
    assigned,
    blocked,
    decided,
    stands,
    told,
)


async def lived(pool: Pool) -> None:
    """Three hires in several batches, one of whom moved."""
    await told(pool, announced(ALICE), assigned(ALICE), announced(BOB))
    await told(pool, stands(HireStatus.BLOCKED, BOB), blocked(BOB), at=NOW + timedelta(hours=1))
    done = TaskDone.model_validate(TaskDone.example | {"hire_id": ALICE, "task_id": LAPTOP})
    moved = announced(ALICE, role="Data engineer", manager=f"sealed.v1.{BOB}.c2VhbGVk").profile
    changed = HireChanged(hire_id=ALICE, profile=moved, changed=("role",))
    await told(pool, decided(CAROL), done, changed, at=NOW + timedelta(hours=2))


async def test_what_was_kept_up_batch_by_batch_is_what_its_story_makes(pool: Pool) -> None:
    await lived(pool)
    found = await rebuild(pool)
    assert found.before == found.after
    assert found.corrected == 0


LEFT = """update hire set state = state || '{"status": "left"}'"""
DAMAGES = {
    "a row that is lost": "delete from hire where hire_id = $1",
    "a state that nobody told": f"{LEFT} where hire_id = $1",
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
async def test_what_differs_is_put_right_and_pages_look_again(pool: Pool, damage: str) -> None:
    await lived(pool)
    whole = await pool.fetch("select hire_id, state, search, turn from hire order by hire_id")
    await pool.execute(damage, ALICE)
    heard: asyncio.Queue[object] = asyncio.Queue()

    def hear(_conn: object, _pid: int, _channel: str, topics: object) -> None:
        heard.put_nowait(topics)

    async with pool.acquire() as conn:
        await conn.add_listener("console", hear)
        found = await rebuild(pool)
        topics = await asyncio.wait_for(heard.get(), 5)
        await conn.remove_listener("console", hear)
    assert topics == EVERYTHING
    assert found.before != found.after
    assert found.corrected == 1
    assert (
        await pool.fetch("select hire_id, state, search, turn from hire order by hire_id") == whole
    )
    assert (await rebuild(pool)).corrected == 0


async def test_a_hire_that_no_event_tells_of_is_removed(pool: Pool) -> None:
    await lived(pool)
    await pool.execute("delete from story where hire_id = $1", BOB)
    assert (await rebuild(pool)).corrected == 1
    assert await pool.fetchval("select count(*) from hire") == 2


async def test_a_story_from_before_contacts_were_kept_has_those_that_stand(pool: Pool) -> None:
    await lived(pool)
    await pool.execute("update story set contacts = null")
    assert (await rebuild(pool)).corrected == 0


async def test_whose_team_a_hire_is_in_stays(pool: Pool) -> None:
    await lived(pool)
    await pool.execute(
        "update hire set manager = 'hers', state = state || '{\"status\": \"left\"}'"
    )
    await rebuild(pool)
    assert await pool.fetchval("select array_agg(distinct manager) from hire") == ["hers"]


async def test_more_hires_than_are_taken_at_once_are_all_rebuilt(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lived(pool)
    await pool.execute(LEFT)
    monkeypatch.setattr("services.console.rebuild.AT_ONCE", 1)
    assert (await rebuild(pool)).corrected == 3


async def test_one_rebuild_runs_at_a_time(pool: Pool) -> None:
    async with pool.acquire() as conn, rebuild_held(conn, "console"):
        with pytest.raises(RebuildRunningError):
            await rebuild(pool)
    assert (await rebuild(pool)).corrected == 0
