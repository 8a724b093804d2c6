"""The key results over HTTP, on a real PostgreSQL."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from libs.common.database import Pool
from services.metrics.api import read_pool
from services.metrics.okr_api import okr_router
from tests.metrics.test_key_results import LEAD_TIME, MONDAY, OTHER, deliver, shipped, strike

DAY = timedelta(days=1)


@pytest.fixture
async def client(pool: Pool) -> AsyncGenerator[httpx2.AsyncClient]:
    app = FastAPI()
    app.include_router(okr_router([LEAD_TIME, OTHER]))
    app.dependency_overrides[read_pool] = lambda: pool
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://metrics") as client:
        yield client


async def get(client: httpx2.AsyncClient, path: str) -> Any:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_before_anything_was_judged_nothing_is_green(client: httpx2.AsyncClient) -> None:
    shown = (await get(client, "/key-results"))["key_results"]
    assert {each["name"]: each["status"] for each in shown} == {
        "ranking-lead-time": "not_enough_history",
        "search-lead-time": "not_enough_history",
    }
    assert {each["value"] for each in shown} == {None}


async def test_it_shows_who_decides_what_and_by_when(
    client: httpx2.AsyncClient, pool: Pool
) -> None:
    for day, hours in enumerate([2, 2, 6, 6]):
        await deliver(pool, *shipped(day, hours), at=MONDAY + day * DAY)
    await strike(pool, MONDAY + 4 * DAY)
    shown = (await get(client, "/key-results"))["key_results"][0]
    assert shown["status"] == "off_course"
    assert (shown["owner"], shown["team"], shown["unit"]) == ("manager", "ranking", "hours")
    assert (shown["value"], shown["baseline"], shown["target"]) == ("6", "2", "1")
    assert (shown["off_since"], shown["review_by"]) == ("2026-11-25", "2026-12-04")
    assert shown["changed_at"] == "2026-11-27T00:00:00Z"


async def test_a_trend_has_every_bucket_and_leaves_gaps_open(
    client: httpx2.AsyncClient, pool: Pool
) -> None:
    for day in (0, 2):
        await deliver(pool, *shipped(day, 3), at=MONDAY + day * DAY)
    await strike(pool, MONDAY + 3 * DAY)
    trend = (await get(client, "/key-results/ranking-lead-time"))["trend"]
    assert [(each["bucket"], each["value"]) for each in trend] == [
        ("2026-11-23", "3"),
        ("2026-11-24", None),
        ("2026-11-25", "3"),
    ]
    assert trend[0]["expected"] > trend[-1]["expected"]


async def test_an_unknown_key_result_is_answered_with_the_known_ones(
    client: httpx2.AsyncClient,
) -> None:
    answer = await client.get("/key-results/velocity")
    assert answer.status_code == 404
    assert "there are ranking-lead-time, search-lead-time" in answer.json()["detail"]
