"""Key results on a real PostgreSQL: judged with the figures that move them, and as time passes."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from libs.common.contracts.metrics import KeyResultChanged, KeyResultOffCourse
from libs.common.database import Pool
from libs.common.decider import SetTimer
from libs.common.message import Event
from libs.common.projection import Received
from services.metrics import key_result_store
from services.metrics.key_results import wind_clock
from services.metrics.kpi import load_definitions
from services.metrics.observations import Observation
from services.metrics.projection import projecting
from services.metrics.review_clock import ReviewDue, next_review, review_clock
from tests.metrics.aims import aim
from tests.metrics.observed import HOUR, deployed, merged, retracted
from tests.metrics.observed import MONDAY as NINE

DAY = timedelta(days=1)
MONDAY = NINE.replace(hour=0)
LEAD_TIME = aim(
    name="ranking-lead-time",
    title="Within an hour",
    kpi="lead-time-for-changes-day",
    group="service=ranking",
    unit="hours",
    scale=3600,
    cadence="day",
    end=date(2026, 12, 20),
    baseline=2,
    target=1,
    spread=1,
)
OTHER = aim(name="search-lead-time", group="service=search", kpi="lead-time-for-changes")
PROJECT = projecting(load_definitions(), (LEAD_TIME, OTHER))


async def deliver(pool: Pool, *events: Observation, at: datetime) -> Sequence[Event]:
    async with pool.acquire() as conn, conn.transaction():
        return told(await PROJECT(conn, [Received(e.event_id, at, e) for e in events]))


async def strike(pool: Pool, at: datetime) -> Sequence[Event]:
    async with pool.acquire() as conn, conn.transaction():
        return told(await PROJECT(conn, [Received("tick", at, ReviewDue())]))


def told(events: Sequence[Event]) -> list[Event]:
    return [e for e in events if isinstance(e, KeyResultChanged | KeyResultOffCourse)]


def shipped(day: int, hours: float) -> tuple[Observation, Observation]:
    """A change that reached production at noon of a day, so many hours after its merge."""
    at = MONDAY + day * DAY + 12 * HOUR
    return (
        merged(f"m{day}", commit=f"{day}", at=at - hours * HOUR),
        deployed(f"d{day}", commit=f"{day}", at=at),
    )


def asked(events: Sequence[Event]) -> list[str]:
    return [e.key_result for e in events if isinstance(e, KeyResultOffCourse)]


def statuses(events: Sequence[Event], name: str = "ranking-lead-time") -> list[str]:
    return [
        each.status.value
        for each in events
        if isinstance(each, KeyResultChanged) and each.key_result == name
    ]


async def test_it_goes_off_course_as_its_day_ends_and_asks_once(pool: Pool) -> None:
    for day, hours in enumerate([2, 2, 6, 6]):
        await deliver(pool, *shipped(day, hours), at=MONDAY + day * DAY + 12 * HOUR)
    events = await strike(pool, MONDAY + 4 * DAY)
    assert statuses(events) == ["off_course"]
    assert asked(events) == ["ranking-lead-time"]
    (letter,) = [each for each in events if isinstance(each, KeyResultOffCourse)]
    assert (letter.off_since, letter.bucket) == (date(2026, 11, 25), date(2026, 11, 26))
    assert letter.what_changed.startswith("6 hours on 26 November, where 1.86 was expected;")
    assert await strike(pool, MONDAY + 4 * DAY) == []
    assert asked(await deliver(pool, *shipped(4, 9), at=MONDAY + 4 * DAY + 12 * HOUR)) == []
    assert asked(await strike(pool, MONDAY + 5 * DAY)) == []


async def test_a_late_event_moves_it_in_the_transaction_of_its_figure(pool: Pool) -> None:
    for day in range(3):
        await deliver(pool, *shipped(day, 2), at=MONDAY + day * DAY + 12 * HOUR)
    assert statuses(await strike(pool, MONDAY + 4 * DAY)) == ["on_course"]
    events = await deliver(pool, *shipped(3, 9), at=MONDAY + 4 * DAY + HOUR)
    assert (statuses(events), asked(events)) == (["off_course"], ["ranking-lead-time"])


async def test_a_retraction_puts_it_back_on_course_and_asks_nothing(pool: Pool) -> None:
    for day, hours in enumerate([2, 2, 2, 9]):
        await deliver(pool, *shipped(day, hours), at=MONDAY + day * DAY + 12 * HOUR)
    await strike(pool, MONDAY + 4 * DAY)
    events = await deliver(pool, retracted("r", "d3", commit="3"), at=MONDAY + 4 * DAY + HOUR)
    assert (statuses(events), asked(events)) == (["on_course"], [])


async def test_silence_is_told_when_the_clock_strikes(pool: Pool) -> None:
    assert statuses(await strike(pool, MONDAY)) == ["not_enough_history"]
    assert statuses(await strike(pool, MONDAY + 3 * DAY)) == ["stale"]


async def test_what_does_not_concern_a_key_result_leaves_it_alone(pool: Pool) -> None:
    elsewhere = deployed("d", service="speech", at=MONDAY)
    assert await deliver(pool, merged("m", at=MONDAY - HOUR), elsewhere, at=MONDAY) == []
    assert await key_result_store.kept_of(pool, ["ranking-lead-time"]) == {}


async def test_a_message_from_before_brings_no_bucket_back(pool: Pool) -> None:
    for day in range(4):
        await deliver(pool, *shipped(day, 2), at=MONDAY + day * DAY + 12 * HOUR)
    await strike(pool, MONDAY + 4 * DAY)
    assert statuses(await strike(pool, MONDAY + DAY)) == []


async def test_copies_that_judge_at_once_ask_once(pool: Pool) -> None:
    for day, hours in enumerate([2, 2, 6, 6]):
        await deliver(pool, *shipped(day, hours), at=MONDAY + day * DAY + 12 * HOUR)
    both = await asyncio.gather(*(strike(pool, MONDAY + 4 * DAY) for _ in range(4)))
    assert sorted(len(asked(events)) for events in both) == [0, 0, 0, 1]


def test_the_clock_strikes_when_the_next_bucket_ends() -> None:
    clock = review_clock([LEAD_TIME, OTHER])
    rule = clock.rules[ReviewDue.type]
    decision = rule.decide(None, ReviewDue(), NINE)
    assert decision.timers == (SetTimer(MONDAY + DAY, ReviewDue()),)


def test_a_bucket_ends_at_midnight_of_its_own_zone() -> None:
    boston = LEAD_TIME.model_copy(update={"timezone": "America/New_York"})
    assert next_review([boston], NINE) == datetime(2026, 11, 24, 5, tzinfo=UTC)


def test_the_clock_stops_after_the_last_key_result() -> None:
    assert next_review([LEAD_TIME], datetime(2026, 12, 21, tzinfo=UTC)) is None
    assert next_review([], NINE) is None


async def test_every_start_winds_the_clock(pool: Pool) -> None:
    await wind_clock(pool, NINE)
    await wind_clock(pool, NINE + HOUR)
    assert await pool.fetch("select decider, type, due from timer") == [
        ("review-clock", "ReviewDue", NINE + HOUR)
    ]
