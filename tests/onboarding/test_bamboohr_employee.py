"""BambooHR's employees: what becomes of a record, and what is said of one that cannot be used."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from libs.common.contracts.values import ContractKind, Engagement
from libs.common.intake import Unreadable
from services.onboarding.bamboohr.employee import FIELDS, Employee, read_employee
from services.onboarding.hints import FetchEmployee, Hint
from services.onboarding.report import HireReport, Person, hire_id_of

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
NOOR: dict[str, Any] = {
    "id": "1207",
    "status": "Active",
    "firstName": "Noor",
    "lastName": "Haverkamp",
    "homeEmail": "noor@example.net",
    "workEmail": "noor.haverkamp@lumen-orchard.example",
    "jobTitle": "ML Engineer",
    "hireDate": "2026-12-08",
    "terminationDate": "0000-00-00",
    "employmentHistoryStatus": "Full-Time",
    "location": "Porto, Portugal",
    "supervisor": "Ana Pires",
    "supervisorEmail": "ana.pires@lumen-orchard.example",
    "lastChanged": "2026-11-16T09:14:02+00:00",
}


def read(*, known: bool = False, **changes: Any) -> Employee:
    """The sample record with fields changed; None leaves one out."""
    record = {name: value for name, value in (NOOR | changes).items() if value is not None}
    asked = FetchEmployee(
        hire_id=hire_id_of("bamboohr", "1207"),
        hint=Hint(source="bamboohr", employee_id="1207"),
        known=known,
        ahead=True,
    )
    return read_employee(json.dumps(record).encode(), asked, NOW)


def report(**changes: Any) -> HireReport:
    found = read(**changes).report
    assert found is not None
    return found


def test_a_record_reads_as_a_report() -> None:
    found = report()
    assert found.person == Person(name="Noor Haverkamp", email="noor@example.net")
    assert found.manager == Person(name="Ana Pires", email="ana.pires@lumen-orchard.example")
    assert (found.jurisdiction, found.timezone) == ("PT", "Europe/Lisbon")
    assert (found.role, found.engagement) == ("ML Engineer", Engagement.EMPLOYEE)
    assert found.starts_on == date(2026, 12, 8)
    assert found.hire_id == hire_id_of("bamboohr", "1207")
    employee = read()
    assert employee.changed_at == datetime(2026, 11, 16, 9, 14, 2, tzinfo=UTC)
    assert (employee.last_day, employee.ended) == (None, False)


def test_custom_fields_say_law_zone_engagement_and_terms() -> None:
    found = report(
        location="Headquarters",
        employmentHistoryStatus="Something else",
        customJurisdiction="US-CA",
        customTimeZone="America/Los_Angeles",
        customEngagement="contractor",
        customContractKind="open_ended",
        customContractSignedOn="2026-11-20",
        customProbation="P180D",
        customTelework="yes",
        customAnnualLeaveDays="22.5",
        customWorkingDaysPerWeek="5",
    )
    assert (found.jurisdiction, found.timezone) == ("US-CA", "America/Los_Angeles")
    assert found.engagement is Engagement.CONTRACTOR
    assert found.terms.contract_kind is ContractKind.OPEN_ENDED
    assert found.terms.contract_signed_on == date(2026, 11, 20)
    assert found.terms.telework is True
    assert found.terms.annual_leave_days == Decimal("22.5")
    assert found.terms.working_days_per_week == 5


def test_every_field_that_is_read_is_asked_for() -> None:
    assert set(NOOR) - {"id"} <= set(FIELDS)
    assert {"preferredName", "city", "state", "country", "customProbation"} <= set(FIELDS)


def test_a_preferred_name_is_used() -> None:
    assert report(preferredName="Nour").person.name == "Nour Haverkamp"


def test_without_a_private_address_the_one_at_work_is_used() -> None:
    assert report(homeEmail="").person.email == "noor.haverkamp@lumen-orchard.example"


def test_a_manager_without_an_address_is_unknown() -> None:
    assert report(supervisorEmail=None).manager is None


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        pytest.param({"location": "Remote - Portugal", "city": "Porto"}, ("PT", "Europe/Lisbon"),
                     id="the home says the zone"),
        pytest.param({"location": "Remote", "city": "Berlin", "country": "Germany"},
                     ("DE", "Europe/Berlin"), id="the location is no place"),
        pytest.param({"location": None, "city": "Berlin", "country": "Germany"},
                     ("DE", "Europe/Berlin"), id="no location"),
        pytest.param({"location": "Berlin, Germany", "city": "Porto", "country": "Portugal"},
                     ("DE", "Europe/Berlin"), id="who lives elsewhere works there all the same"),
    ],
)  # fmt: skip
def test_the_place_of_work_says_law_and_zone(
    fields: dict[str, Any], place: tuple[str, str]
) -> None:
    found = report(**fields)
    assert (found.jurisdiction, found.timezone) == place


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        pytest.param({"hireDate": "0000-00-00"}, "hireDate", id="no hire date"),
        pytest.param({"hireDate": "31/12/2026"}, "hireDate", id="a date in another form"),
        pytest.param({"jobTitle": ""}, "jobTitle", id="no job title"),
        pytest.param({"location": "Atlantis"}, "customJurisdiction", id="a place nobody knows"),
        pytest.param({"location": "Remote - Portugal"}, "customTimeZone", id="several zones"),
        pytest.param({"employmentHistoryStatus": None}, "customEngagement", id="no status"),
        pytest.param({"homeEmail": None, "workEmail": None}, "homeEmail", id="no address"),
        pytest.param({"homeEmail": "Noor at home"}, "homeEmail", id="an address that is none"),
        pytest.param({"supervisorEmail": "Ana"}, "supervisorEmail", id="a manager's likewise"),
        pytest.param({"customProbation": "half a year"}, "customProbation", id="no duration"),
        pytest.param({"customJurisdiction": "XX"}, "customJurisdiction", id="no country"),
        pytest.param({"lastChanged": "lately"}, "lastChanged", id="no moment"),
    ],
)
def test_what_cannot_be_used_says_what_to_correct_in_bamboohr(
    fields: dict[str, Any], says: str
) -> None:
    with pytest.raises(Unreadable) as caught:
        read(**fields)
    assert says in str(caught.value)
    assert "Noor" not in str(caught.value)
    assert "Ana" not in str(caught.value)


@pytest.mark.parametrize("body", [b"", b"[]", b"<employee/>", b'{"status": 7}'])
def test_an_answer_that_is_no_record_is_said_to_be_none(body: bytes) -> None:
    asked = FetchEmployee(
        hire_id=hire_id_of("bamboohr", "1"),
        hint=Hint(source="bamboohr", employee_id="1"),
        known=True,
        ahead=False,
    )
    with pytest.raises(Unreadable):
        read_employee(body, asked, NOW)


def test_a_coming_last_day_is_told_beside_the_report() -> None:
    employee = read(terminationDate="2027-09-30")
    assert employee.report is not None
    assert (employee.last_day, employee.ended) == (date(2027, 9, 30), False)


def test_of_an_employment_that_is_over_only_the_last_day_counts() -> None:
    over = read(status="Inactive", terminationDate="2026-11-20", jobTitle=None, location=None)
    assert (over.report, over.last_day, over.ended) == (None, date(2026, 11, 20), True)


def test_an_employment_may_be_over_without_saying_since_when() -> None:
    assert read(status="Inactive").last_day is None


def test_the_end_of_an_earlier_employment_is_not_that_of_this_one() -> None:
    assert read(terminationDate="2024-01-31").last_day is None


def test_a_hire_that_ends_before_it_begins_is_told_as_such() -> None:
    assert read(terminationDate="2026-12-01").last_day == date(2026, 12, 1)


def test_somebody_long_at_work_is_no_hire() -> None:
    assert report(hireDate="2026-10-24"), "30 days ago"
    assert read(hireDate="2026-10-23").report is None, "31 days ago"


def test_a_hire_of_ours_stays_one_however_long_at_work() -> None:
    assert read(known=True, hireDate="2016-10-23").report is not None


def test_nobody_is_asked_to_mend_the_record_of_somebody_long_at_work() -> None:
    assert read(hireDate="2016-10-23", location=None).report is None
