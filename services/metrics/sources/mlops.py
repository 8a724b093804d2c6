"""The inbox of MLOps tools: CloudEvents, by webhook or on the topic `mlops.inbox`.

What a CloudEvent holds is a CDEvent, which is read as from anybody, a run event of OpenLineage, or
one of our own (`OWN`). The first two may also come as they are: so OpenLineage's Kafka transport
writes them. In binary mode the record's value is the event itself, in structured mode its `data`.
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/kafka-protocol-binding.md
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeGuard

from libs.common.intake import Delivery, Unreadable
from libs.common.standard_webhooks import key_or_text, require_signed
from services.metrics.observations import Observation
from services.metrics.sources import data_runs, experiments, latency, own_events, return_lines
from services.metrics.sources.cdevents import CDEvents
from services.metrics.sources.openlineage import is_run_event, read_run_event
from services.metrics.sources.reading import json_object, reading

MLOPS: Final = "mlops"
INBOX: Final = "mlops.inbox"
"""The Kafka topic for tools that produce CloudEvents."""

OWN: Final[Mapping[str, Callable[[str, object], Observation]]] = {
    data_runs.CHECKED: data_runs.read_checked,
    experiments.DECIDED: experiments.read_decided,
    experiments.STARTED: experiments.read_started,
    latency.LATENCY: latency.read_latency,
    own_events.RETRACTED: own_events.read_retraction,
    return_lines.ENTERED: return_lines.read_line,
}
"""The types of our own, each with what reads such an event told at a front door."""


@dataclass(frozen=True, slots=True)
class Mlops:
    """Whoever speaks CloudEvents; a webhook is signed as Standard Webhooks has it."""

    name: str = MLOPS
    accepted_status: int = 202
    cdevents: CDEvents = field(default_factory=CDEvents)

    def verify(self, delivery: Delivery, secrets: Sequence[str], now: datetime) -> None:
        """Check `webhook-signature` over id, timestamp and body; raises Unauthorized."""
        require_signed(delivery, map(key_or_text, secrets), now)

    def delivery_id(self, delivery: Delivery) -> str:
        """The same for a delivery and for each of its retries."""
        return self.cdevents.delivery_id(delivery)

    def read(self, body: bytes) -> Sequence[Observation]:
        """One observation, or none for a type that no figure is made of; raises Unreadable."""
        content = json_object(body, "send one CloudEvent as JSON")
        for each in (content, content.get("data")):
            if _is_cdevent(each):
                return self.cdevents.read_event(each)
            if is_run_event(each):
                return read_run_event(self.name, each)
        return self._own(content)

    def _own(self, content: Mapping[str, Any]) -> Sequence[Observation]:
        kind = content.get("type")
        if not isinstance(kind, str):
            raise Unreadable(
                "neither a CDEvent (it has no context) nor a run event of OpenLineage (no run) "
                "nor a CloudEvent (no type)"
            )
        if kind not in OWN:
            return ()
        with reading(kind):
            return (OWN[kind](self.name, content),)


def _is_cdevent(content: object) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(content, Mapping) and "context" in content
