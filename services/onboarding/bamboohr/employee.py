"""A BambooHR employee as a report.

BambooHR knows nothing of law, time zones or terms of work. Custom fields say them where a company
has such fields, under the names in `CUSTOM`; without them the place of work says law and zone where
it is unambiguous, and the employment status says the engagement.
Source: BambooHR developer documentation, "Get Employee" and the list of field names.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final

from pydantic import AwareDatetime, BeforeValidator, TypeAdapter

from libs.common.intake import Unreadable
from services.onboarding.hints import FetchEmployee
from services.onboarding.report import LONG_AT_WORK, Day, HireReport, ReportedTerms
from services.onboarding.sources.bamboohr import Part
from services.onboarding.sources.body import read_json, read_values
from services.onboarding.sources.engagements import engagement_of
from services.onboarding.sources.places import Place, locate

INACTIVE: Final = "inactive"

CUSTOM: Final = {
    "jurisdiction": "customJurisdiction",
    "timezone": "customTimeZone",
    "engagement": "customEngagement",
} | {
    term: "custom" + "".join(word.title() for word in term.split("_"))
    for term in ReportedTerms.model_fields
}
"""The custom field that says each part of a report."""

FIELDS: Final = (
    *("status", "hireDate", "terminationDate", "lastChanged", "employmentHistoryStatus"),
    *("firstName", "lastName", "preferredName", "homeEmail", "workEmail", "jobTitle"),
    *("location", "city", "state", "country", "supervisor", "supervisorEmail"),
    *CUSTOM.values(),
)
"""What is asked for; a field that the key may not see, or that does not exist, is left out."""

PATHS: Final = {
    "person.name": "firstName and lastName",
    "person.email": "homeEmail",
    "manager.name": "supervisor",
    "manager.email": "supervisorEmail",
    "role": "jobTitle",
    "starts_on": "hireDate",
} | {
    name if name not in ReportedTerms.model_fields else f"terms.{name}": custom
    for name, custom in CUSTOM.items()
}
"""Where a person finds in BambooHR what became a field of the report."""

REMEDIES: Final = {
    "starts_on": "hireDate: is missing; set the hire date",
    "role": "jobTitle: is missing; add a row to the job information",
    "jurisdiction": (
        "location: the country does not follow from it; name one place, such as "
        "'Porto, Portugal', or set customJurisdiction, such as PT or US-CA"
    ),
    "timezone": (
        "location: the time zone does not follow from it; set customTimeZone, such as Europe/Lisbon"
    ),
    "engagement": (
        "employmentHistoryStatus: does not say how the person is engaged; "
        "set customEngagement to employee, eor or contractor"
    ),
}
"""What to do in BambooHR where a value is unknown that no hire can go without."""


def _no_date_is_none(value: object) -> object:
    # BambooHR writes a date that is not set as nought, or as an empty text.
    return None if value in ("", "0000-00-00") else value


def _no_time_is_none(value: object) -> object:
    nought = isinstance(value, str) and (not value or value.startswith("0000"))
    return None if nought else value


OptionalDay = Annotated[Day | None, BeforeValidator(_no_date_is_none)]


class Life(Part):
    """When somebody works there, by the record."""

    status: str = "Active"
    hireDate: OptionalDay = None  # noqa: N815  # BambooHR's name
    terminationDate: OptionalDay = None  # noqa: N815
    lastChanged: Annotated[AwareDatetime | None, BeforeValidator(_no_time_is_none)] = None  # noqa: N815


_LIFE: Final = TypeAdapter(Life)
_FIELDS: Final[TypeAdapter[dict[str, Any]]] = TypeAdapter(dict[str, Any])
_REPORT: Final = TypeAdapter(HireReport)


@dataclass(frozen=True, slots=True)
class Employee:
    """What a record says; without a `report`, there is nobody to bring on board."""

    changed_at: datetime | None
    report: HireReport | None
    last_day: date | None
    ended: bool


def read_employee(body: bytes, effect: FetchEmployee, now: datetime) -> Employee:
    """What the answer of the API says of an employee, as of `now` (UTC).

    Raises Unreadable with what is missing, and how to mend it in BambooHR.
    """
    life = read_json(_LIFE, body)
    ended = life.status.casefold() == INACTIVE
    begun, last_day = life.hireDate, life.terminationDate
    if not ended and begun and last_day and last_day < min(begun, now.date()):
        last_day = None  # of an earlier employment of the same person
    is_hire = effect.known or begun is None or begun >= now.date() - LONG_AT_WORK
    report = None
    if is_hire and not ended:
        report = _report(read_json(_FIELDS, body), begun, effect)
    return Employee(life.lastChanged, report, last_day, ended)


def _report(fields: dict[str, Any], begun: date | None, effect: FetchEmployee) -> HireReport:
    said = {name: value for name, value in fields.items() if value not in (None, "")}
    values: dict[str, Any] = {
        "employment_ref": effect.hint.employee_id,
        "hire_id": effect.hire_id,
        "person": _person(said),
        "manager": _manager(said),
        "role": said.get("jobTitle"),
        "starts_on": begun,
        "terms": {
            term: said[custom]
            for term, custom in CUSTOM.items()
            if term in ReportedTerms.model_fields and custom in said
        },
        **_work(said),
    }
    missing = [remedy for field, remedy in REMEDIES.items() if values[field] is None]
    if missing:
        raise Unreadable("; ".join(missing))
    return read_values(_REPORT, values, PATHS)


def _work(said: dict[str, Any]) -> dict[str, Any]:
    place = _place(said)
    status = said.get("employmentHistoryStatus")
    return {
        "jurisdiction": said.get(CUSTOM["jurisdiction"], place.jurisdiction),
        "timezone": said.get(CUSTOM["timezone"], place.timezone),
        "engagement": said.get(CUSTOM["engagement"], engagement_of(status)),
    }


def _place(said: dict[str, Any]) -> Place:
    """Where the work is done; the home says more of it, unless it is elsewhere."""
    home = [str(said[part]) for part in ("city", "state", "country") if part in said]
    work = [str(said["location"])] if "location" in said else []
    place, nearer = locate(work), locate(work + home)
    if place.jurisdiction is None:
        return locate(home) if not work or nearer.jurisdiction else place
    is_same = place.timezone is None and nearer.jurisdiction == place.jurisdiction
    return nearer if is_same else place


def _person(said: dict[str, Any]) -> dict[str, Any]:
    first = said.get("preferredName") or said.get("firstName")
    names = (str(name) for name in (first, said.get("lastName")) if name)
    # The work address does not reach the person before the first day.
    return {"name": " ".join(names), "email": said.get("homeEmail") or said.get("workEmail", "")}


def _manager(said: dict[str, Any]) -> dict[str, Any] | None:
    name, email = said.get("supervisor"), said.get("supervisorEmail")
    # Without an address nobody can be written to.
    return {"name": name or email, "email": email} if email else None
