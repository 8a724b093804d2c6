"""Greenhouse Recruiting: a candidate is hired, or a hire is undone.

Signed by `Signature: sha256 <hex>`, the HMAC-SHA256 of the body as sent; there is no timestamp, so
a repeated delivery is told by its `Greenhouse-Event-ID` alone, and older news by `reported_at`.
Source: Greenhouse developer documentation, Webhooks, "Authentication" and "Common attributes".
"""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from pydantic import TypeAdapter

from libs.common.intake import Delivery, Unauthorized
from services.onboarding.report import Report
from services.onboarding.sources.body import read_json
from services.onboarding.sources.greenhouse_body import HireHook, Hook, UnhireHook
from services.onboarding.sources.greenhouse_hire import cancel_report, hire_report

ALGORITHM: Final = "sha256"
MAX_ID_LENGTH: Final = 200

_HOOK: Final = TypeAdapter(Hook)
_HIRE: Final = TypeAdapter(HireHook)
_UNHIRE: Final = TypeAdapter(UnhireHook)


@dataclass(frozen=True, slots=True)
class Greenhouse:
    """Recruiting webhooks `hire_candidate` and `unhire_candidate`."""

    name: str = "greenhouse"
    accepted_status: int = 200
    """Greenhouse takes anything but 200 for a failure, and disables a hook whose ping fails."""

    def verify(self, delivery: Delivery, secrets: Sequence[str], now: datetime) -> None:
        """Check the signature against each secret; `now` is not asked, as no time is signed.

        Raises Unauthorized.
        """
        del now
        algorithm, _, given = delivery.header("Signature").strip().partition(" ")
        if algorithm.lower() != ALGORITHM:
            raise Unauthorized(f"the header Signature must read '{ALGORITHM} <hex>'")
        signature = given.strip().lower().encode(errors="replace")
        # Every secret is tried, so that the time taken tells nothing about which one matched.
        matches = [
            hmac.compare_digest(_hex(secret, delivery.body), signature) for secret in secrets
        ]
        if not any(matches):
            raise Unauthorized("the signature is not one of the body as received")

    def delivery_id(self, delivery: Delivery) -> str:
        """The `Greenhouse-Event-ID`, or the hash of the body where an old webhook sends none."""
        event_id = delivery.headers.get("greenhouse-event-id", "")
        if event_id.isascii() and event_id.isprintable() and 0 < len(event_id) <= MAX_ID_LENGTH:
            return event_id
        return f"{ALGORITHM}:{sha256(delivery.body).hexdigest()}"

    def read(self, body: bytes) -> tuple[Report, ...]:
        """The hire or the cancellation; empty for the ping and for what is no hire.

        Raises Unreadable.
        """
        match read_json(_HOOK, body).action:
            case "hire_candidate":
                return (hire_report(read_json(_HIRE, body).payload.application, self.name),)
            case "unhire_candidate":
                return (cancel_report(read_json(_UNHIRE, body).payload.application, self.name),)
            case _:
                return ()


def _hex(secret: str, body: bytes) -> bytes:
    return hmac.new(secret.encode(), body, ALGORITHM).hexdigest().encode()
