"""What the HR systems of the demo send, and when: bodies as they stand on the wire."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from farhand.demo.person import DemoHire, Later, Says, Story
from farhand.demo.places import PLACES
from services.onboarding.bamboohr.employee import CUSTOM


@dataclass(frozen=True, slots=True, order=True)
class Planned:
    """A delivery to be made at a moment of the product's time; `name` is the sender's id for it."""

    at: datetime
    source: str
    name: str
    body: bytes


def planned(hire: DemoHire) -> Iterator[Planned]:
    """All that is delivered about one hire; BambooHR delivers by itself."""
    if hire.story is Story.BAMBOOHR:
        return
    if hire.story is Story.GREENHOUSE:
        yield Planned(hire.announced_at, "greenhouse", f"gh-{hire.number}", greenhouse(hire))
        return
    body = reported(hire, hire.announced_at)
    if hire.story is Story.UNREADABLE:
        body = body.replace(hire.starts_on.isoformat().encode(), b"the 31st of February")
    yield Planned(hire.announced_at, "standard", f"{hire.ref}-1", body)
    for number, change in enumerate(hire.later, 2):
        hire = hire.after(change)
        yield Planned(change.at, "standard", f"{hire.ref}-{number}", _changed(hire, change))


def _changed(hire: DemoHire, change: Later) -> bytes:
    match change.says:
        case Says.REPORTED:
            return reported(hire, change.at)
        case Says.LEFT:
            return _ended(hire, change, last_day=str(change.last_day))
        case Says.CANCELLED:
            return _ended(hire, change)


def reported(hire: DemoHire, at: datetime) -> bytes:
    """The canonical hire, whole, as known at a moment."""
    return _json(
        {
            "type": Says.REPORTED,
            "timestamp": at.isoformat(),
            "data": {
                "employment_ref": hire.ref,
                "person": {"name": hire.name, "email": hire.email},
                "manager": {"name": "Team lead", "email": hire.manager},
                "jurisdiction": hire.jurisdiction,
                "timezone": hire.timezone,
                "role": hire.role,
                "engagement": hire.engagement,
                "starts_on": hire.starts_on.isoformat(),
                "terms": hire.told,
            },
        }
    )


def _ended(hire: DemoHire, change: Later, **more: str) -> bytes:
    """The hire will not start, or has a last day."""
    data = {"employment_ref": hire.ref, **more}
    return _json({"type": change.says, "timestamp": change.at.isoformat(), "data": data})


def greenhouse(hire: DemoHire) -> bytes:
    """A hired candidate, with the terms as custom fields of the offer."""
    first, _, last = hire.name.partition(" ")
    fields = {
        "time_zone": hire.timezone,
        "manager_name": "Team lead",
        "manager_email": hire.manager,
        **hire.told,
    }
    return _json(
        {
            "action": "hire_candidate",
            "payload": {
                "application": {
                    "id": hire.number,
                    "status": "hired",
                    "candidate": {
                        "id": hire.number,
                        "first_name": first,
                        "last_name": last,
                        "email_addresses": [{"value": hire.email, "type": "personal"}],
                    },
                    "jobs": [
                        {
                            "id": 1,
                            "name": hire.role,
                            "offices": [{"name": PLACES[hire.jurisdiction].office}],
                            "custom_fields": {
                                "employment_type": {
                                    "name": "Employment Type",
                                    "type": "single_select",
                                    "value": "Full-time",
                                }
                            },
                        }
                    ],
                    "offer": {
                        "id": hire.number,
                        "starts_at": hire.starts_on.isoformat(),
                        "resolved_at": hire.announced_at.isoformat(),
                        "custom_fields": {
                            name: {"name": name, "type": "short_text", "value": value}
                            for name, value in fields.items()
                        },
                    },
                }
            },
        }
    )


def bamboohr(hire: DemoHire) -> dict[str, Any]:
    """The employee's record, with the terms in custom fields."""
    first, _, last = hire.name.partition(" ")
    known = {
        "jurisdiction": hire.jurisdiction,
        "timezone": hire.timezone,
        "engagement": hire.engagement,
        **hire.told,
    }
    return {
        "firstName": first,
        "lastName": last,
        "homeEmail": hire.email,
        "jobTitle": hire.role,
        "hireDate": hire.starts_on.isoformat(),
        "supervisor": "Team lead",
        "supervisorEmail": hire.manager,
        **{CUSTOM[name]: _text(value) for name, value in known.items()},
    }


def _text(value: object) -> str:
    return ", ".join(cast("list[str]", value)) if isinstance(value, list) else str(value)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
