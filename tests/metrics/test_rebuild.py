"""Rebuilding comes to what was kept up batch by batch, and puts right what was not."""

import asyncio

import pytest

from libs.common.database import Pool
from libs.common.rebuilding import RebuildRunningError
from services.metrics.figures import digest
from services.metrics.kpi import Definition
from services.metrics.rebuild import rebuild, rebuild_if_redefined
from tests.metrics.history import quarter, shuffled
from tests.metrics.observed import DAY, MONDAY, deployed, merged
from tests.metrics.test_projection import DEFINITIONS, FREQUENCY, deliver, figures, replayed

LATER = MONDAY + 100 * DAY


def redefined(**changes: object) -> list[Definition]:
    """The definitions, with that of deployment frequency changed."""
    return [
        each.model_copy(update=changes) if each.name == FREQUENCY else each for each in DEFINITIONS
    ]


@pytest.mark.parametrize("seed", range(3))
async def test_what_was_kept_up_is_what_a_rebuild_makes(pool: Pool, seed: int) -> None:
    events = quarter(seed)
    arrived = shuffled(events, seed)
    for start in range(0, len(arrived), 20):
        await deliver(pool, *arrived[start : start + 20])
    facts = "select count(*), max(generation) from fact"
    before = await pool.fetchrow(facts)
    rebuilt = await rebuild(pool, DEFINITIONS, LATER)
    after = await pool.fetchrow(facts)
    assert before is not None
    assert after is not None
    assert rebuilt.digest_before == rebuilt.digest_after == replayed(events)
    assert rebuilt.restated == ()
    assert after["count"] == before["count"] > 0
    assert after["max"] == rebuilt.generation > before["max"]
    assert await pool.fetch("select number, state from generation") == [
        (rebuilt.generation, "live")
    ]


async def test_nothing_rebuilt_is_nothing(pool: Pool) -> None:
    rebuilt = await rebuild(pool, DEFINITIONS, LATER)
    assert rebuilt.digest_before == rebuilt.digest_after
    assert rebuilt.restated == ()


async def test_what_was_damaged_is_put_right_and_told(pool: Pool) -> None:
    await deliver(pool, merged("m"), deployed("a"), deployed("b", commit="2", at=MONDAY + DAY))
    good = digest(await figures(pool))
    await pool.execute("delete from fact where kind = 'lead_time'")
    await pool.execute(
        "update kpi_value set value = 41 where kpi = $1 and bucket = $2 and dimension = 'all'",
        FREQUENCY,
        MONDAY.date(),
    )
    rebuilt = await rebuild(pool, DEFINITIONS, LATER)
    assert rebuilt.digest_before != rebuilt.digest_after == good
    assert [(e.kpi, e.group, e.value, e.revision, e.changed_at) for e in rebuilt.restated] == [
        (FREQUENCY, "all", 1, 2, LATER)
    ]
    assert digest(await figures(pool)) == good
    cause = await pool.fetchrow("select cause_source, cause_id from kpi_value where revision = 2")
    assert cause == ("rebuild", f"generation/{rebuilt.generation}")
    assert await pool.fetchval("select count(*) from fact where kind = 'lead_time'") == 1


async def test_what_a_rebuild_restated_is_told_with_the_next_batch_and_only_once(
    pool: Pool,
) -> None:
    await deliver(pool, deployed("a"))
    await rebuild(pool, redefined(version=2), LATER)
    tuesday = deployed("b", commit="2", at=MONDAY + DAY)
    told = await deliver(pool, tuesday)
    assert told[FREQUENCY, "2026-11-23", "all"] == 1
    assert told[FREQUENCY, "2026-11-24", "all"] == 1
    assert await deliver(pool, tuesday) == {}


async def test_a_new_definition_restates_its_figures(pool: Pool) -> None:
    await deliver(pool, deployed("a"), deployed("b", commit="2", environment="staging"))
    rebuilt = await rebuild(pool, redefined(version=2, where={}, dimensions=()), LATER)
    assert [(e.definition, e.group, e.value, e.revision) for e in rebuilt.restated] == [
        ("deployment-frequency@2", "all", 2, 2),
        ("deployment-frequency@2", "service=ranking", None, 2),
    ]


async def test_batches_go_on_from_the_new_generation(pool: Pool) -> None:
    await deliver(pool, deployed("a"))
    await rebuild(pool, DEFINITIONS, LATER)
    changes = await deliver(pool, deployed("b", commit="2"))
    assert changes[FREQUENCY, "2026-11-23", "all"] == 2


@pytest.mark.parametrize("seed", range(4))
async def test_batches_that_arrive_meanwhile_are_not_lost(pool: Pool, seed: int) -> None:
    events = quarter(seed=3)
    arrived = shuffled(events, seed)
    half = len(arrived) // 2
    await deliver(pool, *arrived[:half])

    async def go_on() -> None:
        for start in range(half, len(arrived), 5):
            await deliver(pool, *arrived[start : start + 5])

    rebuilt, _ = await asyncio.gather(rebuild(pool, DEFINITIONS, LATER), go_on())
    assert rebuilt.restated == ()
    assert digest(await figures(pool)) == replayed(events)
    again = await rebuild(pool, DEFINITIONS, LATER)
    assert again.digest_after == replayed(events)
    assert again.restated == ()


async def test_only_one_rebuilds_at_a_time(pool: Pool) -> None:
    await deliver(pool, *quarter(seed=1))
    first, second = await asyncio.gather(
        rebuild(pool, DEFINITIONS, LATER),
        rebuild(pool, DEFINITIONS, LATER),
        return_exceptions=True,
    )
    assert sorted([type(first).__name__, type(second).__name__]) == [
        "RebuildRunningError",
        "Rebuilt",
    ]
    assert isinstance(second, RebuildRunningError) or isinstance(first, RebuildRunningError)


async def test_a_rebuild_that_was_broken_off_leaves_nothing(pool: Pool) -> None:
    await deliver(pool, deployed("a"))
    await pool.execute("insert into generation (state) values ('building')")
    rebuilt = await rebuild(pool, DEFINITIONS, LATER)
    assert await pool.fetch("select number from generation") == [(rebuilt.generation,)]


async def test_a_start_rebuilds_only_after_something_was_redefined(pool: Pool) -> None:
    assert await rebuild_if_redefined(pool, DEFINITIONS, LATER) is not None
    await deliver(pool, deployed("a"))
    assert await rebuild_if_redefined(pool, DEFINITIONS, LATER) is None
    rebuilt = await rebuild_if_redefined(pool, redefined(version=2), LATER)
    assert rebuilt is not None
    assert {each.definition for each in rebuilt.restated} == {"deployment-frequency@2"}
    assert await rebuild_if_redefined(pool, redefined(version=2), LATER) is None
    assert await pool.fetchval("select count(distinct generation) from fact") == 1
