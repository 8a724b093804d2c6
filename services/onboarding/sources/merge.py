"""Merge, one API in front of many HR systems: an employee was added, changed or removed.

Signed by `X-Merge-Webhook-Signature`, the base64url HMAC-SHA256 of the body as sent, with or
without its padding. No time is signed and a delivery has no id: the same body is the same
delivery, and older news are told by `modified_at`.
Source: Merge documentation, "Webhooks" and "Employees" of the HRIS API.
"""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from pydantic import TypeAdapter

from libs.common.intake import Delivery, Unauthorized
from services.onboarding.report import Report
from services.onboarding.sources.body import read_json
from services.onboarding.sources.merge_employee import EmployeeHook, Hook, reports

PRESENT: Final = frozenset(
    {"employee.added", "employee.created", "employee.changed", "employee.updated"}
)
REMOVED: Final = frozenset({"employee.removed", "employee.deleted"})
"""Both spellings of each event are in use, in any case."""

_HOOK: Final = TypeAdapter(Hook)
_EMPLOYEE: Final = TypeAdapter(EmployeeHook)


@dataclass(frozen=True, slots=True)
class Merge:
    """Webhooks about employees of any HR system that is linked in Merge."""

    name: str = "merge"
    accepted_status: int = 200

    def verify(self, delivery: Delivery, secrets: Sequence[str], now: datetime) -> None:
        """Check the signature against each secret; `now` is not asked, as no time is signed.

        Raises Unauthorized.
        """
        del now
        given = delivery.header("X-Merge-Webhook-Signature").strip().rstrip("=")
        # Every secret is tried, so that the time taken tells nothing about which one matched.
        matches = [
            hmac.compare_digest(_signature(secret, delivery.body), given.encode(errors="replace"))
            for secret in secrets
        ]
        if not any(matches):
            raise Unauthorized("X-Merge-Webhook-Signature is not one of the body as received")

    def delivery_id(self, delivery: Delivery) -> str:
        """The hash of the body."""
        return f"sha256:{sha256(delivery.body).hexdigest()}"

    def read(self, body: bytes) -> tuple[Report, ...]:
        """What became of an employee; empty where it is about something else.

        Raises Unreadable.
        """
        event = read_json(_HOOK, body).hook.event.casefold()
        if event not in PRESENT and event not in REMOVED:
            return ()
        employee = read_json(_EMPLOYEE, body).data
        return reports(employee, self.name, removed=event in REMOVED)


def _signature(secret: str, body: bytes) -> bytes:
    return urlsafe_b64encode(hmac.digest(secret.encode(), body, "sha256")).rstrip(b"=")
