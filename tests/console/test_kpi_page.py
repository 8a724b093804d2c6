"""A KPI's page asks metrics what stands behind a figure: its real API, over a real PostgreSQL."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime

import httpx2
import pytest
from fastapi import FastAPI

from libs.common.contracts.metrics import KpiChanged
from libs.common.database import Pool
from libs.common.projection import Received
from services.console.operations import Operations
from services.console.role import Role
from services.console.web import operations_page
from services.metrics.api import kpi_router, read_pool
from services.metrics.kpi import load_definitions
from services.metrics.observations import Observation
from services.metrics.okr_api import okr_router
from services.metrics.review_clock import ReviewDue
from tests.console.conftest import Console
from tests.console.hires import ALICE, announced, told
from tests.console.test_figures import measured
from tests.metrics.observed import announced as observed
from tests.metrics.observed import ready
from tests.metrics.test_key_results import DAY, LEAD_TIME, MONDAY, OTHER, PROJECT, shipped

HERE = "http://metrics"


@pytest.fixture
async def metrics(
    service_pool: Callable[[str], AbstractAsyncContextManager[Pool]], console: Console
) -> AsyncGenerator[Pool]:
    """The database of metrics, whose API the console asks."""
    async with service_pool("metrics") as pool:
        api = FastAPI()
        api.include_router(kpi_router(load_definitions()))
        api.include_router(okr_router([LEAD_TIME, OTHER]))
        api.dependency_overrides[read_pool] = lambda: pool
        http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=api))
        known = Operations(http, {"metrics": HERE})
        console.app.dependency_overrides[operations_page.asked] = lambda: known
        async with http:
            yield pool


async def happened(
    metrics: Pool, console: Console, *events: Observation | ReviewDue, at: datetime = MONDAY
) -> None:
    """Let metrics take observations, and the console the figures that it tells."""
    batch = [Received(f"{number} {at}", at, each) for number, each in enumerate(events)]
    async with metrics.acquire() as conn, conn.transaction():
        said = await PROJECT(conn, batch)
    await measured(console.pool, *[each for each in said if isinstance(each, KpiChanged)])


async def page_of(console: Console, path: str, *, role: Role = Role.EXECUTIVE) -> str:
    answer = await (await console.signed_in(role)).get(f"/figures/{path}")
    assert answer.status_code == 200
    return answer.text


async def test_a_figure_shows_the_events_behind_it_with_a_way_to_the_hire(
    console: Console, metrics: Pool
) -> None:
    await told(console.pool, announced(ALICE))
    await happened(metrics, console, observed(str(ALICE)), ready(str(ALICE)))
    text = await page_of(console, "time-to-ready")
    assert "Events behind 23 Nov" in text
    assert "Hire announced" in text
    assert "Hire ready" in text
    assert f'href="/hires/{ALICE}"' in text
    assert "the median over the hires" in text


async def test_of_a_hire_out_of_scope_nothing_is_named(console: Console, metrics: Pool) -> None:
    await told(console.pool, announced(ALICE))
    await happened(metrics, console, observed(str(ALICE)), ready(str(ALICE)))
    text = await page_of(console, "time-to-ready", role=Role.MANAGER)
    assert "Hire ready" in text
    assert str(ALICE) not in text


async def test_a_key_result_draws_its_pace_and_target_and_what_is_to_be_decided(
    console: Console, metrics: Pool
) -> None:
    for day, hours in enumerate([2, 2, 6, 6]):
        await happened(metrics, console, *shipped(day, hours), at=MONDAY + day * DAY)
    await happened(metrics, console, ReviewDue(), at=MONDAY + 4 * DAY)
    text = await page_of(console, "lead-time-for-changes-day?part=service%3Dranking")
    assert 'class="pace"' in text
    assert 'class="target"' in text
    assert "Within an hour" in text
    assert "off course" in text
    assert "To decide by" in text
    assert "60 minutes" in text  # the target, which is one hour
    total = await page_of(console, "lead-time-for-changes-day")
    assert 'class="pace"' not in total
    assert "judged by service: ranking" in total


async def test_figures_stand_while_metrics_is_away(console: Console, metrics: Pool) -> None:
    await happened(metrics, console, observed(str(ALICE)), ready(str(ALICE)))
    away = Operations(httpx2.AsyncClient(), {})
    console.app.dependency_overrides[operations_page.asked] = lambda: away
    text = await page_of(console, "time-to-ready")
    assert "cannot be shown now" in text
    assert "2 days" in text
