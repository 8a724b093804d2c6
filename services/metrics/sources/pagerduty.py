"""PagerDuty, webhooks of version 3: incidents triggered, reopened and resolved.

It names a service and no environment: what pages people is taken for production. It signs no
time, so a repeat is told by the event's own id, and it drops what is answered with a 4xx.
https://developer.pagerduty.com/docs/webhooks-overview, and -/verifying-webhook-signatures
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from libs.common.intake import Delivery
from libs.common.signatures import mac, require_match
from services.metrics.observations import (
    IncidentOpened,
    IncidentResolved,
    Moment,
    Name,
    Observation,
    running,
)
from services.metrics.sources.reading import Payload, json_object, reading

PAGERDUTY: Final = "pagerduty"
ENVIRONMENT: Final = "production"
OPENED: Final = frozenset({"incident.triggered", "incident.reopened"})
RESOLVED: Final = "incident.resolved"


class Service(Payload):
    summary: Name


class Incident(Payload):
    id: Name
    service: Service


class Event(Payload):
    id: Name
    event_type: str
    occurred_at: Moment


class IncidentEvent(Event):
    data: Incident


class Envelope(Payload):
    event: Event


class IncidentEnvelope(Payload):
    event: IncidentEvent


@dataclass(frozen=True, slots=True)
class PagerDuty:
    """An account's or a service's webhook subscription."""

    name: str = PAGERDUTY
    accepted_status: int = 202

    def verify(self, delivery: Delivery, secrets: Sequence[str], now: datetime) -> None:  # noqa: ARG002  # PagerDuty signs no time
        """Check `X-PagerDuty-Signature`, one for each of its secrets; raises Unauthorized."""
        given = [each.strip() for each in delivery.header("X-PagerDuty-Signature").split(",")]
        keys = [each.encode() for each in secrets if each]
        require_match([f"v1={mac(key, delivery.body).hex()}" for key in keys], given)

    def delivery_id(self, delivery: Delivery) -> str:
        """The header that a retry repeats; without it, a repeat is told by its body."""
        return delivery.headers.get("x-webhook-id", "")

    def read(self, body: bytes) -> Sequence[Observation]:
        """One observation, or none for what no figure is made of; raises Unreadable."""
        content = json_object(body, "this front door reads PagerDuty's webhooks of version 3")
        with reading("the event"):
            what = Envelope.model_validate(content).event.event_type
        if what not in OPENED and what != RESOLVED:
            return ()
        with reading(what):
            said = IncidentEnvelope.model_validate(content).event
            return (_resolved(said),) if what == RESOLVED else (_opened(said),)


def _opened(said: IncidentEvent) -> IncidentOpened:
    service = said.data.service.summary
    return IncidentOpened(
        source=PAGERDUTY,
        event_id=_event_id(said),
        entity=running(ENVIRONMENT, service),
        occurred_at=said.occurred_at,
        incident=f"{PAGERDUTY}/{said.data.id}",
        service=service,
        environment=ENVIRONMENT,
        production=True,
    )


def _resolved(said: IncidentEvent) -> IncidentResolved:
    return IncidentResolved(
        source=PAGERDUTY,
        event_id=_event_id(said),
        entity=running(ENVIRONMENT, said.data.service.summary),
        occurred_at=said.occurred_at,
        incident=f"{PAGERDUTY}/{said.data.id}",
    )


def _event_id(said: IncidentEvent) -> str:
    return f"{said.event_type}/{said.id}"
