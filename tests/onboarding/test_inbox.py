"""The topic `hris.inbox`: CloudEvents in binary and structured mode, and what is neither."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from libs.common.ids import ordered
from libs.common.kafka import new_producer
from services.onboarding.report import hire_id_of
from tests.infrastructure import Infrastructure
from tests.onboarding.bed import Company

pytestmark = pytest.mark.timeout(240)

Headers = Mapping[str, bytes | None]
STRUCTURED = {"content-type": b"application/cloudevents+json; charset=utf-8"}
AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def data(ref: str, **changed: Any) -> dict[str, Any]:
    """The data of a canonical hire."""
    return {
        "employment_ref": ref,
        "person": {"name": "Noor Haverkamp", "email": "noor@example.net"},
        "jurisdiction": "PT",
        "timezone": "Europe/Lisbon",
        "role": "ML engineer",
        "engagement": "employee",
        "starts_on": "2027-01-11",
    } | changed


def canonical(ref: str, **changed: Any) -> dict[str, Any]:
    return {"type": "hire.reported", "timestamp": AT.isoformat(), "data": data(ref, **changed)}


def attributes(id_: str, type_: str = "hire.reported", source: str = "hris") -> dict[str, str]:
    return {
        "specversion": "1.0",
        "id": id_,
        "source": source,
        "type": type_,
        "time": AT.isoformat(),
    }


def binary(id_: str, type_: str = "hire.reported", source: str = "hris") -> Headers:
    told = attributes(id_, type_, source)
    return {f"ce_{name}": value.encode() for name, value in told.items()}


class Inbox:
    """The topic, and what became of what was put into it."""

    def __init__(self, company: Company, producer: Any) -> None:
        self.company = company
        self._producer = producer

    async def put(self, value: bytes | dict[str, Any] | None, headers: Headers) -> None:
        body = json.dumps(value).encode() if isinstance(value, dict) else value
        topic = f"{self.company.topic_prefix}hris.inbox"
        # One key, so that all of it lies in one partition, and is read in order.
        sent = await self._producer.send(topic, body, key=b"k", headers=list(headers.items()))
        await sent

    async def hire(self, ref: str) -> dict[str, Any]:
        return await self.company.until(hire_id_of("standard", ref))

    async def quarantined(self, name: str) -> str:
        """Why a delivery was quarantined."""
        for _ in range(300):
            kept = (await self.company.onboarding.get("/quarantine?limit=1000")).json()
            found = [each["reason"] for each in kept if each["id"] == name]
            if found:
                return str(found[0])
            await asyncio.sleep(0.05)
        raise AssertionError(f"{name} is not in quarantine")

    async def everything_read(self) -> None:
        """What lies there now was read: so was a hire that was put behind it."""
        ref = f"last-{ordered()}"
        await self.put(canonical(ref), binary(ref))
        await self.hire(ref)


@pytest.fixture
async def inbox(company: Company, infrastructure: Infrastructure) -> AsyncGenerator[Inbox]:
    producer: Any = new_producer(infrastructure.kafka)
    await producer.start()
    yield Inbox(company, producer)
    await producer.stop()


@pytest.mark.parametrize(
    ("value", "headers"),
    [
        pytest.param(canonical("A-1"), binary("a-1"), id="binary, the whole body"),
        pytest.param(data("A-2"), binary("a-2"), id="binary, the data alone"),
        pytest.param(attributes("a-3") | {"data": data("A-3")}, STRUCTURED, id="structured"),
        pytest.param(
            attributes("a-4") | {"data": canonical("A-4")}, STRUCTURED, id="structured, whole body"
        ),
        pytest.param(canonical("A-5"), {}, id="no event, but a hire"),
    ],
)
async def test_a_hire_is_a_hire_in_either_mode(
    inbox: Inbox, value: dict[str, Any], headers: Headers
) -> None:
    await inbox.put(value, headers)
    ref = "A-5" if not headers else str(_data(value)["employment_ref"])
    assert (await inbox.hire(ref))["jurisdiction"] == "PT"


def _data(value: dict[str, Any]) -> dict[str, Any]:
    return _data(value["data"]) if "data" in value else value


async def test_the_ends_of_a_hire_come_in_either_mode(inbox: Inbox) -> None:
    for ref in ("B-1", "B-2"):
        await inbox.put(canonical(ref), binary(f"{ref}-1"))
    cancelled = {"employment_ref": "B-1"}
    await inbox.put(cancelled, binary("B-1-2", "hire.cancelled"))
    left = attributes("B-2-2", "hire.left") | {
        "data": {"employment_ref": "B-2", "last_day": "2026-12-31"}
    }
    await inbox.put(left, STRUCTURED)
    for ref in ("B-1", "B-2"):
        hire_id: UUID = hire_id_of("standard", ref)
        await inbox.company.until(hire_id, status="cancelled")


async def test_a_repeated_event_counts_once_whatever_it_says_the_second_time(inbox: Inbox) -> None:
    await inbox.put(data("C-1"), binary("c-1"))
    await inbox.put(data("C-1", jurisdiction="DE"), binary("c-1"))
    await inbox.put(attributes("c-1") | {"data": data("C-1", jurisdiction="FR")}, STRUCTURED)
    await inbox.everything_read()
    assert (await inbox.hire("C-1"))["jurisdiction"] == "PT"


async def test_the_same_id_of_another_source_is_another_event(inbox: Inbox) -> None:
    await inbox.put(data("D-1"), binary("d", source="hris/one"))
    await inbox.put(data("D-2"), binary("d", source="hris/two"))
    assert await inbox.hire("D-1")
    assert await inbox.hire("D-2")


@pytest.mark.parametrize(
    ("name", "value", "headers", "says"),
    [
        pytest.param(
            "hris/e-1", b"\xff\xfe", binary("e-1"), "is not JSON", id="binary, no text"
        ),
        pytest.param("hris/e-2", b"[]", binary("e-2"), "the body", id="binary, a list"),
        pytest.param(
            "hris/e-3",
            data("E-3", starts_on="soon"),
            binary("e-3"),
            "data.starts_on",
            id="binary, data that is no hire",
        ),
        pytest.param(
            "hris/e-4",
            canonical("E-4") | {"type": "hire.vanished"},
            binary("e-4", "hire.vanished"),
            "has a type that is none of",
            id="binary, an unknown type",
        ),
        pytest.param(
            "hris/e-5",
            attributes("e-5", "hire.vanished") | {"data": data("E-5")},
            STRUCTURED,
            "has a type that is none of",
            id="structured, an unknown type",
        ),
        pytest.param(
            "hris/e-6",
            attributes("e-6") | {"specversion": "2.0", "data": data("E-6")},
            STRUCTURED,
            "specversion: must be 1.0",
            id="structured, another version",
        ),
        pytest.param(
            "hris/e-7",
            {k: v for k, v in attributes("e-7").items() if k != "time"} | {"data": data("E-7")},
            STRUCTURED,
            "time: is missing",
            id="structured, no time",
        ),
        pytest.param(
            "hris/e-8", attributes("e-8"), STRUCTURED, "data: ", id="structured, no data"
        ),
        pytest.param(
            "hris/e-9",
            data("E-9"),
            binary("e-9", "payroll.run"),
            "type",
            id="binary, an unknown type with data alone",
        ),
    ],
)  # fmt: skip
async def test_what_is_no_hire_is_quarantined(
    inbox: Inbox, name: str, value: bytes | dict[str, Any], headers: Headers, says: str
) -> None:
    await inbox.put(value, headers)
    reason = await inbox.quarantined(name)
    assert says in reason
    assert "Noor" not in reason


async def test_garbage_without_a_name_is_kept_by_its_place(inbox: Inbox) -> None:
    before = (await inbox.company.onboarding.get("/quarantine?limit=1000")).json()
    for value in (None, b"", b"{", b'{"a":' * 50_000, b"[1]"):
        await inbox.put(value, STRUCTURED)
        await inbox.put(value, {})
    await inbox.everything_read()
    after = (await inbox.company.onboarding.get("/quarantine?limit=1000")).json()
    new = {each["id"] for each in after} - {each["id"] for each in before}
    assert len(new) == 10
    assert all("hris.inbox/" in name for name in new)


async def test_what_was_quarantined_is_read_again_mended_or_as_it_came(inbox: Inbox) -> None:
    await inbox.put(data("F-1", starts_on="soon"), binary("f-1"))
    await inbox.quarantined("hris/f-1")
    path = "/quarantine/standard/hris/f-1"
    shown = (await inbox.company.onboarding.get(f"{path}/body")).json()["body"]
    as_it_came = await inbox.company.onboarding.post(f"{path}/replay", json={"why": "once more"})
    assert as_it_came.json()["status"] == "quarantined"
    mend = {"why": "no date", "body": shown.replace("soon", "2027-01-11")}
    mended = await inbox.company.onboarding.post(f"{path}/replay", json=mend)
    assert mended.json()["status"] == "accepted"
    assert (await inbox.hire("F-1"))["starts_on"] == "2027-01-11"
