"""The API, on a real PostgreSQL: figures with the events behind them, and clear refusals."""

from collections.abc import AsyncGenerator
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from libs.common.database import Pool
from services.metrics.api import kpi_router, read_pool
from tests.metrics.observed import DAY, HOUR, MONDAY, deployed, merged, retracted
from tests.metrics.test_projection import DEFINITIONS, deliver

FREQUENCY = "/kpis/deployment-frequency"


@pytest.fixture
async def client(pool: Pool) -> AsyncGenerator[httpx2.AsyncClient]:
    app = FastAPI()
    app.include_router(kpi_router(DEFINITIONS))
    app.dependency_overrides[read_pool] = lambda: pool
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://metrics") as client:
        yield client


async def get(client: httpx2.AsyncClient, path: str, **query: str | int) -> Any:
    answer = await client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def shown(page: Any) -> list[tuple[str, str, str | None]]:
    return [(each["bucket"], each["group"], each["value"]) for each in page["figures"]]


async def test_every_kpi_is_listed_with_its_meaning_and_newest_figure(
    client: httpx2.AsyncClient, pool: Pool
) -> None:
    await deliver(pool, deployed("a"), deployed("b", commit="2", at=MONDAY + DAY))
    await deliver(pool, retracted("r", "b", commit="2"))
    kpis = {each["name"]: each for each in (await get(client, "/kpis"))["kpis"]}
    assert set(kpis) == {each.name for each in DEFINITIONS}
    frequency = kpis["deployment-frequency"]
    assert frequency["latest"] == {
        "bucket": "2026-11-23",
        "value": "1",
        "changed_at": "2026-11-23T09:00:00Z",
    }
    assert frequency["unit"] == "deployments a day"
    assert frequency["dimensions"] == ["service"]
    assert kpis["lead-time-for-changes-p90"]["formula"] == "percentile 0.9, discrete"
    assert kpis["time-to-ready"]["latest"] is None


async def test_a_figure_names_the_events_behind_it(client: httpx2.AsyncClient, pool: Pool) -> None:
    await deliver(pool, merged("m", at=MONDAY - 2 * HOUR), deployed("d"), at=1)
    (figure,) = (await get(client, "/kpis/lead-time-for-changes"))["figures"]
    assert figure["value"] == "7200"
    assert figure["cause"] == {"source": "github", "event_id": "d"}
    assert figure["events_total"] == 2
    assert figure["events"] == [
        {
            "source": "github",
            "event_id": "m",
            "type": "ChangeMerged",
            "entity": "delivery/commit/1",
            "occurred_at": "2026-11-23T07:00:00Z",
            "recorded_at": "2026-11-23T10:00:00Z",
        },
        {
            "source": "github",
            "event_id": "d",
            "type": "DeploymentFinished",
            "entity": "delivery/commit/1",
            "occurred_at": "2026-11-23T09:00:00Z",
            "recorded_at": "2026-11-23T10:00:00Z",
        },
    ]


async def test_a_figure_has_only_the_events_of_its_own_group(
    client: httpx2.AsyncClient, pool: Pool
) -> None:
    await deliver(
        pool,
        deployed("a"),
        deployed("b", commit="2", service="search"),
        deployed("c", commit="3", environment="staging"),
    )
    page = await get(client, FREQUENCY, by="service")
    assert shown(page) == [
        ("2026-11-23", "service=ranking", "1"),
        ("2026-11-23", "service=search", "1"),
    ]
    assert [[e["event_id"] for e in each["events"]] for each in page["figures"]] == [["a"], ["b"]]


async def test_the_events_of_a_figure_are_bounded_and_counted(
    client: httpx2.AsyncClient, pool: Pool
) -> None:
    await deliver(pool, *(deployed(f"d{n}", commit=str(n)) for n in range(5)))
    (figure,) = (await get(client, FREQUENCY, events=2))["figures"]
    assert [each["event_id"] for each in figure["events"]] == ["d0", "d1"]
    assert figure["events_total"] == 5
    (figure,) = (await get(client, FREQUENCY, events=0))["figures"]
    assert (figure["events"], figure["events_total"]) == ([], 5)


async def test_from_and_to_are_both_included(client: httpx2.AsyncClient, pool: Pool) -> None:
    await deliver(pool, *(deployed(f"{n}", commit=f"{n}", at=MONDAY + n * DAY) for n in range(4)))
    page = await get(client, FREQUENCY, **{"from": "2026-11-24", "to": "2026-11-25"})
    assert shown(page) == [("2026-11-25", "all", "1"), ("2026-11-24", "all", "1")]


async def test_pages_follow_each_other_without_gap_or_repeat(
    client: httpx2.AsyncClient, pool: Pool
) -> None:
    services = ["ranking", "search", "speech"]
    await deliver(
        pool,
        *(
            deployed(f"{n}", commit=f"{n}", service=services[n % 3], at=MONDAY + n // 3 * DAY)
            for n in range(12)
        ),
    )
    whole = await get(client, FREQUENCY, by="service")
    assert whole["next"] is None
    found: list[Any] = []
    query: dict[str, str | int] = {"by": "service", "limit": 5}
    while query.get("after") is not None or not found:
        page = await get(client, FREQUENCY, **query)
        found += page["figures"]
        query["after"] = page["next"]
    assert found == whole["figures"]
    assert len(found) == 12


async def test_what_was_taken_back_is_no_data(client: httpx2.AsyncClient, pool: Pool) -> None:
    await deliver(pool, deployed("d"))
    await deliver(pool, retracted("r", "d"))
    (figure,) = (await get(client, FREQUENCY))["figures"]
    assert (figure["value"], figure["revision"], figure["events_total"]) == (None, 2, 0)


async def test_before_any_data_there_are_no_figures(client: httpx2.AsyncClient) -> None:
    assert (await get(client, FREQUENCY))["figures"] == []


async def test_an_unknown_kpi_is_answered_with_the_known_ones(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/kpis/velocity")
    assert answer.status_code == 404
    assert "there are change-fail-rate, " in answer.json()["detail"]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        pytest.param({"by": "team"}, "it has service", id="no such dimension"),
        pytest.param({"from": "2026-12-01", "to": "2026-11-01"}, "swap them", id="backwards"),
        pytest.param({"from": "yesterday"}, "date", id="no date"),
        pytest.param({"limit": 501}, "less than or equal to 500", id="too much"),
        pytest.param({"limit": 0}, "greater than or equal to 1", id="too little"),
        pytest.param({"events": 101}, "less than or equal to 100", id="too many events"),
        pytest.param({"after": "?"}, "unchanged", id="no page of ours"),
        pytest.param({"after": "w6k"}, "unchanged", id="base64 of something else"),
        pytest.param({"after": "ключ"}, "unchanged", id="no ASCII"),
        pytest.param({"after": "MjAyNi0xMS0yMyAA"}, "unchanged", id="a NUL in it"),
        pytest.param({"until": "2026-12-01"}, "until", id="a parameter that there is not"),
    ],
)
async def test_a_wrong_parameter_is_refused_in_words(
    client: httpx2.AsyncClient, query: dict[str, str | int], says: str
) -> None:
    answer = await client.get(FREQUENCY, params=query)
    assert answer.status_code == 422
    assert says in answer.text


async def test_every_parameter_and_field_is_described(client: httpx2.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    route = document["paths"]["/kpis/{name}"]["get"]
    described = {each["name"]: each.get("description") for each in route["parameters"]}
    assert set(described) == {"name", "from", "to", "by", "after", "limit", "events"}
    assert all(described.values()), described
    assert "404" in route["responses"]
