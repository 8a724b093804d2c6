"""CDEvents 0.5.1, continuous operations: incidents detected, reported and resolved.

An incident belongs to the service and the environment that each of its events names.
https://github.com/cdevents/spec/blob/v0.5.1/continuous-operations.md
"""

from typing import Final

from pydantic import Field

from services.metrics.observations import (
    IncidentOpened,
    IncidentResolved,
    Name,
    Retracted,
    running,
)
from services.metrics.sources.cdevents_context import Context, Environment, Told
from services.metrics.sources.naming import UNKNOWN, artifact_in
from services.metrics.sources.reading import Camel

RESOLVED: Final = "incident.resolved"
INCIDENTS: Final = frozenset({"incident.detected", "incident.reported", RESOLVED})


class Service(Camel):
    id: Name


class IncidentContent(Camel):
    environment: Environment | None = None
    service: Service | None = None
    artifact_id: str | None = Field(default=None, max_length=2_000)


class IncidentSubject(Camel):
    id: Name
    source: Name | None = None
    content: IncidentContent


class IncidentEvent(Camel):
    context: Context
    subject: IncidentSubject


def read_incident(
    source: str, what: str, said: IncidentEvent, production: frozenset[str]
) -> IncidentOpened | IncidentResolved | Retracted:
    """One observation; what names no service is kept, and can be linked to no deployment."""
    subject, content = said.subject, said.subject.content
    label = content.environment.label if content.environment else UNKNOWN
    service = content.service.id if content.service else UNKNOWN
    told = Told.of(source, what, said.context, entity=running(label, service))
    if told.retracts is not None:
        return told.retraction(told.retracts)
    incident = f"{subject.source or said.context.source}#{subject.id}"
    if what == RESOLVED:
        return IncidentResolved(
            source=told.source,
            event_id=told.event_id,
            entity=told.entity,
            occurred_at=told.occurred_at,
            replaces=told.corrects,
            incident=incident,
            artifact=artifact_in(content.artifact_id),
        )
    return IncidentOpened(
        source=told.source,
        event_id=told.event_id,
        entity=told.entity,
        occurred_at=told.occurred_at,
        replaces=told.corrects,
        incident=incident,
        service=service,
        environment=label,
        production=label.lower() in production,
        artifact=artifact_in(content.artifact_id),
    )
