"""A hired Greenhouse application as a report.

Greenhouse knows nothing of law, time zones or terms of work. Custom fields say them where a company
has such fields: `jurisdiction`, `time_zone`, `engagement`, `manager_name`, `manager_email`, and
each of the terms by its own name. What they do not say, the job's office says where it is
unambiguous. What is then still missing makes the delivery unreadable, with the field that mends it.
"""

from datetime import datetime
from typing import Any, Final, cast

from pydantic import TypeAdapter, ValidationError

from libs.common.intake import Unreadable
from services.onboarding.report import (
    CancelReport,
    HireReport,
    Moment,
    ReportedTerms,
    hire_id_of,
)
from services.onboarding.sources.body import read_values
from services.onboarding.sources.engagements import engagement_of
from services.onboarding.sources.greenhouse_body import (
    Candidate,
    HiredApplication,
    Job,
    UnhiredApplication,
)
from services.onboarding.sources.places import Place, common, locate

APPLICATION: Final = "payload.application"
OFFER_FIELDS: Final = f"{APPLICATION}.offer.custom_fields"

REMEDIES: Final = {
    "jurisdiction": (
        f"{APPLICATION}.jobs.0.offices: the country does not follow from the offices; "
        f"add jurisdiction, such as PT or US-CA, to {OFFER_FIELDS}"
    ),
    "timezone": (
        f"{APPLICATION}.jobs.0.offices: the time zone does not follow from the offices; "
        f"add time_zone, such as Europe/Lisbon, to {OFFER_FIELDS}"
    ),
    "engagement": (
        f"{APPLICATION}.jobs.0.custom_fields.employment_type: does not say how the person is "
        f"engaged; add engagement (employee, eor or contractor) to {OFFER_FIELDS}"
    ),
    "starts_on": (
        f"{APPLICATION}.offer.starts_at: is missing; "
        "set the start date on the accepted offer, as YYYY-MM-DD"
    ),
    "role": f"{APPLICATION}.jobs: exactly one job with a name is expected",
}
"""What to do where a value is unknown that no hire can go without."""

PATHS: Final = {
    "person.name": f"{APPLICATION}.candidate.first_name and last_name",
    "person.email": f"{APPLICATION}.candidate.email_addresses",
    "role": f"{APPLICATION}.jobs.0.name",
    "starts_on": f"{APPLICATION}.offer.starts_at",
    "jurisdiction": "the custom field jurisdiction",
    "timezone": "the custom field time_zone",
    "engagement": "the custom field engagement",
    "manager.name": "the custom field manager_name",
    "manager.email": "the custom field manager_email",
} | {f"terms.{term}": f"the custom field {term}" for term in ReportedTerms.model_fields}
"""Where in the body a person finds what became a field of the report."""

_REPORT: Final = TypeAdapter(HireReport)
_MOMENT: Final[TypeAdapter[datetime]] = TypeAdapter(Moment)


def hire_report(application: HiredApplication, source: str) -> HireReport:
    """The report of a hire; raises Unreadable with what is missing and how to mend it."""
    custom = _custom_values(application)
    values = _work(application, custom) | {
        "employment_ref": str(application.id),
        "hire_id": hire_id_of(source, str(application.id)),
        "person": _person(application.candidate),
        "manager": _manager(custom),
        "terms": {term: custom[term] for term in ReportedTerms.model_fields if term in custom},
        "reported_at": _moment(application.offer.resolved_at if application.offer else None),
    }
    missing = [remedy for field, remedy in REMEDIES.items() if values[field] is None]
    if missing:
        raise Unreadable("; ".join(missing))
    return read_values(_REPORT, values, PATHS)


def cancel_report(application: UnhiredApplication, source: str) -> CancelReport:
    """The report of a hire undone."""
    return CancelReport(
        employment_ref=str(application.id),
        hire_id=hire_id_of(source, str(application.id)),
        reported_at=_moment(application.last_activity_at),
    )


def _custom_values(application: HiredApplication) -> dict[str, Any]:
    """The custom fields that have a value; the offer's win over the wider ones around it."""
    layers = [
        application.candidate.custom_fields,
        *(job.custom_fields for job in application.jobs),
        application.opening.custom_fields if application.opening else {},
        application.custom_fields,
        application.offer.custom_fields if application.offer else {},
    ]
    values = {key: _bare(field) for layer in layers for key, field in layer.items()}
    return {key: value for key, value in values.items() if value not in (None, "", [])}


def _bare(field: object) -> Any:
    # Greenhouse wraps each value; a person who mends a body may write it plainly.
    return cast("dict[str, Any]", field).get("value") if isinstance(field, dict) else field


def _work(application: HiredApplication, custom: dict[str, Any]) -> dict[str, Any]:
    job = application.jobs[0] if len(application.jobs) == 1 else Job()
    place = _place(job)
    return {
        "role": job.name,
        "jurisdiction": custom.get("jurisdiction", place.jurisdiction),
        "timezone": custom.get("time_zone", place.timezone),
        "engagement": custom.get("engagement", engagement_of(custom.get("employment_type"))),
        "starts_on": application.offer.starts_at if application.offer else None,
    }


def _place(job: Job) -> Place:
    return common(locate(filter(None, (office.name, office.location))) for office in job.offices)


def _person(candidate: Candidate) -> dict[str, Any]:
    # The work address does not reach the person before the first day.
    addresses = sorted(candidate.email_addresses, key=lambda one: one.type != "personal")
    return {
        "name": " ".join(filter(None, (candidate.first_name, candidate.last_name))),
        "email": addresses[0].value if addresses else "",
    }


def _manager(custom: dict[str, Any]) -> dict[str, Any] | None:
    named = {part: custom.get(f"manager_{part}") for part in ("name", "email")}
    return named if any(named.values()) else None


def _moment(value: object) -> datetime | None:
    """An instant, or None where it is missing or without an offset: it only orders the news."""
    try:
        return _MOMENT.validate_python(value)
    except ValidationError:
        return None
