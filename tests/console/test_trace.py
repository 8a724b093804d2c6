"""The trace of a hire is drawn from what Zipkin keeps, and its absence costs nobody the story."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from libs.common.database import Pool
from services.console.role import Role
from services.console.trace import SHOWN, THINNEST, WIDTH, Span, read_spans, waterfall
from services.console.trace_store import TraceStore, TraceStoreError
from services.console.web import hire_page
from tests.console.conftest import Console
from tests.console.hires import ALICE, announced, told
from tests.infrastructure import Infrastructure

BEGAN = datetime(2026, 11, 23, 9, tzinfo=UTC)
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def span(id_: str, after: float = 0.0, parent: str | None = None, lasted: float = 0.01) -> Span:
    return Span(
        id=id_,
        parent=parent,
        name=f"span {id_}",
        service="onboarding",
        began=BEGAN + timedelta(seconds=after),
        lasted=timedelta(seconds=lasted),
        failed=False,
    )


def test_work_with_a_long_pause_between_is_two_bursts_of_their_own_scale() -> None:
    drawn = waterfall([span("a"), span("b", 0.09, "a"), span("c", 86_400, "b", lasted=2)])

    first, second = drawn.bursts
    assert [bar.span.id for bar in first.bars] == ["a", "b"]
    assert first.lasted == timedelta(seconds=0.1)
    assert second.pause == timedelta(seconds=86_400 - 0.1)
    assert (second.bars[0].x, second.bars[0].length) == (0, WIDTH - THINNEST)


def test_a_span_hangs_one_deeper_than_what_it_follows_from() -> None:
    drawn = waterfall([span("a"), span("b", 0.1, "a"), span("c", 0.2, "b"), span("x", 0.3, "?")])

    assert [bar.depth for bar in drawn.bursts[0].bars] == [0, 1, 2, 0]


def test_no_bar_leaves_the_scale_and_none_is_too_thin_to_be_seen() -> None:
    spans = [span(str(n), n * 0.7, lasted=0.000001 * n) for n in range(40)]

    for bar in waterfall(spans).bursts[0].bars:
        assert bar.x >= 0
        assert bar.x + bar.length <= WIDTH + 0.1
        assert bar.length >= THINNEST


def test_a_span_that_is_its_own_ancestor_is_drawn_all_the_same() -> None:
    [burst] = waterfall([span("a", parent="b"), span("b", 0.1, "a")]).bursts

    assert len(burst.bars) == 2


def test_of_very_many_spans_the_newest_are_drawn() -> None:
    drawn = waterfall([span(str(n), n) for n in range(SHOWN + 3)])

    assert (drawn.spans, drawn.earlier) == (SHOWN + 3, 3)
    assert drawn.bursts[-1].bars[-1].span.id == str(SHOWN + 2)


def test_nothing_is_a_trace_of_nothing() -> None:
    assert waterfall([]).bursts == ()


@pytest.mark.parametrize(
    "told", [{}, {"id": "a"}, {"timestamp": 1}, {"id": "a", "timestamp": 0}], ids=str
)
def test_what_is_no_span_is_passed_over(told: dict[str, Any]) -> None:
    assert read_spans([told]) == ()


def zipkin_span(id_: str, name: str, after: int, parent: str | None = None) -> dict[str, Any]:
    start = int(datetime(2026, 11, 23, 9, tzinfo=UTC).timestamp() * 1_000_000)
    return {
        "traceId": TRACE,
        "id": id_,
        **({"parentId": parent} if parent else {}),
        "name": name,
        "timestamp": start + after,
        "duration": 1500,
        "localEndpoint": {"serviceName": "onboarding" if parent is None else "compliance"},
        "tags": {"error": "no"} if parent else {},
    }


async def test_the_spans_are_drawn_on_the_page_of_the_hire(
    console: Console, pool: Pool, infrastructure: Infrastructure
) -> None:
    if not infrastructure.zipkin:
        pytest.skip("Zipkin was not started here")
    await told(pool, announced())
    await pool.execute(
        """
        insert into entity (decider, key, version, sequence, traceparent, changed_at)
        values ('desk', $1, 1, 1, $2, now())
        on conflict (decider, key) do update set traceparent = excluded.traceparent
        """,
        str(ALICE),
        f"00-{TRACE}-00f067aa0ba902b7-01",
    )
    spans = [
        zipkin_span("00f067aa0ba902b7", "post /hooks/standard", 0),
        zipkin_span("00f067aa0ba902b8", "<b>check</b>", 2000, "00f067aa0ba902b7"),
    ]
    async with httpx2.AsyncClient(base_url=infrastructure.zipkin, trust_env=False) as http:
        (await http.post("/api/v2/spans", json=spans)).raise_for_status()
        login = infrastructure.zipkin.replace("http://", "http://reader:hush@")
        console.app.dependency_overrides[hire_page.trace_store] = lambda: TraceStore(http, login)
        hr = await console.signed_in(Role.HR)
        page = ""
        for _ in range(50):
            page = (await hr.get(f"/hires/{ALICE}?trace=1")).text
            if "post /hooks/standard" in page:
                break

    assert "2 spans of compliance, onboarding" in page
    assert "1.5 ms" in page
    assert "&lt;b&gt;check&lt;/b&gt;" in page
    assert f"/zipkin/traces/{TRACE}" in page
    assert "hush" not in page
    assert "failed" in page


@pytest.mark.parametrize(
    ("address", "trace", "why"),
    [
        pytest.param("", TRACE, "FARHAND_ZIPKIN", id="none is configured"),
        pytest.param("http://u:hush@127.0.0.1:1", TRACE, "does not answer", id="it is away"),
        pytest.param("http://127.0.0.1:1", None, "no trace yet", id="the hire has none"),
    ],
)
async def test_what_cannot_be_drawn_is_said_without_the_address(
    address: str, trace: str | None, why: str
) -> None:
    async with httpx2.AsyncClient(timeout=1) as http:
        with pytest.raises(TraceStoreError, match=why) as told_why:
            await TraceStore(http, address).look(trace)
    assert "hush" not in str(told_why.value)


async def test_while_the_store_is_away_the_story_is_shown(console: Console, pool: Pool) -> None:
    await told(pool, announced())
    page = (await (await console.signed_in(Role.HR)).get(f"/hires/{ALICE}?trace=1")).text

    assert "No trace store is configured" in page
    assert "Announced as ML engineer" in page
