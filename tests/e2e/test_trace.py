"""The trace of one hire, in Zipkin: one causal tree, and nobody's data in it or anywhere else."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from farhand.demo.person import DemoHire
from farhand.services import SERVICES
from tests.e2e import search
from tests.e2e.line import Line, address_of, first_delivery, text_of
from tests.e2e.records import TOPICS, events_of, read_all

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

Span = dict[str, Any]

CANARIES = ("Xanthippe", "Quillfeather", "xq.private@canary.example", "boss@canary.example")
"""The name and the addresses of the people of one hire, as nothing else is called."""
THEIRS = ("mail/", "scim/", "bamboohr/")
"""Folders of what was sent to people, and of systems of the company that know its people."""


@dataclass(frozen=True, slots=True)
class Traced:
    """A hire that has begun to work and had its letters, and the spans of its trace."""

    hire: DemoHire
    spans: tuple[Span, ...]

    @property
    def by_id(self) -> dict[str, Span]:
        return {span["id"]: span for span in self.spans}

    def named(self, name: str) -> list[Span]:
        return [span for span in self.spans if span.get("name") == name]

    def way_to(self, span: Span) -> list[str]:
        """The names of a span and of all that led to it, up to the root."""
        way = [span["name"]]
        while (parent := span.get("parentId")) is not None:
            span = self.by_id[parent]
            way.append(span["name"])
        return way


@pytest.fixture(scope="module")
async def traced(line: Line) -> Traced:
    hire = line.somebody(
        "DE",
        name=f"{CANARIES[0]} {CANARIES[1]}",
        email=CANARIES[2],
        manager=CANARIES[3],
        untold=frozenset({"contract_signed_on"}),
    )
    await line.announce(hire)
    await line.see_through(hire, "active")
    await line.told_ready(hire)
    return Traced(hire, await spans_of(line, hire))


async def spans_of(line: Line, hire: DemoHire) -> tuple[Span, ...]:
    """The spans of the one trace that Zipkin finds by the hire's id, once no more arrive."""
    found: list[list[Span]] = []
    size = -1
    async with asyncio.timeout(30):
        while size != (size := sum(map(len, found))) or not size:
            await asyncio.sleep(1.5)  # services export twice a second
            found = await zipkin(line, "traces", annotationQuery=f"hire.id={hire.hire_id}")
    [trace] = found
    whole = await zipkin(line, f"trace/{trace[0]['traceId']}")
    assert {span["id"] for span in whole} == {span["id"] for span in trace}
    return tuple(whole)


async def zipkin(line: Line, path: str, **query: str) -> Any:
    url = f"{line.stack.addresses.zipkin}/zipkin/api/v2/{path}"
    return (await line.doors.http.get(url, params=query)).raise_for_status().json()


def test_the_delivery_is_the_one_root(traced: Traced) -> None:
    [root] = [span for span in traced.spans if "parentId" not in span]
    assert (root["kind"], root["name"]) == ("SERVER", "post /hooks/{source}")
    assert root["localEndpoint"]["serviceName"] == "onboarding"


def test_every_span_hangs_on_another_down_from_the_root(traced: Traced) -> None:
    assert len(traced.by_id) == len(traced.spans)
    assert {traced.way_to(span)[-1] for span in traced.spans} == {"post /hooks/{source}"}


def test_nothing_begins_before_what_caused_it(traced: Traced) -> None:
    early = [
        (span["name"], traced.by_id[span["parentId"]]["name"])
        for span in traced.spans
        if "parentId" in span and span["timestamp"] < traced.by_id[span["parentId"]]["timestamp"]
    ]
    assert early == []


def test_every_service_is_in_it(traced: Traced) -> None:
    assert {span["localEndpoint"]["serviceName"] for span in traced.spans} == {
        "onboarding",
        "compliance",
        "notify",
        "metrics",
        "console",
    }


def test_a_timer_begins_the_first_day(traced: Traced) -> None:
    [timer] = traced.named("firstday")
    assert "due" in timer["tags"]
    assert "hire.status_changed.v1" in {
        span["name"] for span in traced.spans if span.get("parentId") == timer["id"]
    }


def test_an_effect_gives_access_because_of_an_answer(traced: Traced) -> None:
    [done] = traced.named("peerready")
    assert traced.way_to(done)[:4] == [
        "peerready",
        "ensurepeer",
        "check.decided.v1",
        "question.answered.v1",
    ]


def test_it_ends_with_the_mails_that_all_is_ready(traced: Traced) -> None:
    ends = [
        traced.way_to(span)
        for span in traced.named("mailaccepted")
        if "hire.ready.v1" in traced.way_to(span)
    ]
    # Two people are told, each in a letter of its own or in one that another ask had begun.
    assert 1 <= len(ends) <= 2
    for way in ends:
        sent_by = way[: way.index("hire.ready.v1")]
        assert sent_by[:3] == ["mailaccepted", "sendmail", "letterdue"]
        assert set(sent_by[3:]) <= {"letterdue"}  # once more for each time it was held
    receipts = {span["id"] for span in traced.named("mailaccepted")}
    told = [span for span in traced.spans if span.get("parentId") in receipts]
    assert {span["localEndpoint"]["serviceName"] for span in told} == {"console"}


async def test_the_api_leads_to_it(line: Line, traced: Traced) -> None:
    seen = await line.look(traced.hire)
    assert seen
    assert {span["traceId"] for span in traced.spans} == {seen["trace_id"]}


# --- nobody's data -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
async def told(line: Line, traced: Traced) -> AsyncGenerator[DemoHire]:
    """The same people once more, in what cannot be read, and in what nobody signed."""
    delivery = first_delivery(replace(traced.hire, number=next(line.numbers)))
    body = delivery.body.replace(traced.hire.starts_on.isoformat().encode(), CANARIES[0].encode())
    unreadable = replace(delivery, body=body)
    taken = await line.doors.deliver("onboarding", unreadable)
    assert taken["status"] == "quarantined"
    url = f"{line.doors.addresses['onboarding']}/hooks/standard"
    assert (await line.doors.http.post(url, content=body)).status_code == 401
    yield traced.hire
    why = {"why": "the test is over"}
    await line.doors.post("onboarding", f"/quarantine/standard/{delivery.name}/discard", why)


def canaries_in(content: bytes) -> list[str]:
    return search.words_in(content, CANARIES)


async def test_the_people_read_their_names(line: Line, told: DemoHire) -> None:
    letters = await line.told_ready(told)
    assert {address_of(mail) for mail in letters} == set(CANARIES[2:])
    assert any(CANARIES[1] in text_of(mail) for mail in letters)


async def test_no_trace_names_anybody(line: Line, told: DemoHire) -> None:
    everything = await search.traces(line)
    assert str(told.hire_id).encode() in everything
    assert canaries_in(everything) == []


async def test_no_topic_names_anybody(line: Line, told: DemoHire) -> None:
    assert await events_of(line, told.hire_id)
    found = [
        (each.topic, each.type) for each in await read_all(line, *TOPICS) if canaries_in(each.raw)
    ]
    assert found == []


async def test_no_table_names_anybody(line: Line, told: DemoHire) -> None:
    holding = {
        table
        async for table, content in search.tables(line)
        if str(told.hire_id).encode() in content
    }
    assert {"onboarding.entity", "compliance.entity", "notify.entity", "metrics.fact"} <= holding
    assert [
        (t, found) async for t, content in search.tables(line) if (found := canaries_in(content))
    ] == []


@pytest.mark.parametrize("service", [service.name for service in SERVICES])
async def test_no_metric_names_anybody(line: Line, told: DemoHire, service: str) -> None:
    url = f"{line.doors.addresses[service]}/metrics"
    figures = (await line.doors.http.get(url, headers=line.bearer)).raise_for_status().content
    assert b"farhand_messages_total" in figures
    assert canaries_in(figures) == []
    assert str(told.hire_id).encode() not in figures


async def test_nothing_in_redis_names_anybody(line: Line, told: DemoHire) -> None:
    del told
    held = await search.redis(line)
    assert held
    assert canaries_in(held) == []


async def test_no_file_names_anybody_but_the_mails(line: Line, told: DemoHire) -> None:
    home = line.stack.home
    logs = [home.log(service.name).read_bytes() for service in SERVICES]
    assert [log for log in logs if b'"ready"' not in log] == []
    peer = await line.peer(told)
    assert peer
    assert peer.public_key in (home.folder / "wireguard" / "wg0.conf").read_text()
    held = search.files(home.folder, *THEIRS)
    assert [path for path, content in held if canaries_in(content)] == []
