"""The projection, on a real PostgreSQL: the same figures however the same events arrive."""

import asyncio
from collections.abc import Sequence
from decimal import Decimal

import pytest

from libs.common.contracts.metrics import KpiChanged
from libs.common.contracts.onboarding import HireAnnounced, HireReady
from libs.common.database import Pool
from libs.common.message import Event
from libs.common.projection import Received
from services.metrics import ledger
from services.metrics.figures import Figure, compute_all, digest
from services.metrics.folds import fold_all
from services.metrics.kpi import load_definitions
from services.metrics.observations import Observation, Outcome
from services.metrics.projection import projecting
from tests.metrics.history import quarter, shuffled
from tests.metrics.observed import (
    DAY,
    HOUR,
    MONDAY,
    deployed,
    measured,
    merged,
    moved,
    opened,
    received,
    retracted,
)

DEFINITIONS = load_definitions()
PROJECT = projecting(DEFINITIONS)
FREQUENCY, LEAD_TIME = "deployment-frequency", "lead-time-for-changes"


async def deliver(
    pool: Pool, *events: Observation, at: int = 0
) -> dict[tuple[str, str, str], Decimal | None]:
    """Hand events over in one batch; what changed, by KPI, bucket and group."""
    async with pool.acquire() as conn, conn.transaction():
        batch = [received(each, at=MONDAY + at * HOUR) for each in events]
        changes = figures_told(await PROJECT(conn, batch))
    return {(each.kpi, str(each.bucket), each.group): each.value for each in changes}


def figures_told(events: Sequence[Event]) -> list[KpiChanged]:
    return [each for each in events if isinstance(each, KpiChanged)]


async def figures(pool: Pool) -> list[Figure]:
    async with pool.acquire() as conn:
        return [each.figure for each in (await ledger.standing(conn)).values()]


def replayed(events: Sequence[Observation]) -> str:
    """The digest of the figures that events come to in memory, without any database."""
    return digest(compute_all(DEFINITIONS, fold_all(events)))


async def test_a_deployment_moves_its_figures_at_once(pool: Pool) -> None:
    changes = await deliver(pool, merged("m", at=MONDAY - 2 * HOUR), deployed("d"))
    assert changes == {
        ("change-fail-rate", "2026-11-23", "all"): 0,
        ("change-fail-rate", "2026-11-23", "method=none"): 0,
        ("change-fail-rate", "2026-11-23", "service=ranking"): 0,
        (FREQUENCY, "2026-11-23", "all"): 1,
        (FREQUENCY, "2026-11-23", "service=ranking"): 1,
        (LEAD_TIME, "2026-11-23", "all"): 7200,
        (LEAD_TIME, "2026-11-23", "service=ranking"): 7200,
        (f"{LEAD_TIME}-day", "2026-11-23", "all"): 7200,
        (f"{LEAD_TIME}-day", "2026-11-23", "service=ranking"): 7200,
        (f"{LEAD_TIME}-p90", "2026-11-23", "all"): 7200,
        (f"{LEAD_TIME}-p90", "2026-11-23", "service=ranking"): 7200,
        ("rework-rate", "2026-11-23", "all"): 0,
        ("rework-rate", "2026-11-23", "service=ranking"): 0,
        ("traced-deployments", "2026-11-23", "all"): 1,
        ("traced-deployments", "2026-11-23", "service=ranking"): 1,
    }


async def test_what_is_known_changes_nothing(pool: Pool) -> None:
    await deliver(pool, deployed("d"), deployed("d"))
    assert await deliver(pool, deployed("d")) == {}


async def test_a_change_that_is_heard_of_last_is_linked_all_the_same(pool: Pool) -> None:
    await deliver(pool, deployed("d"))
    changes = await deliver(pool, merged("m", at=MONDAY - HOUR))
    assert changes[LEAD_TIME, "2026-11-23", "all"] == 3600
    assert changes["traced-deployments", "2026-11-23", "all"] == 1
    assert (FREQUENCY, "2026-11-23", "all") not in changes


async def test_an_earlier_deployment_moves_the_time_to_its_own_week(pool: Pool) -> None:
    await deliver(pool, merged("m"), deployed("late", at=MONDAY + 7 * DAY))
    changes = await deliver(pool, deployed("early"))
    assert changes[LEAD_TIME, "2026-11-30", "all"] is None
    assert changes[LEAD_TIME, "2026-11-23", "all"] == 3600


async def test_a_correction_moves_a_deployment_to_another_commit(pool: Pool) -> None:
    await deliver(pool, merged("m1", commit="1"), merged("m2", commit="2", at=MONDAY - 5 * HOUR))
    await deliver(pool, deployed("d", commit="1"))
    changes = await deliver(pool, deployed("c", commit="2", deployment="d", replaces="d"))
    assert changes[LEAD_TIME, "2026-11-23", "all"] == 5 * 3600
    assert (FREQUENCY, "2026-11-23", "all") not in changes


async def test_a_retraction_leaves_no_data_and_not_nought(pool: Pool) -> None:
    await deliver(pool, deployed("d"))
    changes = await deliver(pool, retracted("r", "d"))
    assert changes[FREQUENCY, "2026-11-23", "all"] is None
    row = await pool.fetchrow(
        "select value, revision from kpi_value"
        " where kpi = $1 and dimension = 'all' and superseded_at is null",
        FREQUENCY,
    )
    assert row is not None
    assert (row["value"], row["revision"]) == (None, 2)


async def test_a_retraction_may_come_before_what_it_takes_back(pool: Pool) -> None:
    assert await deliver(pool, retracted("r", "d", commit="another")) == {}
    assert await deliver(pool, deployed("d")) == {}


async def test_every_revision_is_kept_with_its_cause(pool: Pool) -> None:
    await deliver(pool, deployed("a"), at=0)
    await deliver(pool, deployed("b", commit="2"), at=1)
    await deliver(pool, deployed("c", commit="3", at=MONDAY - HOUR), at=2)
    rows = await pool.fetch(
        "select revision, value, definition, cause_source, cause_id, changed_at, superseded_at"
        "  from kpi_value where kpi = $1 and dimension = 'all' order by revision",
        FREQUENCY,
    )
    assert [(r["revision"], r["value"], r["cause_source"], r["cause_id"]) for r in rows] == [
        (1, 1, "github", "a"),
        (2, 2, "github", "b"),
        (3, 3, "github", "c"),
    ]
    times = [MONDAY, MONDAY + HOUR, MONDAY + 2 * HOUR]
    assert [row["changed_at"] for row in rows] == times
    assert [row["superseded_at"] for row in rows] == [*times[1:], None]
    assert {row["definition"] for row in rows} == {"deployment-frequency@1"}


async def test_the_others_are_told_of_exactly_what_was_written(pool: Pool) -> None:
    async with pool.acquire() as conn, conn.transaction():
        events = figures_told(await PROJECT(conn, [received(deployed("d"), at=MONDAY)]))
    assert next(each for each in events if each.kpi == FREQUENCY) == KpiChanged(
        kpi=FREQUENCY,
        definition="deployment-frequency@1",
        group="all",
        bucket=MONDAY.date(),
        value=Decimal(1),
        revision=1,
        changed_at=MONDAY,
        title="Deployment frequency",
        unit="deployments a day",
    )
    assert await pool.fetchval("select count(*) from kpi_value") == len(events)


async def test_the_line_is_measured_from_its_own_events(pool: Pool) -> None:
    batch = [
        Received("1", MONDAY, HireAnnounced.model_validate(HireAnnounced.example)),
        Received("2", MONDAY, HireReady.model_validate(HireReady.example)),
    ]
    async with pool.acquire() as conn, conn.transaction():
        changes = figures_told(await PROJECT(conn, batch))
    assert {(each.kpi, each.group): each.value for each in changes} == {
        ("hires-ready", "all"): 1,
        ("hires-ready", "engagement=employee"): 1,
        ("hires-ready", "jurisdiction=PT"): 1,
        ("time-to-ready", "all"): 282600,
        ("time-to-ready", "jurisdiction=PT"): 282600,
        ("time-to-ready-p90", "all"): 282600,
        ("time-to-ready-p90", "jurisdiction=PT"): 282600,
    }


async def test_an_incident_that_is_heard_of_first_fails_the_deployment_it_followed(
    pool: Pool,
) -> None:
    await deliver(pool, opened("i", at=MONDAY + HOUR))
    changes = await deliver(pool, deployed("d"))
    assert changes["change-fail-rate", "2026-11-23", "service=ranking"] == 1
    assert changes["incidents", "2026-11-23", "method=window"] == 1
    assert changes["incidents", "2026-11-23", "method=none"] is None


async def test_a_deployment_that_turns_out_to_be_another_service_s_is_forgiven(pool: Pool) -> None:
    await deliver(pool, deployed("d"), opened("i", at=MONDAY + HOUR))
    changes = await deliver(pool, deployed("c", service="search", deployment="d", replaces="d"))
    assert changes["change-fail-rate", "2026-11-23", "service=ranking"] is None
    assert changes["change-fail-rate", "2026-11-23", "service=search"] == 0
    assert changes["incidents", "2026-11-23", "method=none"] == 1


async def test_a_model_that_is_rolled_back_had_failed(pool: Pool) -> None:
    await deliver(pool, moved("fraud", "1"), moved("fraud", "2", at=MONDAY + HOUR))
    changes = await deliver(pool, moved("fraud", "1", at=MONDAY + 3 * HOUR))
    assert changes["model-change-fail-rate", "2026-11-23", "model=fraud"] == Decimal("0.5")
    assert changes["model-recovery-time", "2026-11-23", "model=fraud"] == 7200
    assert ("model-deployment-frequency", "2026-11-23", "all") not in changes


async def test_an_alias_that_is_told_late_goes_where_it_belongs(pool: Pool) -> None:
    """As MLflow does it: `created` may arrive after the `deleted` that followed it."""
    await deliver(pool, moved("fraud", None, at=MONDAY + HOUR))
    changes = await deliver(pool, moved("fraud", "1"))
    assert changes["model-deployment-frequency", "2026-11-23", "all"] == 1


async def test_latencies_add_up_and_can_be_taken_back(pool: Pool) -> None:
    first = measured("a", service="scoring", at=MONDAY, counts={100: 5})
    await deliver(pool, first, measured("b", service="scoring", at=MONDAY, counts={200: 6}))
    p50 = "select value from kpi_value where kpi = 'inference-latency-p50' and dimension = 'all'"
    high = await pool.fetchval(p50)
    changes = await deliver(
        pool,
        measured("c", service="scoring", at=MONDAY, counts={100: 2}),
    )
    low = changes["inference-latency-p50", "2026-11-23", "all"]
    assert low is not None
    assert low < high
    taken = retracted("r", "c").evolve(source="mlops", entity="latency/x")
    assert (await deliver(pool, taken))["inference-latency-p50", "2026-11-23", "all"] == high


async def test_an_empty_batch_is_nothing(pool: Pool) -> None:
    async with pool.acquire() as conn, conn.transaction():
        assert await PROJECT(conn, []) == ()


async def test_a_batch_that_is_rolled_back_leaves_nothing(pool: Pool) -> None:
    async with pool.acquire() as conn:
        transaction = conn.transaction()
        await transaction.start()
        await PROJECT(conn, [received(deployed("d"))])
        await transaction.rollback()
    assert await pool.fetchval("select count(*) from event_log") == 0
    assert await figures(pool) == []


@pytest.mark.parametrize("seed", range(6))
async def test_any_order_of_arrival_comes_to_the_same_figures(pool: Pool, seed: int) -> None:
    events = quarter(seed=7)
    arrived = shuffled(events, seed)
    size = 2 + seed * 12  # from few events a batch to many
    for start in range(0, len(arrived), size):
        await deliver(pool, *arrived[start : start + size])
    assert digest(await figures(pool)) == replayed(events)


@pytest.mark.parametrize("seed", range(4))
async def test_concurrent_batches_come_to_the_same_figures(pool: Pool, seed: int) -> None:
    events = quarter(seed=11)
    arrived = shuffled(events, seed)

    async def partition(number: int) -> None:
        mine = arrived[number::4]
        for start in range(0, len(mine), 5):
            await deliver(pool, *mine[start : start + 5])

    await asyncio.gather(*map(partition, range(4)))
    assert digest(await figures(pool)) == replayed(events)


@pytest.mark.parametrize("retraction_first", [False, True], ids=["deployment", "retraction"])
async def test_a_retraction_that_races_what_it_takes_back_is_not_lost(
    pool: Pool,
    retraction_first: bool,  # noqa: FBT001  # a case of the table
) -> None:
    pair = [deployed("d", commit="1"), retracted("r", "d", commit="2")]
    first, second = reversed(pair) if retraction_first else pair
    async with pool.acquire() as conn:
        async with conn.transaction():
            await PROJECT(conn, [received(first)])
            racing = asyncio.create_task(deliver(pool, second))
            await asyncio.sleep(0.2)
        await racing
    assert [each.value for each in await figures(pool) if each.value is not None] == []


async def test_a_digest_tells_figures_apart(pool: Pool) -> None:
    await deliver(pool, deployed("a"))
    one = digest(await figures(pool))
    await deliver(pool, deployed("b", commit="2"))
    two = digest(await figures(pool))
    await deliver(pool, retracted("r", "b", commit="2"))
    assert digest(await figures(pool)) == one != two


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.ROLLED_BACK, Outcome.REMOVED])
async def test_what_is_no_success_is_a_fact_and_no_figure(pool: Pool, outcome: Outcome) -> None:
    assert await deliver(pool, deployed("d", outcome=outcome)) == {}
    kept = "select dimensions ->> 'outcome' from fact where kind = 'deployment'"
    assert await pool.fetchval(kept) == outcome
