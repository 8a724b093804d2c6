"""Garbage at every front door, on the inbox and on the topics that are read: nobody stops."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any, Final

import pytest

from libs.common.kafka import new_producer
from services.onboarding.__main__ import service
from tests.garbage import EVENTS, Found, Fuzzed, drawn, records, written
from tests.infrastructure import Infrastructure
from tests.onboarding.bed import Company
from tests.onboarding.test_inbox import Inbox, canonical

pytestmark = pytest.mark.timeout(240)

PAYLOADS: Final = Path(__file__).parent / "payloads"
GOOD: Final = {
    "standard": written(canonical("G-1")),
    "greenhouse": (PAYLOADS / "greenhouse.hire_candidate.json").read_bytes(),
    "bamboohr": (PAYLOADS / "bamboohr.employee.updated.location-moved.json").read_bytes(),
    "merge": (PAYLOADS / "merge.Employee.added.json").read_bytes(),
}
TIMES: Final = 10
RECORDS: Final = 30


@pytest.fixture
async def producer(infrastructure: Infrastructure) -> AsyncGenerator[Any]:
    made: Any = new_producer(infrastructure.kafka)
    await made.start()
    yield made
    await made.stop()


async def test_a_front_door_answers_garbage_and_never_with_5xx(company: Company) -> None:
    fuzzed = Fuzzed(company.onboarding)
    for source, good in GOOD.items():
        await fuzzed.knock(source, company.secrets.read(f"hook_{source}"), [good], TIMES)
    print(dict(fuzzed.answers))  # noqa: T201
    assert fuzzed.wrong == []
    assert fuzzed.answers["401"] >= len(GOOD) * TIMES / 2


async def test_garbage_in_topics_stops_nobody(company: Company, producer: Any) -> None:
    async def put(each: Found) -> None:
        await producer.send_and_wait(
            company.topic_prefix + each.topic, each.value, key=each.key, headers=[*each.headers]
        )

    for each in drawn(records("hris.inbox", "hire.reported", GOOD["standard"]), RECORDS):
        await put(each)
    for event in service.consumed:
        for each in drawn(records(event.topic, event.type, written(event.example)), EVENTS):
            await put(each)
    await Inbox(company, producer).everything_read()
    letters = (await company.onboarding.get("/dead-letters?limit=1000")).json()
    assert letters
    assert (await company.onboarding.get("/health/ready")).is_success
