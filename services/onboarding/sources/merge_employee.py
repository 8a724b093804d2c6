"""A Merge employee as reports.

Merge's common model has no law, time zone or engagement, and names place, job and manager by id
only. Field mappings, which a company sets up in Merge, say them under the names of the canonical
hire: `role`, `jurisdiction`, `timezone`, `engagement`, `manager_name`, `manager_email`, and the
terms. What is then missing makes the delivery unreadable, with the mapping that mends it.

A delivery is the whole record: without a last day, one told before is withdrawn. Merge reports of
the whole workforce, so only newcomers are hires.
Source: Merge documentation, "Employees" and "Field Mappings".
"""

from datetime import date
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, StringConstraints, TypeAdapter

from libs.common.intake import Unreadable
from services.onboarding.report import (
    CancelReport,
    Day,
    HireReport,
    LeaveReport,
    Moment,
    Report,
    ReportedTerms,
    StayReport,
    hire_id_of,
)
from services.onboarding.sources.bamboohr import Part
from services.onboarding.sources.body import read_values
from services.onboarding.sources.engagements import engagement_of

INACTIVE: Final = "INACTIVE"
MAPPED: Final = ("role", "jurisdiction", "timezone", "engagement")
PATHS: Final = {
    "person.name": "data.first_name and last_name",
    "person.email": "data.personal_email",
    "starts_on": "data.start_date",
    "manager.name": "the field mapping manager_name",
    "manager.email": "the field mapping manager_email",
} | {
    name if name in MAPPED else f"terms.{name}": f"the field mapping {name}"
    for name in (*MAPPED, *ReportedTerms.model_fields)
}
"""Where in Merge a person finds what became a field of the report."""


def _day_of(value: object) -> object:
    # Days come as midnight in UTC: what counts is the day as written.
    return value[:10] if isinstance(value, str) else value


MergeDay = Annotated[Day | None, BeforeValidator(_day_of)]
MergeId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]


class Event(Part):
    """What happened."""

    event: str


class Hook(Part):
    """Any body: what it is about."""

    hook: Event


class Targets(Part):
    """Mapped fields: those of this linked account win over those of the whole organization."""

    organization_defined_targets: dict[str, Any] | None = None
    linked_account_defined_targets: dict[str, Any] | None = None

    def values(self) -> dict[str, Any]:
        """The fields that have a value."""
        targets = (self.organization_defined_targets, self.linked_account_defined_targets)
        mapped = {name: value for each in targets for name, value in (each or {}).items()}
        return {name: value for name, value in mapped.items() if value not in (None, "")}


class Employee(Part):
    """The parts of an employee that are read."""

    id: MergeId
    first_name: str | None = None
    last_name: str | None = None
    preferred_name: str | None = None
    personal_email: str | None = None
    work_email: str | None = None
    start_date: MergeDay = None
    hire_date: MergeDay = None
    termination_date: MergeDay = None
    employment_status: str | None = None
    modified_at: Moment
    field_mappings: Targets | None = None


class EmployeeHook(Part):
    """A body about an employee."""

    data: Employee


_REPORT: Final = TypeAdapter(HireReport)


def reports(employee: Employee, source: str, *, removed: bool) -> tuple[Report, ...]:
    """What a delivery says of an employment; raises Unreadable with what is missing."""
    last_day = employee.termination_date
    if removed and last_day is None:
        return (_cancelled(employee, source),)
    over = removed or (employee.employment_status or "").upper() == INACTIVE
    if over and last_day is None:
        raise Unreadable("data.termination_date: is missing of an employment that is inactive")
    end = _staying(employee, source) if last_day is None else _leaving(employee, source, last_day)
    return (end,) if over else (_hire(employee, source), end)


def _cancelled(employee: Employee, source: str) -> CancelReport:
    return CancelReport(
        employment_ref=employee.id,
        hire_id=hire_id_of(source, employee.id),
        reported_at=employee.modified_at,
    )


def _leaving(employee: Employee, source: str, last_day: date) -> LeaveReport:
    return LeaveReport(
        employment_ref=employee.id,
        hire_id=hire_id_of(source, employee.id),
        last_day=last_day,
        reported_at=employee.modified_at,
    )


def _staying(employee: Employee, source: str) -> StayReport:
    return StayReport(
        employment_ref=employee.id,
        hire_id=hire_id_of(source, employee.id),
        reported_at=employee.modified_at,
    )


def _hire(employee: Employee, source: str) -> HireReport:
    mapped = employee.field_mappings.values() if employee.field_mappings else {}
    missing = [f"map a field to {name}" for name in MAPPED if name not in mapped]
    starts_on = employee.start_date or employee.hire_date
    if starts_on is None:
        missing.insert(0, "data.start_date: is missing")
    if missing:
        raise Unreadable("; ".join(missing))
    engagement = mapped["engagement"]
    values: dict[str, Any] = {name: mapped[name] for name in MAPPED} | {
        "employment_ref": employee.id,
        "hire_id": hire_id_of(source, employee.id),
        "person": _person(employee),
        "manager": _manager(mapped),
        "engagement": engagement_of(engagement) or engagement,
        "starts_on": starts_on,
        "terms": {term: mapped[term] for term in ReportedTerms.model_fields if term in mapped},
        "reported_at": employee.modified_at,
        "newcomers_only": True,
    }
    return read_values(_REPORT, values, PATHS)


def _person(employee: Employee) -> dict[str, str]:
    names = (employee.preferred_name or employee.first_name, employee.last_name)
    # The work address does not reach the person before the first day.
    email = employee.personal_email or employee.work_email or ""
    return {"name": " ".join(filter(None, names)), "email": email}


def _manager(mapped: dict[str, Any]) -> dict[str, Any] | None:
    named = {
        part: mapped[f"manager_{part}"] for part in ("name", "email") if f"manager_{part}" in mapped
    }
    return named or None
