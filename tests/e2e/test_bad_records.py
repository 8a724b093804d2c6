"""Whatever lies in a topic, nobody stops, and each record is set aside where people see it."""

import json
from collections.abc import Mapping
from typing import Any, Final

import pytest

from libs.common import ids
from libs.common.contracts.onboarding import HireAnnounced, HireChanged
from tests.e2e.line import Line, first_delivery
from tests.e2e.odd_records import KINDS, odd_record
from tests.e2e.records import envelope, sender
from tests.e2e.senders import a_name, quarantined
from tests.e2e.waiting import eventually

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(300),
    pytest.mark.usefixtures("nobody_stops", "settled_afterwards"),
]

READERS: Final[Mapping[str, tuple[str, ...]]] = {
    "farhand.onboarding": ("compliance", "metrics", "notify"),
    "farhand.compliance": ("onboarding",),
    "farhand.notify": (),
    "farhand.metrics": (),
}
"""Each topic with the services that read it."""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("topic", READERS)
async def test_an_odd_record_becomes_a_dead_letter_of_each_reader(
    line: Line, topic: str, kind: str
) -> None:
    odd = odd_record(kind, topic)
    async with sender(line) as producer:
        where = await producer.put(topic, odd.value, key=odd.key, headers=odd.headers)
    for service in READERS[topic]:
        letter = await dead_letter(line, service, where)
        assert letter["reason"]
        path = f"/dead-letters/{letter['id']}"
        shown = await line.doors.get(service, f"{path}/body")
        assert shown["body"] == (odd.value or b"").decode(errors="replace")
        as_it_came = await line.doors.post(service, f"{path}/replay", {"why": "once more"})
        assert as_it_came.json()["status"] == "dead"


async def dead_letter(line: Line, service: str, where: str) -> dict[str, Any]:
    """The dead letter of the record that lies at a place, once the service has come there."""

    async def look() -> dict[str, Any] | None:
        letters = await line.doors.get(service, "/dead-letters?limit=1000")
        return next((each for each in letters if each["origin"] == where), None)

    letter = await eventually(look)
    assert letter
    return letter


@pytest.mark.parametrize("kind", KINDS)
async def test_an_odd_record_in_the_inbox_is_quarantined(line: Line, kind: str) -> None:
    odd, before = odd_record(kind, "hris.inbox"), await quarantined(line, "standard")

    async def what_came() -> list[str]:
        return list((await quarantined(line, "standard")).keys() - before.keys())

    async with sender(line) as producer:
        await producer.put("hris.inbox", odd.value, key=odd.key, headers=odd.headers)
    [name] = await eventually(what_came)
    shown = await line.doors.get("onboarding", f"/quarantine/standard/{name}/body")
    assert shown["body"] == (odd.value or b"").decode(errors="replace")


def told(event: type[HireAnnounced | HireChanged], hire_id: str, **profile: str) -> bytes:
    """The example of an event, of another hire."""
    said: dict[str, Any] = dict(event.example, hire_id=hire_id)
    return json.dumps({**said, "profile": {**said["profile"], **profile}}).encode()


async def test_a_mended_event_is_applied_and_what_waited_behind_it_follows(line: Line) -> None:
    key = str(ids.ordered())
    async with sender(line) as producer:
        where = await producer.put(
            "farhand.onboarding",
            b'{"hire_id": 7}',
            key=key.encode(),
            headers=envelope(HireAnnounced.type, a_name()),
        )
        await producer.put(
            "farhand.onboarding",
            told(HireChanged, key, jurisdiction="DE"),
            key=key.encode(),
            headers=envelope(HireChanged.type, a_name()),
        )

    async def waits() -> bool:
        return bool((await dead_letter(line, "compliance", where))["parked"] == 1)

    await eventually(waits)
    letter = await dead_letter(line, "compliance", where)
    body = told(HireAnnounced, key, jurisdiction="PT").decode()
    mend = {"why": "its body was mistyped", "body": body}
    answer = await line.doors.post("compliance", f"/dead-letters/{letter['id']}/replay", mend)
    assert answer.json()["status"] == "applied"

    async def followed() -> bool:
        return await jurisdiction_decided(line, key) == "DE"

    await eventually(followed)


async def jurisdiction_decided(line: Line, key: str) -> str | None:
    """By whose law a hire was decided; None while there is no decision."""
    address = f"{line.doors.addresses['compliance']}/decisions/{key}"
    answer = await line.doors.http.get(address, headers=line.bearer)
    return answer.json()["jurisdiction"] if answer.is_success else None


async def test_an_event_that_came_too_early_is_shown_as_a_gap_and_let_through(line: Line) -> None:
    key, source = str(ids.ordered()), a_name()
    headers = {**envelope(HireAnnounced.type, a_name(), source=source), "ce_sequence": b"7"}
    async with sender(line) as producer:
        body = told(HireAnnounced, key)
        await producer.put("farhand.onboarding", body, key=key.encode(), headers=headers)

    for service in READERS["farhand.onboarding"]:

        async def shown(service: str = service) -> bool:
            return key in {each["key"] for each in await line.doors.get(service, "/gaps")}

        await eventually(shown)
        skip = {"source": source, "key": key}
        answer = await line.doors.post(service, "/gaps/skip", skip)
        assert answer.json()["status"] == "applied"

    async def decided() -> bool:
        return await jurisdiction_decided(line, key) is not None

    await eventually(decided)


async def test_a_mended_record_of_the_inbox_is_a_hire(line: Line) -> None:
    hire = line.somebody("DE")
    name = f"e2e/{hire.ref}-1"

    async def kept() -> bool:
        return name in await quarantined(line, "standard")

    async with sender(line) as producer:
        await producer.put(
            "hris.inbox", b"{", key=None, headers=envelope("hire.reported", f"{hire.ref}-1")
        )
    await eventually(kept)
    mend = {"why": "cut off on the way", "body": first_delivery(hire).body.decode()}
    path = f"/quarantine/standard/{name}/replay"
    assert (await line.doors.post("onboarding", path, mend)).json()["status"] == "accepted"
    await line.see_through(hire, "ready", "active")


async def test_a_hire_sent_afterwards_goes_through(line: Line) -> None:
    hire = line.somebody("PT")
    await line.announce(hire)
    await line.see_through(hire, "ready", "active")
    assert await line.peer(hire) in line.peers()
