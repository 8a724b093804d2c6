"""Whatever is delivered to a front door, nobody stops, and each delivery has its answer."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest

from libs.common.hooks_api import MAX_BYTES
from tests.e2e.line import Line
from tests.e2e.senders import DOORS, a_name, good_body, post, quarantined, signed

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(300),
    pytest.mark.usefixtures("nobody_stops", "settled_afterwards"),
]

LEAVE: Final = b'"30"'
"""The days of leave that the demo's people agree on."""

UNREADABLE: Final[Mapping[str, bytes]] = {
    "nothing": b"",
    "garbage": b"\x00\x01\x02garbage",
    "cut off": b'{"type": "hire.rep',
    "not UTF-8": b'{"type": "\xff\xfe\xc3"}',
    "UTF-16": '{"type": "hire.reported"}'.encode("utf-16"),
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "a number of 10,000 digits": b'{"a": 1' + b"0" * 10_000 + b"}",
    "null": b"null",
    "a list": b"[]",
    "a number": b"-1e999",
    "as large as is taken": b"x" * MAX_BYTES,
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
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


@pytest.mark.parametrize(
    ("source", "good", "bad"),
    [
        pytest.param("standard", LEAVE, b"1e400", id="leave beyond a float"),
        pytest.param("standard", LEAVE, b'"NaN"', id="leave that is no number"),
        pytest.param("standard", b": 5", b": 1" + b"0" * 400, id="days beyond an integer"),
        pytest.param("standard", b'"P6M"', b'"P99999999999Y"', id="an endless probation"),
        pytest.param("standard", b'"Europe/Berlin"', b'"../../etc/passwd"', id="a path"),
        pytest.param("standard", b'"ML engineer"', b'"\\u0000"', id="NUL"),
        pytest.param("standard", b'"ML engineer"', b'"\\ud800"', id="half a character"),
        pytest.param("greenhouse", LEAVE, b'"1e400"', id="leave beyond a float, as text"),
        pytest.param("greenhouse", b'"Portugal"', b'"Atlantis"', id="an office nowhere"),
        pytest.param("github", b'"number": 1', b'"number": 1' + b"0" * 40, id="an endless id"),
        pytest.param("github", b"2026-03", b"9999-99", id="the month 99"),
        pytest.param("cdevents", b"2026-03", b"0000-00", id="the month 0"),
    ],
)
async def test_what_is_out_of_range_is_quarantined_and_not_repeated_in_the_reason(
    line: Line, source: str, good: bytes, bad: bytes
) -> None:
    readable = good_body(line, source)
    assert good in readable
    body, name = readable.replace(good, bad), a_name()
    taken = (await post(line, source, body, signed(line, source, name, body))).json()
    assert taken["status"] == "quarantined"
    assert bad.decode().strip('"') not in taken["reason"]


@pytest.mark.parametrize("source", DOORS)
async def test_what_was_quarantined_is_mended_and_replayed(line: Line, source: str) -> None:
    name, garbage = a_name(), b"{"
    await post(line, source, garbage, signed(line, source, name, garbage))
    path, why = f"/quarantine/{source}/{name}/replay", {"why": "the sender was called"}
    as_it_came = await line.doors.post(DOORS[source], path, why)
    assert as_it_came.json()["status"] == "quarantined"
    mended = {**why, "body": good_body(line, source).decode()}
    assert (await line.doors.post(DOORS[source], path, mended)).json()["status"] == "accepted"
    assert name not in await quarantined(line, source)
    assert (await line.doors.post(DOORS[source], path, mended)).status_code == 404


def _none(_: dict[str, str]) -> dict[str, Any]:
    return {}


def _filled(value: str | bytes) -> Callable[[dict[str, str]], dict[str, Any]]:
    return lambda headers: dict.fromkeys(headers, value)


def _altered(headers: dict[str, str]) -> dict[str, Any]:
    return {
        name: value[:-4] + "AAA=" if "signature" in name else value
        for name, value in headers.items()
    }


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(_none, id="no headers"),
        pytest.param(_filled(""), id="empty headers"),
        pytest.param(_filled(b"\xff\xfe\x80"), id="headers beyond ASCII"),
        pytest.param(_filled("9" * 10_000), id="endless headers"),
        pytest.param(_altered, id="another signature"),
    ],
)
@pytest.mark.parametrize("source", DOORS)
async def test_what_is_not_signed_is_refused_and_not_kept(
    line: Line, source: str, forge: Callable[[dict[str, str]], dict[str, Any]]
) -> None:
    name, body = a_name(), good_body(line, source)
    refused = await post(line, source, body, forge(signed(line, source, name, body)))
    assert refused.status_code == 401
    assert name not in await quarantined(line, source)
    taken = await post(line, source, body, signed(line, source, name, body))
    assert taken.json()["status"] == "accepted"  # nothing of the forged one was remembered


@pytest.mark.parametrize("source", DOORS)
async def test_a_signature_of_another_body_is_refused(line: Line, source: str) -> None:
    body = good_body(line, source)
    headers = signed(line, source, a_name(), body)
    assert (await post(line, source, body + b" ", headers)).status_code == 401


@pytest.mark.parametrize("late", [-310, 301, 10**9], ids=["ahead", "stale", "of long ago"])
@pytest.mark.parametrize("source", ["standard", "cdevents"])
async def test_a_signature_of_another_time_is_refused(line: Line, source: str, late: int) -> None:
    body = good_body(line, source)
    answer = await post(line, source, body, signed(line, source, a_name(), body, late=late))
    assert answer.status_code == 401


@pytest.mark.parametrize("path", ["nobody", "Standard", "%00", "..%2Fhealth", "\N{SNOWMAN}"])
async def test_an_unknown_door_is_not_found(line: Line, path: str) -> None:
    assert (await post(line, path, b"{}", {})).status_code == 404


@pytest.mark.parametrize("source", DOORS)
async def test_what_is_too_large_is_refused(line: Line, source: str) -> None:
    body = b"x" * (MAX_BYTES + 1)
    answer = await post(line, source, body, signed(line, source, a_name(), body))
    assert answer.status_code == 413


@pytest.mark.parametrize("source", DOORS)
async def test_of_ten_deliveries_at_once_under_one_name_one_is_taken(
    line: Line, source: str
) -> None:
    name, body = a_name(), good_body(line, source)
    answers = await asyncio.gather(
        *(post(line, source, body, signed(line, source, name, body)) for _ in range(10))
    )
    statuses = sorted(answer.json()["status"] for answer in answers)
    assert statuses == ["accepted", *["duplicate"] * 9]


async def test_a_hire_sent_afterwards_goes_through(line: Line) -> None:
    hire = line.somebody("US-CA")
    assert (await line.announce(hire))["status"] == "accepted"
    await line.see_through(hire, "ready", "active")
    assert await line.peer(hire) in line.peers()
