"""The canonical hire: the body that HR systems without an adapter of their own send.

It follows Standard Webhooks: `type`, `timestamp`, `data`. `hire.reported` carries the full state of
one hire, new or changed; what is left out is unknown. `hire.cancelled` names the employment that
will not start, `hire.left` the one that ends, with its last day. `json_schema()` is the public
contract; the examples are part of it.
"""

from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic_core import to_json

from libs.common.intake import Unreadable
from services.onboarding.report import (
    CancelReport,
    Day,
    Employment,
    EmploymentRef,
    HireReport,
    LeaveReport,
    Moment,
    Report,
    Reported,
    hire_id_of,
)
from services.onboarding.sources.body import read_json


class CancelledEmployment(Reported):
    """Which hire will not start."""

    employment_ref: EmploymentRef
    """The id under which the hire was reported."""


class HireReported(Reported):
    """Somebody is hired, or something about a hire is other now."""

    type: Literal["hire.reported"]
    timestamp: Moment
    """When the HR system knew this, with its offset from UTC; older news never overwrite newer."""
    data: Employment

    def as_report(self, source: str) -> HireReport:
        """The report of one source."""
        return HireReport.model_validate(
            {
                **dict(self.data),
                "hire_id": hire_id_of(source, self.data.employment_ref),
                "reported_at": self.timestamp,
            }
        )


class HireCancelled(Reported):
    """A hire will not start."""

    type: Literal["hire.cancelled"]
    timestamp: Moment
    """When the HR system knew this, with its offset from UTC."""
    data: CancelledEmployment

    def as_report(self, source: str) -> CancelReport:
        """The report of one source."""
        return CancelReport(
            employment_ref=self.data.employment_ref,
            hire_id=hire_id_of(source, self.data.employment_ref),
            reported_at=self.timestamp,
        )


class EndedEmployment(Reported):
    """Whose employment ends, and when."""

    employment_ref: EmploymentRef
    """The id under which the hire was reported."""
    last_day: Day
    """The last day of work, a civil date in the person's time zone; access ends with it."""


class HireLeft(Reported):
    """Somebody leaves; told before or after the last day."""

    type: Literal["hire.left"]
    timestamp: Moment
    """When the HR system knew this, with its offset from UTC."""
    data: EndedEmployment

    def as_report(self, source: str) -> LeaveReport:
        """The report of one source."""
        return LeaveReport(
            employment_ref=self.data.employment_ref,
            hire_id=hire_id_of(source, self.data.employment_ref),
            last_day=self.data.last_day,
            reported_at=self.timestamp,
        )


Body: TypeAlias = HireReported | HireCancelled | HireLeft
CanonicalBody: TypeAlias = Annotated[Body, Field(discriminator="type")]
_BODY: Final[TypeAdapter[Body]] = TypeAdapter(CanonicalBody)

EXAMPLES: Final[tuple[dict[str, Any], ...]] = (
    {
        "type": "hire.reported",
        "timestamp": "2026-11-23T09:00:00Z",
        "data": {
            "employment_ref": "E-1042",
            "person": {"name": "Noor Haverkamp", "email": "noor@example.net"},
            "manager": {"name": "Ana Pires", "email": "ana.pires@lumen-orchard.example"},
            "jurisdiction": "PT",
            "timezone": "Europe/Lisbon",
            "role": "ML engineer",
            "engagement": "employee",
            "starts_on": "2026-12-08",
            "terms": {
                "contract_kind": "open_ended",
                "contract_signed_on": "2026-11-20",
                "position": "technical",
                "probation": "P180D",
                "telework": True,
                "telework_agreement_on": "2026-11-20",
                "annual_leave_days": "22",
                "working_days_per_week": 5,
            },
        },
    },
    {
        "type": "hire.cancelled",
        "timestamp": "2026-11-25T10:00:00Z",
        "data": {"employment_ref": "E-1042"},
    },
    {
        "type": "hire.left",
        "timestamp": "2027-03-01T10:00:00Z",
        "data": {"employment_ref": "E-1042", "last_day": "2027-03-31"},
    },
)


EVENT_TYPES: Final = frozenset({"hire.reported", "hire.cancelled", "hire.left"})
"""What the type of a CloudEvent may be whose data is that of a canonical body."""


class Envelope(BaseModel):
    """A CloudEvent in structured mode, or any other body: then there is no `specversion`."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    specversion: Any = None
    type: Any = None
    time: Any = None
    data: Any = None


_ENVELOPE: Final = TypeAdapter(Envelope)


def read_canonical(body: bytes, source: str) -> Report:
    """What a canonical body says, or a CloudEvent in structured mode whose data is one.

    The data may be a whole canonical body, or only its `data`: then type and time are the event's.
    Raises Unreadable, naming the field but no value.
    """
    return read_json(_BODY, _unwrapped(body), strict=True).as_report(source)


def _unwrapped(body: bytes) -> bytes:
    event = read_json(_ENVELOPE, body)
    if event.specversion is None:
        return body
    if event.specversion != "1.0":
        raise Unreadable("specversion: must be 1.0")
    data: object = event.data
    if isinstance(data, dict) and ("type" in data or "data" in data):
        return to_json(data)
    if event.time is None:
        raise Unreadable("time: is missing; say when the HR system knew this")
    return to_json({"type": event.type, "timestamp": event.time, "data": data})


def json_schema() -> dict[str, Any]:
    """The contract as JSON Schema 2020-12, with its examples."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Canonical hire",
        "description": (
            "The body of a Standard Webhooks delivery to /hooks/standard. "
            "Each `hire.reported` carries the full state of one hire; what is left out is unknown."
        ),
        **_BODY.json_schema(),
        "examples": list(EXAMPLES),
    }
