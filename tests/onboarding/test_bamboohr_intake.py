"""BambooHR, end to end: a signed hint, a fetch over its API, and the hire that follows."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from farhand.embedded.bamboohr_hook import body_of
from farhand.signing import bamboohr as sign
from libs.common.clock import wall
from tests.onboarding.bed import NOOR, Company

pytestmark = pytest.mark.timeout(240)

SOON = (wall() + timedelta(days=16)).date()
LATER = SOON + timedelta(days=7)


def tells(employee_id: str, kind: str = "employee.updated") -> bytes:
    return body_of(kind, employee_id, wall(), [])


async def deliver(company: Company, body: bytes, **changed: str) -> Any:
    """Deliver a body, signed as BambooHR signs it, or with a header changed."""
    headers = sign(company.secrets.read("hook_bamboohr"), "", body)
    headers |= {f"x-bamboohr-{name}": value for name, value in changed.items()}
    return await company.onboarding.post("/hooks/bamboohr", content=body, headers=headers)


@pytest.fixture
async def hired(company: Company) -> UUID:
    """Somebody new, known to onboarding."""
    hire_id = await company.hire(hireDate=SOON.isoformat())
    await company.until(hire_id, starts_on=SOON.isoformat())
    return hire_id


async def test_a_new_employee_becomes_a_hire(company: Company) -> None:
    hire_id = await company.hire(hireDate=SOON.isoformat())
    hire = await company.until(hire_id, starts_on=SOON.isoformat())
    assert (hire["jurisdiction"], hire["timezone"]) == ("PT", "Europe/Lisbon")
    assert (hire["role"], hire["engagement"]) == ("ML Engineer", "employee")
    assert hire["fetch_trouble"] is None
    assert (await company.fetch(hire_id))["outcome"] == "found"


async def test_a_moved_start_moves_the_hire(company: Company, hired: UUID) -> None:
    await company.change(hireDate=LATER.isoformat())
    await company.until(hired, starts_on=LATER.isoformat())


async def test_values_that_take_effect_later_count_before_the_start(company: Company) -> None:
    hire_id = await company.hire(hireDate=SOON.isoformat(), jobTitle=None)
    failed = await company.until_fetch(hire_id, "failed")
    assert "jobTitle" in failed["trouble"]
    later = {"jobTitle": "Research scientist"}
    await company.hr.put(company.employee_id, {}, at=company.moment(), later=later)
    await company.until(hire_id, role="Research scientist")


async def test_a_deleted_employee_is_cancelled_and_one_added_again_is_taken_up(
    company: Company, hired: UUID
) -> None:
    assert await company.hr.delete(company.employee_id, at=company.moment())
    await company.until(hired, status="cancelled")
    await company.change(**NOOR, hireDate=LATER.isoformat())
    await company.until(hired, status="announced", starts_on=LATER.isoformat())


async def test_a_record_that_cannot_be_used_is_shown_on_the_hire_and_mended(
    company: Company, hired: UUID
) -> None:
    await company.change(location="Atlantis")
    await company.until_fetch(hired, "failed")
    hire = await company.seen(hired)
    assert hire["status"] == "announced"
    assert "customJurisdiction" in hire["fetch_trouble"]
    listed = (await company.onboarding.get("/fetches?limit=1000")).json()
    assert str(hired) in {each["hire_id"] for each in listed}
    await company.change(location="Berlin, Germany")
    assert (await company.until(hired, jurisdiction="DE"))["fetch_trouble"] is None


async def test_an_employee_nobody_knows_is_not_a_hire_and_no_trouble(company: Company) -> None:
    body = tells("999999999999")
    assert (await deliver(company, body)).json()["status"] == "accepted"
    listed = (await company.onboarding.get("/fetches?limit=1000")).json()
    assert "999999999999" not in {each["employee_id"] for each in listed}


async def test_somebody_long_at_work_is_no_hire(company: Company) -> None:
    hire_id = await company.hire(hireDate="2016-01-04", location="Atlantis")
    assert (await company.until_fetch(hire_id, "found"))["is_hire"] is False
    assert await company.seen(hire_id) == {}


async def test_hints_in_any_order_lead_to_what_is_true(company: Company, hired: UUID) -> None:
    await company.hr.put(
        company.employee_id, {"hireDate": LATER.isoformat()}, at=company.moment(), hook=False
    )
    late = body_of("employee.created", company.employee_id, wall() - timedelta(hours=1), [])
    for body in (tells(company.employee_id), late, tells(company.employee_id)):
        assert (await deliver(company, body)).is_success
    await company.until(hired, starts_on=LATER.isoformat())


async def test_a_read_that_lags_is_repeated(company: Company, hired: UUID) -> None:
    await company.hr.misbehave(company.employee_id, "stale")
    await company.change(hireDate=LATER.isoformat())
    assert (await company.until_fetch(hired, "found"))["trouble"] is None
    await company.until(hired, starts_on=LATER.isoformat())


async def test_an_employee_told_before_it_can_be_read_is_looked_for_again(
    company: Company,
) -> None:
    company.employee_id = company.new_employee()
    await company.hr.misbehave(company.employee_id, "stale")
    hire_id = await company.change(**NOOR, hireDate=SOON.isoformat())
    await company.until(hire_id, starts_on=SOON.isoformat())


async def test_a_busy_api_is_asked_again(company: Company, hired: UUID) -> None:
    for fault in ({"status": 503, "retry_after": 1}, {"status": 429}, {"status": 500}):
        await company.hr.misbehave(company.employee_id, "status", **fault)
    await company.change(hireDate=LATER.isoformat())
    await company.until(hired, starts_on=LATER.isoformat())


async def test_a_key_that_is_turned_away_is_told_and_can_be_retried(
    company: Company, hired: UUID
) -> None:
    await company.hr.misbehave(company.employee_id, "status", status=403)
    await company.change(hireDate=LATER.isoformat())
    assert "bamboohr_api_key" in (await company.until_fetch(hired, "failed"))["trouble"]
    again = await company.onboarding.post(f"/fetches/{hired}")
    assert again.status_code == 202
    await company.until(hired, starts_on=LATER.isoformat())


@pytest.mark.usefixtures("hired")
async def test_a_repeated_delivery_counts_once(company: Company) -> None:
    body = tells(company.employee_id)
    headers = sign(company.secrets.read("hook_bamboohr"), "", body)
    post = company.onboarding.post
    first = await post("/hooks/bamboohr", content=body, headers=headers)
    again = await post("/hooks/bamboohr", content=body, headers=headers)
    assert (first.status_code, first.json()["status"]) == (202, "accepted")
    assert (again.status_code, again.json()["status"]) == (202, "duplicate")


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"signature": "0" * 64}, id="another signature"),
        pytest.param({"signature": ""}, id="no signature"),
        pytest.param({"timestamp": "1794820442"}, id="another time"),
        pytest.param({"timestamp": "1500000000"}, id="stale"),
    ],
)
async def test_what_is_not_signed_or_stale_is_refused(
    company: Company, changed: dict[str, str]
) -> None:
    answer = await deliver(company, tells("7"), **changed)
    assert answer.status_code == 401


async def test_what_cannot_be_read_is_quarantined_and_mended(company: Company) -> None:
    hire_id = await company.hire(hireDate=SOON.isoformat(), location="Atlantis")
    await company.until_fetch(hire_id, "failed")
    answer = await deliver(company, b'{"type": "employee.updated"}')
    assert (answer.status_code, answer.json()["status"]) == (202, "quarantined")
    await company.hr.put(
        company.employee_id, {"location": "Porto, Portugal"}, at=company.moment(), hook=False
    )
    mended = await company.onboarding.post(
        f"/quarantine/bamboohr/{answer.json()['delivery']}/replay",
        json={"why": "cut off", "body": tells(company.employee_id).decode()},
    )
    assert mended.json()["status"] == "accepted"
    await company.until(hire_id, starts_on=SOON.isoformat())


async def test_nobody_changes_employees_without_the_token(company: Company) -> None:
    url = f"{company.hr.address}/admin/employees/7"
    answer = await company.onboarding.put(url, json={}, headers={"authorization": "Bearer no"})
    assert answer.status_code == 401
    api = f"{company.hr.address}/api/v1/employees/7"
    assert (await company.onboarding.get(api, auth=("no", "x"))).status_code == 401


async def test_an_event_holds_no_more_than_ids() -> None:
    assert set(json.loads(tells("7"))["data"]) == {"companyId", "employeeId", "changedFields"}


async def test_what_no_hint_told_is_found_by_asking(company: Company, hired: UUID) -> None:
    fields = {"hireDate": LATER.isoformat()}
    await company.hr.put(company.employee_id, fields, at=company.moment(), hook=False)
    path = "/fetches/reconciliation/bamboohr"
    assert (await company.onboarding.post(path)).is_success
    await company.until(hired, starts_on=LATER.isoformat())
    known = (await company.onboarding.get(path)).json()
    assert known["trouble"] is None
    assert known["changed"] > 0


async def test_a_deletion_that_no_hint_told_is_found_by_asking(
    company: Company, hired: UUID
) -> None:
    url = f"{company.hr.address}/admin/employees/{company.employee_id}"
    at = company.moment().isoformat()
    deleted = await company.onboarding.delete(url, params={"at": at, "hook": False})
    assert deleted.is_success
    assert (await company.onboarding.post("/fetches/reconciliation/bamboohr")).is_success
    await company.until(hired, status="cancelled")
