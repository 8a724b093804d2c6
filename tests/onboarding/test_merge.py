"""Merge: who may report for the HR systems behind it, and what its employees say."""

import json
from base64 import urlsafe_b64encode
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.contracts.values import Engagement
from libs.common.intake import Delivery, Source, Unauthorized, Unreadable
from services.onboarding.report import (
    CancelReport,
    HireReport,
    LeaveReport,
    Report,
    StayReport,
    hire_id_of,
)
from services.onboarding.sources.merge import Merge

PAYLOADS = Path(__file__).parent / "payloads"
SAMPLES = json.loads((PAYLOADS / "signature-vectors.json").read_bytes())
[VECTOR] = [each for each in SAMPLES["computed_over_files"] if each["scheme"] == "merge"]
SECRET = VECTOR["secret"]
SIGNATURE = VECTOR["headers"]["X-Merge-Webhook-Signature"]
SOURCE = Merge()
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
EMPLOYEE = "0a5c8e2d-6f7b-4c1d-9e3f-2b4a6c8d0e1f"


def payload(name: str) -> bytes:
    return (PAYLOADS / f"merge.Employee.{name}.json").read_bytes()


ADDED = payload("added")
MAPPED: dict[str, Any] = {
    "role": "ML engineer",
    "jurisdiction": "PT",
    "timezone": "Europe/Lisbon",
    "engagement": "Full-time",
}


def delivered(signature: str = SIGNATURE, body: bytes = ADDED) -> Delivery:
    headers = {"x-merge-webhook-signature": signature} if signature else {}
    return Delivery("merge", headers, body)


def employee(
    mapped: dict[str, Any] | None = None, *, event: str = "Employee.changed", **changed: Any
) -> bytes:
    """The sample employee with fields changed, and all of it mapped unless said otherwise."""
    body = json.loads(ADDED)
    body["hook"]["event"] = event
    targets = {"organization_defined_targets": MAPPED if mapped is None else mapped}
    body["data"] |= {"field_mappings": targets} | changed
    return json.dumps(body).encode()


def hire_in(body: bytes) -> HireReport:
    report, _ = SOURCE.read(body)
    assert isinstance(report, HireReport)
    return report


def test_it_is_a_source() -> None:
    source: Source = SOURCE
    assert (source.name, source.accepted_status) == ("merge", 200)


def test_the_sample_signature_holds_with_its_padding_and_without() -> None:
    SOURCE.verify(delivered(), [SECRET], NOW)
    SOURCE.verify(delivered(SIGNATURE.rstrip("=")), [SECRET], NOW)


@pytest.mark.parametrize("secrets", [["old", SECRET], [SECRET, "new"]], ids=["second", "first"])
def test_either_live_secret_will_do_while_one_is_rolled(secrets: list[str]) -> None:
    SOURCE.verify(delivered(), secrets, NOW)


@pytest.mark.parametrize(
    "delivery",
    [
        pytest.param(delivered(body=ADDED + b" "), id="one byte more"),
        pytest.param(delivered(urlsafe_b64encode(b"0" * 32).decode()), id="another signature"),
        pytest.param(delivered(SIGNATURE.replace("-", "+").replace("_", "/")), id="other alphabet"),
        pytest.param(delivered(""), id="unsigned"),
        pytest.param(delivered("="), id="padding alone"),
        pytest.param(delivered("\udcffé"), id="garbage"),
    ],
)
def test_what_is_not_signed_is_turned_away(delivery: Delivery) -> None:
    with pytest.raises(Unauthorized) as caught:
        SOURCE.verify(delivery, [SECRET], NOW)
    assert SECRET not in str(caught.value)


def test_nobody_is_let_in_where_there_is_no_secret() -> None:
    with pytest.raises(Unauthorized):
        SOURCE.verify(delivered(), [], NOW)


def test_the_same_body_is_the_same_delivery() -> None:
    assert SOURCE.delivery_id(delivered()) == SOURCE.delivery_id(delivered("else"))
    assert SOURCE.delivery_id(delivered()) != SOURCE.delivery_id(delivered(body=b"{}"))


@pytest.mark.parametrize(
    "event", ["Employee.added", "employee.created", "EMPLOYEE.CHANGED", "employee.updated"]
)
def test_an_employee_reads_as_a_report(event: str) -> None:
    found = hire_in(employee(event=event))
    assert (found.person.name, found.person.email) == ("Noor Haverkamp", "noor@example.net")
    assert (found.jurisdiction, found.timezone) == ("PT", "Europe/Lisbon")
    assert (found.role, found.engagement) == ("ML engineer", Engagement.EMPLOYEE)
    assert found.starts_on == date(2026, 12, 8)
    assert found.hire_id == hire_id_of("merge", EMPLOYEE)
    assert found.reported_at == datetime(2026, 11, 16, 9, 20, 11, 201000, tzinfo=UTC)
    assert found.manager is None


def test_terms_and_manager_are_mapped_as_well() -> None:
    more = {"manager_name": "Ana", "manager_email": "ana@lumen.example", "probation": "P180D"}
    found = hire_in(employee(MAPPED | more))
    assert found.manager is not None
    assert found.manager.email == "ana@lumen.example"
    assert found.terms.probation == "P180D"


def test_what_a_linked_account_maps_wins_over_the_organization() -> None:
    targets = {
        "organization_defined_targets": MAPPED,
        "linked_account_defined_targets": {"engagement": "eor"},
    }
    assert hire_in(employee(field_mappings=targets)).engagement is Engagement.EOR


def test_the_sample_says_which_mappings_it_lacks() -> None:
    with pytest.raises(Unreadable) as caught:
        SOURCE.read(ADDED)
    assert str(caught.value) == (
        "map a field to role; map a field to jurisdiction; "
        "map a field to timezone; map a field to engagement"
    )


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (employee(start_date=None, hire_date=None), "data.start_date"),
        (employee(start_date="soon"), "data.start_date"),
        (employee(personal_email=None), "data.personal_email"),
        (employee(modified_at=None), "data.modified_at"),
        (employee(MAPPED | {"jurisdiction": "XX"}), "field mapping jurisdiction"),
        (employee(MAPPED | {"engagement": "intern"}), "field mapping engagement"),
        (employee(employment_status="INACTIVE"), "data.termination_date"),
        (employee(id="../1"), "data.id"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_what_cannot_be_read_says_where_to_mend_it(body: bytes, says: str) -> None:
    with pytest.raises(Unreadable) as caught:
        SOURCE.read(body)
    assert says in str(caught.value)
    assert "Noor" not in str(caught.value)


def test_the_sample_of_a_termination_is_a_last_day() -> None:
    assert SOURCE.read(payload("changed.terminated")) == (
        LeaveReport(
            employment_ref=EMPLOYEE,
            hire_id=hire_id_of("merge", EMPLOYEE),
            last_day=date(2027, 9, 30),
            reported_at=datetime(2027, 10, 1, 2, 11, 40, tzinfo=UTC),
        ),
    )


def test_a_coming_last_day_is_told_beside_the_hire() -> None:
    told: tuple[Report, ...] = SOURCE.read(employee(termination_date="2027-09-30T00:00:00Z"))
    assert [type(each) for each in told] == [HireReport, LeaveReport]


def test_without_a_last_day_one_told_before_is_withdrawn() -> None:
    _, stay = SOURCE.read(employee(termination_date=None))
    assert isinstance(stay, StayReport)
    assert stay.hire_id == hire_id_of("merge", EMPLOYEE)


def test_it_reports_of_everybody_and_means_newcomers_only() -> None:
    assert hire_in(employee()).newcomers_only


def test_the_sample_of_a_removal_is_a_cancellation() -> None:
    (report,) = SOURCE.read(payload("removed"))
    assert isinstance(report, CancelReport)
    assert report.hire_id == hire_id_of("merge", EMPLOYEE)


def test_one_removed_after_a_last_day_has_left() -> None:
    body = employee({}, event="Employee.removed", termination_date="2027-09-30T00:00:00Z")
    (report,) = SOURCE.read(body)
    assert isinstance(report, LeaveReport)


def test_other_events_concern_nobody() -> None:
    assert SOURCE.read(b'{"hook": {"event": "TimeOff.added"}, "data": {}}') == ()


@given(st.binary(max_size=200))
def test_no_body_does_worse_than_being_unreadable(body: bytes) -> None:
    try:
        SOURCE.read(body)
    except Unreadable:
        return
