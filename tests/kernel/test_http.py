"""The HTTP side of every service: who may come in, what it tells, and what it never tells."""

import asyncio
import re
from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx2
import pytest
from fastapi import APIRouter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import REGISTRY
from prometheus_client.openmetrics import exposition, parser
from prometheus_client.samples import Sample

from libs.common.http_app import create_app
from libs.common.service import Service
from libs.common.settings import Settings, SettingsError
from tests.kernel.conftest import API_TOKEN, Ledger
from tests.kernel.ledger import POISON, ledger, ledger_with_desk
from tests.kernel.records import credit, envelope

ALICE, BOB = UUID(int=1), UUID(int=2)
CANARY = "Ada Canary"
HOME = "203.0.113.7"

router = APIRouter()


@router.get("/defect")
async def fall_over() -> None:
    raise ValueError(f"{CANARY} was not expected here")


@router.get("/away")
async def lose_the_database() -> None:
    raise ConnectionResetError(f"while asking for {CANARY}")


def ledger_with_api() -> Service:
    return replace(ledger_with_desk(), api=router)


@pytest.fixture
async def stopped() -> httpx2.AsyncClient:
    """A service whose kernel does not run yet."""
    app = create_app(ledger_with_api(), API_TOKEN, TracerProvider())
    transport = httpx2.ASGITransport(app=app)
    return httpx2.AsyncClient(transport=transport, base_url="http://ledger")


@pytest.mark.parametrize(
    "header",
    [
        pytest.param({}, id="none"),
        pytest.param({"Authorization": "Bearer wrong"}, id="wrong"),
        pytest.param({"Authorization": "Bearer "}, id="empty"),
        pytest.param({"Authorization": f"Basic {API_TOKEN}"}, id="another scheme"),
        pytest.param({"Authorization": f"Bearer {API_TOKEN}x"}, id="longer"),
    ],
)
async def test_without_the_token_nothing_is_told(
    stopped: httpx2.AsyncClient, header: dict[str, str]
) -> None:
    letter = f"/dead-letters/{UUID(int=1)}"
    asked = [
        *(("GET", path) for path in ("/metrics", "/dead-letters", "/quarantine", "/gaps")),
        *(("GET", path) for path in (f"{letter}/body", "/quarantine/desk/d1/body", "/defect")),
        *(("POST", f"{letter}/{verb}") for verb in ("replay", "discard")),
        *(("POST", f"/quarantine/desk/d1/{verb}") for verb in ("replay", "discard")),
        *(("POST", path) for path in ("/gaps/skip", "/resume")),
    ]
    for method, path in asked:
        answer = await stopped.request(method, path, headers=header)
        assert (answer.status_code, path) == (401, path)
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert API_TOKEN not in answer.text


async def test_what_people_search_for_and_where_they_are_stays_out_of_the_trace() -> None:
    provider, spans = TracerProvider(), InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    app = create_app(ledger_with_api(), API_TOKEN, provider)
    from_home = httpx2.ASGITransport(app=app, client=(HOME, 4711))
    async with httpx2.AsyncClient(transport=from_home, base_url="http://ledger") as client:
        await client.get("/dead-letters", params={"q": CANARY, "page": 2})
    [span] = spans.get_finished_spans()
    assert span.attributes
    told = {name: span.attributes[name] for name in ("http.request.method", "http.route")}
    assert told == {"http.request.method": "GET", "http.route": "/dead-letters"}
    assert span.attributes["url.path"] == "/dead-letters"
    said = [str(value) for value in span.attributes.values()]
    assert not [value for value in said if "Canary" in value or HOME in value]


async def figures_after(*asked: tuple[str, str]) -> list[Sample]:
    """What the histogram of requests tells in OpenMetrics once these were answered."""
    method, path = asked[0]
    asking = f"{method} {path}".replace(str(ALICE), "of somebody")
    app = create_app(replace(ledger_with_api(), name=asking), API_TOKEN, TracerProvider())
    token = {"Authorization": f"Bearer {API_TOKEN}"}
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app), base_url="http://ledger", headers=token
    ) as client:
        for method, path in asked:
            await client.request(method, path)
    encode: Any = exposition.generate_latest  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    read: Any = parser.text_string_to_metric_families  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
    return [
        sample
        for family in read(encode(REGISTRY).decode())
        if family.name == "farhand_http_request_seconds"
        for sample in family.samples
        if sample.labels["service"] == asking
    ]


@pytest.mark.parametrize(
    ("method", "path", "figure"),
    [
        pytest.param("GET", "/openapi.json", ("GET", "/openapi.json", "2xx"), id="answered"),
        pytest.param("GET", "/defect", ("GET", "/defect", "5xx"), id="a defect"),
        pytest.param(
            "GET",
            f"/dead-letters/{ALICE}/body",
            ("GET", "/dead-letters/{letter}/body", "5xx"),
            id="by its template, not by whose it is",
        ),
        pytest.param("GET", f"/people/{ALICE}", ("GET", "unmatched", "4xx"), id="no route"),
        pytest.param("BREW", "/openapi.json", ("_OTHER", "/openapi.json", "4xx"), id="no method"),
    ],
)
async def test_requests_are_counted_by_route_and_outcome(
    method: str, path: str, figure: tuple[str, str, str]
) -> None:
    counted = [each for each in await figures_after((method, path)) if "_count" in each.name]

    assert [
        (each.labels["method"], each.labels["route"], each.labels["status"], each.value)
        for each in counted
    ] == [(*figure, 1.0)]


async def test_probes_are_not_counted() -> None:
    assert await figures_after(("GET", "/health/live"), ("GET", "/metrics")) == []


async def test_a_duration_tells_in_which_trace_it_was_seen() -> None:
    seen = await figures_after(("GET", "/asyncapi.json"))
    [exemplar] = [each.exemplar for each in seen if each.exemplar is not None]

    assert re.fullmatch(r"[0-9a-f]{32}", exemplar.labels["trace_id"])


async def test_while_it_starts_it_is_alive_and_not_ready(stopped: httpx2.AsyncClient) -> None:
    assert (await stopped.get("/health/live")).status_code == 200
    ready = await stopped.get("/health/ready")
    assert (ready.status_code, ready.json()) == (503, {"ready": False, "why": "starting"})
    assert (await stopped.post("/hooks/desk", content=b"{}")).status_code == 503
    token = {"Authorization": f"Bearer {API_TOKEN}"}
    assert (await stopped.get("/metrics", headers=token)).status_code == 503


async def test_pages_come_without_any_outside_address(stopped: httpx2.AsyncClient) -> None:
    for page in ("/docs", "/asyncapi"):
        answer = await stopped.get(page)
        assert answer.status_code == 200
        loaded = re.findall(r"""(?:src|href)\s*=\s*["']([^"']+)""", answer.text)
        assert loaded
        for each in loaded:
            assert not re.match(r"(https?:)?//", each), f"{page} loads {each}"
            if not each.startswith("data:"):
                assert (await stopped.get(f"/{each}")).status_code == 200
        assert not re.search(r"https?://(?!www\.w3\.org)", answer.text)
    document = (await stopped.get("/openapi.json")).json()
    assert {"/hooks/{source}", "/dead-letters", "/defect"} <= set(document["paths"])
    assert (await stopped.get("/asyncapi.json")).json()["asyncapi"].startswith("3.")
    assert (await stopped.get("/assets/..%2fpyproject.toml")).status_code == 404


async def test_a_running_service_is_ready_and_tells_its_figures(ledger_bed: Ledger) -> None:
    async with ledger_bed.serve(ledger()) as client:
        async with asyncio.timeout(10):
            while (await client.get("/health/ready")).status_code != 200:
                await asyncio.sleep(0.05)
        await ledger_bed.send(ALICE, credit(ALICE, 5, CANARY), envelope(ALICE, 1))
        await ledger_bed.until_balance(ALICE, 5)
        figures = (await client.get("/metrics")).text
        assert 'farhand_messages_total{result="applied",service="ledger"}' in figures
        assert str(ALICE) not in figures
        assert CANARY not in figures
        traced = await client.get("/metrics", headers={"Accept": "application/openmetrics-text"})
        assert traced.headers["Content-Type"].startswith("application/openmetrics-text")
        assert traced.text.endswith("# EOF\n")


async def test_dead_letters_are_read_mended_and_settled_over_http(ledger_bed: Ledger) -> None:
    async with ledger_bed.serve(ledger()) as client:
        for account in (ALICE, BOB):
            await ledger_bed.send(account, credit(account, POISON, CANARY), envelope(account, 1))
            await ledger_bed.send(account, credit(account, 2), envelope(account, 2))
        await ledger_bed.until("select count(*) from parked", 2)
        one, two = (await client.get("/dead-letters?limit=2")).json()
        assert {one["key"], two["key"]} == {str(ALICE), str(BOB)}
        assert (one["parked"], one["type"]) == (1, "account.credited.v1")
        assert CANARY not in f"{one}{two}"
        second_page = await client.get(f"/dead-letters?limit=1&after={one['id']}")
        assert [each["id"] for each in second_page.json()] == [two["id"]]

        path = f"/dead-letters/{one['id']}"
        owner = UUID(one["key"])
        assert (await client.get(f"{path}/body")).json() == {
            "body": credit(owner, POISON, CANARY).decode()
        }
        assert (await client.post(f"{path}/replay", json={"why": "hm"})).status_code == 422
        again = await client.post(f"{path}/replay", json={"why": "try\0 again"})
        assert again.json()["status"] == "dead"
        mended = credit(owner, 3).decode()
        done = await client.post(f"{path}/replay", json={"why": "a typo", "body": mended})
        assert done.json() == {"status": "applied", "reason": None}
        await ledger_bed.until_balance(owner, 5)
        assert (await client.post(f"{path}/discard", json={"why": "late"})).status_code == 404

        other = f"/dead-letters/{two['id']}/discard"
        assert (await client.post(other, json={"why": "not ours"})).json()["status"] == "discarded"
        await ledger_bed.until_balance(UUID(two["key"]), 2)
        assert (await client.get("/dead-letters")).json() == []
        assert (await client.get(f"/dead-letters/{UUID(int=9)}/body")).status_code == 404


async def test_a_gap_is_listed_and_given_up_over_http(ledger_bed: Ledger) -> None:
    async with ledger_bed.serve(ledger()) as client:
        await ledger_bed.send(ALICE, credit(ALICE, 2), envelope(ALICE, 4))
        await ledger_bed.until("select count(*) from parked", 1)
        [gap] = (await client.get("/gaps")).json()
        where = {"source": gap["source"], "key": gap["key"]}
        assert (await client.post("/gaps/skip", json=where)).json()["status"] == "applied"
        await ledger_bed.until_balance(ALICE, 2)
        assert (await client.post("/gaps/skip", json=where)).status_code == 404
        assert (await client.post("/resume")).status_code == 409


async def test_what_a_request_raises_is_answered_and_never_quoted(
    ledger_bed: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    async with ledger_bed.serve(ledger_with_api()) as client:
        defect = await client.get("/defect")
        assert (defect.status_code, defect.json()) == (
            500,
            {"detail": "this is a defect of the service"},
        )
        away = await client.get("/away")
        assert (away.status_code, away.headers["Retry-After"]) == (503, "5")
    told = [span.to_json() for span in ledger_bed.traced]
    assert any('"GET /defect"' in each for each in told)
    assert not any(CANARY in each for each in told)
    assert not any(CANARY in record.getMessage() for record in caplog.records)


async def test_an_empty_secret_lets_nobody_in(ledger_bed: Ledger) -> None:
    settings: Settings = ledger_bed.settings
    (settings.secrets / "api_token").write_text("\n")
    with pytest.raises(SettingsError, match="api_token is empty"):
        settings.secret("api_token")
