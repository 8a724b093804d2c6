"""The first line through all services: from a signed hire to a person who can work, and back."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from farhand.demo import deliveries, pipelines
from farhand.demo.person import DemoHire, Story
from farhand.demo.pipelines import CDEVENTS_TEAM, Shipped
from services.onboarding.vpn.peer_config import Peer
from services.onboarding.working_days import working_days
from tests.e2e.line import Line, address_of, first_delivery, of_kind, text_of
from tests.e2e.records import envelope, events_of, sender
from tests.e2e.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

HIRES = ("DE", "PT", "US-CA", "greenhouse", "kafka")


@pytest.fixture(scope="module")
async def hires(line: Line) -> Mapping[str, DemoHire]:
    """Five hires that everybody does their part for, seen through to their first day."""
    untold = frozenset({"contract_signed_on"})
    told = {
        "DE": line.somebody("DE", untold=untold),
        "PT": line.somebody("PT", untold=untold),
        "US-CA": line.somebody("US-CA", untold=untold),
        "greenhouse": line.somebody("PT", story=Story.GREENHOUSE, untold=untold),
        "kafka": line.somebody("DE", untold=untold),
    }
    for way, hire in told.items():
        await (produce(line, hire) if way == "kafka" else line.announce(hire))
    await asyncio.gather(*(line.see_through(hire, "active") for hire in told.values()))
    return told


async def produce(line: Line, hire: DemoHire) -> None:
    """Have the HR system put the canonical hire into its Kafka topic."""
    delivery = first_delivery(hire)
    async with sender(line) as inbox:
        await inbox.put(
            "hris.inbox",
            delivery.body,
            key=hire.ref.encode(),
            headers=envelope("hire.reported", delivery.name, source="hris"),
        )


@pytest.mark.parametrize("way", HIRES)
async def test_a_hire_passes_every_station(
    line: Line, hires: Mapping[str, DemoHire], way: str
) -> None:
    events = await events_of(line, hires[way].hire_id)
    stations = [each.event["status"] for each in events if each.type == "hire.status_changed.v1"]
    assert stations == ["announced", "checking", "provisioning", "ready", "active"]


@pytest.mark.parametrize("way", HIRES)
async def test_people_did_theirs_and_the_adapter_did_its_own(
    line: Line, hires: Mapping[str, DemoHire], way: str
) -> None:
    seen = await line.until(hires[way], "active")
    done_by = {task["kind"]: task["done_by"] for task in seen["tasks"]}
    by_adapter = {kind for kind, done in done_by.items() if done == "adapter"}
    assert by_adapter == {"vpn", "identity"}
    assert {"question", "device"} <= done_by.keys()
    assert {task["state"] for task in seen["tasks"] if task["needed_to_work"]} == {"done"}
    assert "terms.contract_signed_on" in {task["question"] for task in seen["tasks"]}
    access = {each["resource"]: each["grant"] for each in seen["access"]}
    assert access == {"vpn": "granted", "identity": "granted"}


@pytest.mark.parametrize("way", HIRES)
async def test_the_hire_has_a_peer_in_the_vpn(
    line: Line, hires: Mapping[str, DemoHire], way: str
) -> None:
    assert await line.peer(hires[way]) in line.peers()


@pytest.mark.parametrize("way", HIRES)
async def test_the_letter_comes_once_and_in_the_readers_working_hours(
    line: Line, hires: Mapping[str, DemoHire], way: str
) -> None:
    hire = hires[way]
    ready = await line.told_ready(hire)
    assert sorted(address_of(mail) for mail in ready) == sorted([hire.email, hire.manager])
    written = [parsedate_to_datetime(mail["Date"]) for mail in ready]
    assert [at for at in written if not _at_work(at, hire)] == []
    assert [mail for mail in ready if f"/hires/{hire.hire_id}" not in text_of(mail)] == []


def _at_work(at: datetime, hire: DemoHire) -> bool:
    here = at.astimezone(ZoneInfo(hire.timezone))
    return working_days(hire.jurisdiction).is_working_day(here.date()) and 9 <= here.hour < 17


@pytest.mark.parametrize("way", ["DE", "greenhouse"])
async def test_a_repeated_delivery_changes_nothing(
    line: Line, hires: Mapping[str, DemoHire], way: str
) -> None:
    hire = hires[way]
    before = await line.look(hire), await events_of(line, hire.hire_id)
    assert (await line.announce(hire))["status"] == "duplicate"
    assert (await line.look(hire), await events_of(line, hire.hire_id)) == before


async def test_a_repeated_record_changes_nothing(line: Line, hires: Mapping[str, DemoHire]) -> None:
    hire = hires["kafka"]
    before = await line.look(hire), await events_of(line, hire.hire_id)
    await produce(line, hire)
    behind = replace(line.somebody("DE"), number=hire.number + 1)  # of another hire
    async with sender(line) as inbox:
        await inbox.put(
            "hris.inbox",
            first_delivery(behind).body,
            key=hire.ref.encode(),  # so that it lies behind the repeated one
            headers=envelope("hire.reported", f"{behind.ref}-1", source="hris"),
        )
    await line.until(behind, "announced", "checking", "provisioning")
    assert (await line.look(hire), await events_of(line, hire.hire_id)) == before


async def test_the_way_of_each_hire_is_a_figure_with_its_events(
    line: Line, hires: Mapping[str, DemoHire]
) -> None:
    figures = (await line.doors.get("metrics", "/kpis/time-to-ready?by=jurisdiction&events=100"))[
        "figures"
    ]
    events = await events_of(line, hires["US-CA"].hire_id)
    ready = next(each for each in events if each.type == "hire.ready.v1")
    said = ready.header("ce_id")
    [figure] = [each for each in figures if said in {event["event_id"] for event in each["events"]}]
    assert figure["group"] == "jurisdiction=US-CA"
    assert float(figure["value"]) > 0


async def test_a_moved_start_moves_what_is_due(line: Line) -> None:
    hire = line.somebody("DE", later=6, story=Story.DEVICE_LATE)
    await line.announce(hire)
    before = of_kind(await line.see_through(hire, "provisioning"), "device")
    moved_to = working_days("DE").shift(hire.starts_on, 5)
    body = deliveries.reported(replace(hire, starts_on=moved_to), line.clock.now())
    await line.tell(hire, "moved", body)
    after = await _until_due(line, hire, working_days("DE").shift(moved_to, -2))
    assert [task["due_on"] for task in before] == [
        working_days("DE").shift(hire.starts_on, -2).isoformat()
    ]
    assert [task["task_id"] for task in after] == [task["task_id"] for task in before]
    moved = [e.event for e in await events_of(line, hire.hire_id) if e.type == "task.moved.v1"]
    assert after[0]["task_id"] in {each["task_id"] for each in moved}


async def _until_due(line: Line, hire: DemoHire, day: date) -> list[dict[str, Any]]:
    async def due() -> list[dict[str, Any]]:
        tasks = of_kind(await line.look(hire) or {"tasks": []}, "device")
        return [task for task in tasks if task["due_on"] == day.isoformat()]

    return await eventually(due)


async def test_a_cancelled_hire_loses_its_access_and_its_tasks(line: Line) -> None:
    hire = line.somebody("PT", later=6, story=Story.DEVICE_LATE)
    await line.announce(hire)
    await line.see_through(hire, "provisioning")

    async def let_in() -> Peer | None:
        found = await line.peer(hire)
        return found if found in line.peers() else None

    peer = await eventually(let_in)
    await line.tell(hire, "cancelled", cancelled(hire, line.clock.now()))
    seen = await line.until(hire, "cancelled")
    assert [task["state"] for task in of_kind(seen, "device")] == ["dropped"]

    async def revoked() -> bool:
        grants = {each["grant"] for each in (await line.look(hire) or seen)["access"]}
        return peer not in line.peers() and grants == {"revoked"}

    assert await eventually(revoked)
    assert await line.peer(hire) is None


def cancelled(hire: DemoHire, at: datetime) -> bytes:
    """The HR system says that the hire will not start."""
    said = {"type": "hire.cancelled", "timestamp": at.isoformat()}
    return json.dumps({**said, "data": {"employment_ref": hire.ref}}).encode()


async def test_a_german_probation_beyond_the_law_blocks_with_the_law(line: Line) -> None:
    hire = line.somebody("DE")
    hire = replace(hire, truth={**hire.truth, "probation": "P12M"})
    await line.announce(hire)
    seen = await line.until(hire, "blocked")
    finding = await _finding(line, hire, "probation")
    assert finding["outcome"] == "not_met"
    assert "BGB § 622(3)" in finding["law"]
    assert finding["fact"] == "contract.probation_max"
    assert "the law allows 6 months" in finding["says"]
    assert finding["remedy"]
    assert seen["turn"] == [finding["owner"]]
    assert any("probation" in reason for reason in seen["blocked_by"])


async def test_a_german_probation_that_is_not_told_is_asked_for_and_then_met(line: Line) -> None:
    hire = line.somebody("DE", untold=frozenset({"probation"}))
    await line.announce(hire)
    await line.until(hire, "checking")
    asked = await line.doors.get("compliance", f"/decisions/{hire.hire_id}")
    finding = next(each for each in asked["findings"] if each["rule"] == "probation")
    assert (asked["verdict"], finding["outcome"]) == ("needs", "unknown")
    assert "BGB § 622(3)" in finding["law"]
    assert "terms.probation" in {question["id"] for question in asked["questions"]}
    await line.see_through(hire, "provisioning", "ready")
    finding = await _finding(line, hire, "probation")
    assert (finding["outcome"], finding["inputs"]["terms.probation"]) == ("met", "6 months")


async def _finding(line: Line, hire: DemoHire, rule: str) -> dict[str, Any]:
    decision = await line.doors.get("compliance", f"/decisions/{hire.hire_id}")
    return next(each for each in decision["findings"] if each["rule"] == rule)


@pytest.mark.parametrize(
    ("team", "service"),
    [
        pytest.param("acme/e2e", "acme/e2e", id="github"),
        pytest.param(CDEVENTS_TEAM, f"acme/{CDEVENTS_TEAM}", id="cdevents"),
    ],
)
async def test_a_deployment_moves_the_figures(line: Line, team: str, service: str) -> None:
    merged_at = datetime(2026, 3, 10, 10, tzinfo=UTC)
    change = Shipped(
        team=team,
        number=2,
        opened_at=merged_at - timedelta(hours=5),
        merged_at=merged_at,
        deployed_at=merged_at + timedelta(hours=3),
        succeeded=True,
    )
    for planned in pipelines.planned((change,), seed=1):
        assert (await line.doors.deliver("metrics", planned))["status"] == "accepted"
    frequency = await _figure(line, "deployment-frequency", service)
    lead_time = await _figure(line, "lead-time-for-changes", service)
    assert frequency["value"] == "1"
    assert float(lead_time["value"]) == timedelta(hours=3).total_seconds()
    assert [each["type"] for each in frequency["events"]] == ["DeploymentFinished"]
    assert {each["type"] for each in lead_time["events"]} == {"ChangeMerged", "DeploymentFinished"}
    events = await events_of(line, "deployment-frequency", "farhand.metrics")
    assert f"service={service}" in {each.event["group"] for each in events}


async def _figure(line: Line, kpi: str, service: str) -> dict[str, Any]:
    figures = (await line.doors.get("metrics", f"/kpis/{kpi}?by=service"))["figures"]
    return next(each for each in figures if each["group"] == f"service={service}")
