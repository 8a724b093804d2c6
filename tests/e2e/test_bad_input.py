"""Whatever comes in, nobody stops: each has its answer, its quarantine or its dead letter."""

import asyncio
import hmac
import json
import secrets
from base64 import b64decode, b64encode
from collections.abc import AsyncGenerator, Mapping
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from farhand.demo import pipelines
from farhand.demo.deliveries import Planned
from farhand.demo.pipelines import CDEVENTS_TEAM
from farhand.demo.company import Story
from farhand.services import SERVICES
from farhand.signing import github, greenhouse
from libs.common import ids
from libs.common.clock import wall
from libs.common.contracts.compliance import CheckDecided
from libs.common.contracts.onboarding import HireAnnounced, HireChanged
from libs.common.hooks_api import MAX_BYTES
from tests.e2e.line import BEGINS, Line, first_delivery
from tests.e2e.records import TOPICS, Headers, envelope, sender

pytestmark = pytest.mark.e2e

DOORS: Mapping[str, str] = {
    "standard": "onboarding",
    "greenhouse": "onboarding",
    "github": "metrics",
    "cdevents": "metrics",
}
"""Each front door with the service that has it."""

READERS: Mapping[str, tuple[str, ...]] = {
    "farhand.onboarding": ("compliance", "metrics", "notify"),
    "farhand.compliance": ("onboarding",),
    "farhand.notify": (),
    "farhand.metrics": (),
}
"""Each topic with the services that read it."""


@pytest.fixture(autouse=True)
async def nobody_stops(line: Line) -> AsyncGenerator[None]:
    """No process of a service was started again meanwhile."""
    before = line.restarts()
    yield
    await asyncio.sleep(0)
    assert line.restarts() == before


@pytest.fixture(scope="module", autouse=True)
async def all_is_settled_afterwards(line: Line) -> AsyncGenerator[None]:
    """What was set aside here is given up at the end, which is possible for all of it."""
    yield
    for service in (each.name for each in SERVICES):
        for letter in await line.doors.get(service, "/dead-letters?limit=1000"):
            await discard(line, service, f"/dead-letters/{letter['id']}")
        for kept in await line.doors.get(service, "/quarantine?limit=1000"):
            await discard(line, service, f"/quarantine/{kept['source']}/{kept['id']}")
        assert await line.doors.get(service, "/dead-letters") == []
        assert await line.doors.get(service, "/quarantine") == []


async def discard(line: Line, service: str, path: str) -> None:
    answer = await line.doors.post(service, f"{path}/discard", {"why": "the test is over"})
    assert answer.json() == {"status": "discarded", "reason": None}


# --- front doors ---------------------------------------------------------------------------------


def signed(line: Line, source: str, name: str, body: bytes, *, late: int = 0) -> dict[str, str]:
    """The headers of a sender that knows the secret; `late` by so many seconds."""
    secret = line.doors.secrets[source]
    match source:
        case "github":
            return github(secret, name, body)
        case "greenhouse":
            return greenhouse(secret, name, body)
        case _:
            at = str(int(wall().timestamp()) - late)
            encoded = secret.removeprefix("whsec_")
            key = b64decode(encoded) if encoded != secret else secret.encode()
            mac = hmac.digest(key, f"{name}.{at}.".encode() + body, "sha256")
            return {
                "webhook-id": name,
                "webhook-timestamp": at,
                "webhook-signature": f"v1,{b64encode(mac).decode()}",
            }


async def post(
    line: Line, source: str, body: bytes, headers: Mapping[str, Any]
) -> httpx2.Response:
    url = f"{line.doors.addresses[DOORS.get(source, 'onboarding')]}/hooks/{source}"
    return await line.doors.http.post(url, content=body, headers=headers)


async def quarantined(line: Line, source: str) -> dict[str, str]:
    """The deliveries of a door that are in quarantine, each with its reason."""
    kept = await line.doors.get(DOORS[source], "/quarantine?limit=1000")
    return {each["id"]: each["reason"] for each in kept if each["source"] == source}


def good_body(line: Line, source: str) -> bytes:
    """A body that the door can read, about nothing that was told before."""
    match source:
        case "standard":
            return first_delivery(line.somebody("DE", later=20)).body
        case "greenhouse":
            return first_delivery(line.somebody("PT", later=20, story=Story.GREENHOUSE)).body
        case _:
            team = CDEVENTS_TEAM if source == "cdevents" else "acme/bad-input"
            change = pipelines.Shipped(
                team=team,
                number=1000 + next(line.numbers),
                opened_at=BEGINS,
                merged_at=BEGINS,
                deployed_at=BEGINS,
                succeeded=True,
            )
            return next(iter(pipelines.planned((change,), seed=1))).body


def a_name() -> str:
    return f"bad-{secrets.token_hex(6)}"


UNREADABLE = [
    pytest.param(b"", id="nothing"),
    pytest.param(b"\x00\x01\x02garbage", id="garbage"),
    pytest.param(b'{"type": "hire.rep', id="cut off"),
    pytest.param(b'{"type": "\xff\xfe\xc3"}', id="not UTF-8"),
    pytest.param('{"type": "hire.reported"}'.encode("utf-16"), id="UTF-16"),
    pytest.param(b"[" * 100_000, id="deep lists"),
    pytest.param(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, id="deep objects"),
    pytest.param(b'{"a": 1' + b"0" * 10_000 + b"}", id="a number of 10,000 digits"),
    pytest.param(b"null", id="null"),
    pytest.param(b"[]", id="a list"),
    pytest.param(b"-1e999", id="a number"),
    pytest.param(b"x" * MAX_BYTES, id="as large as is taken"),
]


@pytest.mark.parametrize("body", UNREADABLE)
@pytest.mark.parametrize("source", DOORS)
async def test_what_cannot_be_read_is_answered_and_quarantined(
    line: Line, source: str, body: bytes
) -> None:
    name = a_name()
    answer = await post(line, source, body, signed(line, source, name, body))
    assert answer.is_success
    taken = answer.json()
    if taken["status"] != "accepted":  # as JSON of no concern to the door is
        assert taken["status"] == "quarantined"
        assert (await quarantined(line, source))[name] == taken["reason"]
        shown = await line.doors.get(DOORS[source], f"/quarantine/{source}/{name}/body")
        assert shown["body"] == body.decode(errors="replace")
    again = await post(line, source, body, signed(line, source, name, body))
    assert again.json()["status"] == "duplicate"


OUT_OF_RANGE = [
    pytest.param("standard", b'"25"', b"1e400", id="standard: leave beyond a float"),
    pytest.param("standard", b'"25"', b'"NaN"', id="standard: leave that is no number"),
    pytest.param("standard", b": 5", b": 1" + b"0" * 400, id="standard: days beyond an integer"),
    pytest.param("standard", b'"P6M"', b'"P99999999999Y"', id="standard: an endless probation"),
    pytest.param("standard", b'"Europe/Berlin"', b'"../../etc/passwd"', id="standard: a path"),
    pytest.param("standard", b'"ML engineer"', b'"\\u0000"', id="standard: NUL"),
    pytest.param("standard", b'"ML engineer"', b'"\\ud800"', id="standard: half a character"),
    pytest.param("greenhouse", b'"25"', b'"1e400"', id="greenhouse: leave beyond a float"),
    pytest.param("greenhouse", b'"Portugal"', b'"Atlantis"', id="greenhouse: no country"),
    pytest.param("github", b'"number": 1', b'"number": 1' + b"0" * 40, id="github: an id"),
    pytest.param("github", b"2026-03", b"9999-99", id="github: a month 99"),
    pytest.param("cdevents", b"2026-03", b"0000-00", id="cdevents: a month 0"),
    pytest.param("cdevents", b'"0.5.1"', b"1e999", id="cdevents: a version of infinity"),
]


@pytest.mark.parametrize(("source", "good", "bad"), OUT_OF_RANGE)
async def test_values_out_of_range_are_quarantined_and_the_value_is_not_repeated(
    line: Line, source: str, good: bytes, bad: bytes
) -> None:
    readable = good_body(line, source)
    assert good in readable
    body, name = readable.replace(good, bad), a_name()
    taken = (await post(line, source, body, signed(line, source, name, body))).json()
    if source != "cdevents" or b"0.5.1" not in good:
        assert taken["status"] == "quarantined"
        assert bad.decode().strip('"') not in taken["reason"] or len(bad) < 4


@pytest.mark.parametrize("source", DOORS)
async def test_what_was_quarantined_is_mended_and_replayed(line: Line, source: str) -> None:
    name, garbage = a_name(), b"{"
    await post(line, source, garbage, signed(line, source, name, garbage))
    path = f"/quarantine/{source}/{name}/replay"
    why = {"why": "the sender was called"}
    still = await line.doors.post(DOORS[source], path, why)
    assert still.json()["status"] == "quarantined"
    mended = {**why, "body": good_body(line, source).decode()}
    assert (await line.doors.post(DOORS[source], path, mended)).json()["status"] == "accepted"
    assert name not in await quarantined(line, source)
    assert (await line.doors.post(DOORS[source], path, mended)).status_code == 404


def _without(headers: dict[str, str], *names: str) -> dict[str, Any]:
    return {name: value for name, value in headers.items() if name not in names}


SIGNATURE = {
    "standard": "webhook-signature",
    "cdevents": "webhook-signature",
    "greenhouse": "signature",
    "github": "x-hub-signature-256",
}


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param(lambda _: {}, id="no headers"),
        pytest.param(lambda of: dict.fromkeys(of, ""), id="empty headers"),
        pytest.param(lambda of: dict.fromkeys(of, b"\xff\xfe\x80"), id="headers beyond ASCII"),
        pytest.param(lambda of: dict.fromkeys(of, "9" * 10_000), id="long headers"),
        pytest.param(
            lambda of: {n: v[:-3] + "abc" if len(v) > 30 else v for n, v in of.items()},
            id="another signature",
        ),
    ],
)
@pytest.mark.parametrize("source", DOORS)
async def test_what_is_not_signed_is_refused_and_not_kept(
    line: Line, source: str, forged: Any
) -> None:
    name, body = a_name(), good_body(line, source)
    answer = await post(line, source, body, forged(signed(line, source, name, body)))
    assert answer.status_code in (401, 431, 400)
    assert name not in await quarantined(line, source)
    taken = await post(line, source, body, signed(line, source, name, body))
    assert taken.json()["status"] == "accepted"  # nothing of the forged one was remembered


@pytest.mark.parametrize("source", DOORS)
async def test_a_signature_of_another_body_is_refused(line: Line, source: str) -> None:
    name, body = a_name(), good_body(line, source)
    headers = signed(line, source, name, body)
    assert (await post(line, source, body + b" ", headers)).status_code == 401


@pytest.mark.parametrize("late", [-301, 301, 10**9], ids=["ahead", "stale", "of long ago"])
@pytest.mark.parametrize("source", ["standard", "cdevents"])
async def test_a_signature_of_another_time_is_refused(line: Line, source: str, late: int) -> None:
    body = good_body(line, source)
    answer = await post(line, source, body, signed(line, source, a_name(), body, late=late))
    assert answer.status_code == 401


@pytest.mark.parametrize("path", ["nobody", "Standard", "%00", "..%2Fhealth", "\N{SNOWMAN}"])
async def test_an_unknown_door_is_a_404(line: Line, path: str) -> None:
    assert (await post(line, path, b"{}", {})).status_code == 404


@pytest.mark.parametrize("source", DOORS)
async def test_what_is_too_large_is_a_413(line: Line, source: str) -> None:
    body = b"x" * (MAX_BYTES + 1)
    answer = await post(line, source, body, signed(line, source, a_name(), body))
    assert answer.status_code == 413


@pytest.mark.parametrize("source", DOORS)
async def test_of_deliveries_at_once_under_one_name_one_is_taken(line: Line, source: str) -> None:
    name, body = a_name(), good_body(line, source)
    answers = await asyncio.gather(
        *(post(line, source, body, signed(line, source, name, body)) for _ in range(10))
    )
    statuses = sorted(answer.json()["status"] for answer in answers)
    assert statuses == ["accepted", *["duplicate"] * 9]


# --- topics --------------------------------------------------------------------------------------

READ: Mapping[str, str] = {
    "farhand.onboarding": HireAnnounced.type,
    "farhand.compliance": CheckDecided.type,
}
"""What is read of each topic."""


def _odd_records(topic: str) -> dict[str, tuple[Headers, bytes | None, bytes | None]]:
    """Headers, key and value of records that nobody should put there."""
    key = secrets.token_hex(8).encode()

    def _headers(**changes: bytes | None) -> Headers:
        type_ = READ.get(topic, HireAnnounced.type)
        return {**envelope(type_, str(ids.ordered())), **changes}

    nulls: Headers = dict.fromkeys(_headers(), None)
    odd: Headers = dict.fromkeys(_headers(), b"\xff\xfe\x80")
    unknown = envelope("hire.vanished.v9", str(ids.ordered()))
    return {
        "no headers": ({}, key + b"0", b"{}"),
        "null header values": (nulls, key + b"1", b"{}"),
        "headers that are not UTF-8": (odd, key + b"2", b"{}"),
        "NUL in the headers": (_headers(ce_id=b"a\x00b", ce_source=b"\x00"), key + b"3", b"{}"),
        "an endless id": (_headers(ce_id=b"i" * 50_000), key + b"4", b"{}"),
        "null key": (_headers(), None, b"{}"),
        "a key that is not UTF-8": (_headers(), b"\x00\xff\xfe" + key, b"{}"),
        "null value": (_headers(), key + b"5", None),
        "a value of 900 kB": (_headers(), key + b"6", b'"' + b"x" * 900_000 + b'"'),
        "an unknown type": (unknown, key + b"7", b"{}"),
        "a body that does not match": (_headers(), key + b"8", b'{"hire_id": 1e999}'),
        "a body that is not UTF-8": (_headers(), key + b"9", b'{"hire_id": "\xff"}'),
        "a body that is deep": (_headers(), key + b"a", b'{"a":' * 50_000),
        "a sequence beyond 64 bits": (_headers(ce_sequence=b"9" * 30), key + b"b", b"{}"),
        "a sequence of superscripts": (_headers(ce_sequence="²".encode()), key + b"c", b"{}"),
        "a time beyond the calendar": (
            _headers(ce_time=b"9999-12-31T23:59:59-14:00"),
            key + b"d",
            b"{}",
        ),
        "a time before the calendar": (
            _headers(ce_time=b"0001-01-01T00:00:00+14:00"),
            key + b"e",
            b"{}",
        ),
        "a trace that is none": (_headers(traceparent=b"00-zz-00-xx"), key + b"f", b"{}"),
    }


ODD = list(_odd_records(""))


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("topic", READERS)
async def test_an_odd_record_becomes_a_dead_letter_of_each_reader(
    line: Line, topic: str, kind: str
) -> None:
    headers, key, value = _odd_records(topic)[kind]
    async with sender(line) as producer:
        where = await producer.put(topic, value, key=key, headers=headers)
    for service in READERS[topic]:
        letter = await dead_letter(line, service, where)
        assert letter["reason"]
        shown = await line.doors.get(service, f"/dead-letters/{letter['id']}/body")
        assert shown["body"] == (value or b"").decode(errors="replace")
        await replayed_or_discarded(line, service, letter["id"])


async def dead_letter(line: Line, service: str, where: str) -> dict[str, Any]:
    """The dead letter of the record that lies at a place, once the service has come there."""
    async with asyncio.timeout(10):
        while True:
            for letter in await line.doors.get(service, "/dead-letters?limit=1000"):
                if letter["origin"] == where:
                    return letter
            await asyncio.sleep(0.05)


async def replayed_or_discarded(line: Line, service: str, letter: str) -> None:
    """As it came it is still dead; then it is given up."""
    path = f"/dead-letters/{letter}"
    answer = await line.doors.post(service, f"{path}/replay", {"why": "once more"})
    assert answer.json()["status"] == "dead"
    await discard(line, service, path)


@pytest.mark.parametrize("kind", ODD)
async def test_an_odd_record_in_the_inbox_is_quarantined(line: Line, kind: str) -> None:
    headers, key, value = _odd_records("hris.inbox")[kind]
    before = await quarantined(line, "standard")
    async with sender(line) as producer:
        await producer.put("hris.inbox", value, key=key, headers=headers)
    async with asyncio.timeout(10):
        while (now := await quarantined(line, "standard")) == before:
            await asyncio.sleep(0.05)
    [name] = now.keys() - before.keys()
    shown = await line.doors.get("onboarding", f"/quarantine/standard/{name}/body")
    assert shown["body"] == (value or b"").decode(errors="replace")


async def test_a_mended_event_is_applied_and_those_that_waited_follow_it(line: Line) -> None:
    hire = line.somebody("DE", later=20)
    key = str(hire.hire_id)
    example = json.loads(json.dumps(HireAnnounced.example).replace(HireAnnounced.example["hire_id"], key))
    changed = json.loads(json.dumps(HireChanged.example).replace(HireChanged.example["hire_id"], key))
    changed["profile"]["jurisdiction"] = "DE"
    async with sender(line) as producer:
        where = await producer.put(
            "farhand.onboarding", b'{"hire_id": 7}', key=key.encode(), headers=envelope(HireAnnounced.type, a_name())
        )
        await producer.put(
            "farhand.onboarding",
            json.dumps(changed).encode(),
            key=key.encode(),
            headers=envelope(HireChanged.type, str(ids.ordered())),
        )
    letter = await dead_letter(line, "compliance", where)
    async with asyncio.timeout(10):
        while (letter := await dead_letter(line, "compliance", where))["parked"] != 1:
            await asyncio.sleep(0.05)
    mend = {"why": "its body was mistyped", "body": json.dumps(example)}
    answer = await line.doors.post("compliance", f"/dead-letters/{letter['id']}/replay", mend)
    assert answer.json()["status"] == "applied"
    async with asyncio.timeout(10):
        while (await line.doors.get("compliance", f"/decisions/{key}"))["jurisdiction"] != "DE":
            await asyncio.sleep(0.05)


async def test_a_mended_record_of_the_inbox_is_a_hire(line: Line) -> None:
    hire = line.somebody("DE")
    async with sender(line) as producer:
        await producer.put("hris.inbox", b"{", key=None, headers=envelope("x", f"{hire.ref}-1"))
    async with asyncio.timeout(10):
        while f"{hire.ref}-1" not in await quarantined(line, "standard"):
            await asyncio.sleep(0.05)
    mend = {"why": "cut off on the way", "body": first_delivery(hire).body.decode()}
    path = f"/quarantine/standard/{hire.ref}-1/replay"
    assert (await line.doors.post("onboarding", path, mend)).json()["status"] == "accepted"
    await line.see_through(hire, "ready", "active")


async def test_a_hire_sent_afterwards_goes_through(line: Line) -> None:
    hire = line.somebody("US-CA")
    assert (await line.announce(hire))["status"] == "accepted"
    await line.see_through(hire, "ready", "active", within=20)
    assert await line.peer(hire) in line.peers()
