"""The inbox of MLOps tools: CloudEvents, by webhook or on the topic `mlops.inbox`.

What a CloudEvent holds is a CDEvent, which is read as from anybody, or a measurement of latency.
In binary mode the record's value is the event itself, in structured mode it is its `data`.
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, cast

from libs.common.intake import Delivery, Unreadable
from services.metrics.observations import Observation
from services.metrics.sources.cdevents import CDEvents
from services.metrics.sources.latency import LATENCY, LatencyEvent, read_latency
from services.metrics.sources.reading import json_object, reading

MLOPS: Final = "mlops"
INBOX: Final = "mlops.inbox"
"""The Kafka topic for tools that produce CloudEvents."""


@dataclass(frozen=True, slots=True)
class Mlops:
    """Whoever speaks CloudEvents; a webhook is signed as Standard Webhooks has it."""

    name: str = MLOPS
    accepted_status: int = 202
    cdevents: CDEvents = field(default_factory=CDEvents)

    def verify(self, delivery: Delivery, secrets: Sequence[str], now: datetime) -> None:
        """Check `webhook-signature` over id, timestamp and body; raises Unauthorized."""
        self.cdevents.verify(delivery, secrets, now)

    def delivery_id(self, delivery: Delivery) -> str:
        """The same for a delivery and for each of its retries."""
        return self.cdevents.delivery_id(delivery)

    def read(self, body: bytes) -> Sequence[Observation]:
        """One observation, or none for a type that no figure is made of; raises Unreadable."""
        content = json_object(body, "send one CloudEvent as JSON")
        event = _cdevent(content)
        if event is not None:
            return self.cdevents.read_event(event)
        if not isinstance(content.get("type"), str):
            raise Unreadable("neither a CDEvent (it has no context) nor a CloudEvent (no type)")
        if content["type"] != LATENCY:
            return ()
        with reading(LATENCY):
            return (read_latency(self.name, LatencyEvent.model_validate(content)),)


def _cdevent(content: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The CDEvent that a body is, or that a CloudEvent in structured mode holds."""
    for each in (content, content.get("data")):
        if isinstance(each, Mapping) and "context" in each:
            return cast("Mapping[str, Any]", each)
    return None
