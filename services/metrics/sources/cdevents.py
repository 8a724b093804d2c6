"""CDEvents 0.5.1: services deployed, upgraded, rolled back or removed, changes, incidents.

CDEvents brings no authentication of its own: the sender signs as Standard Webhooks has it. The
type's own version says how to read a body, and `schemaUri` is never fetched.
https://github.com/cdevents/spec/blob/v0.5.1/continuous-deployment.md
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from pydantic import Field, field_validator

from libs.common.intake import Delivery, Unreadable
from libs.common.standard_webhooks import key_or_text, require_signed
from services.metrics.observations import (
    ChangeMerged,
    DeploymentFinished,
    Name,
    Observation,
    Outcome,
    Retracted,
)
from services.metrics.sources.cdevents_context import Context, Environment, Told
from services.metrics.sources.cdevents_incidents import INCIDENTS, IncidentEvent, read_incident
from services.metrics.sources.naming import PRODUCTION, artifact_in, commit_in, commit_named
from services.metrics.sources.reading import Camel, json_object, reading

CDEVENTS: Final = "cdevents"
TYPE: Final = re.compile(
    r"dev\.cdevents\.(?P<what>[a-z]+\.[a-z]+)\.(?P<version>\d+\.\d+)\.\d+(?:-[0-9A-Za-z.-]+)?"
)
VERSIONS: Final = frozenset({"0.1", "0.2", "0.3"})
"""The versions of the types below; what is read of them is the same in all three."""

OUTCOMES: Final = {
    "service.deployed": Outcome.SUCCEEDED,
    "service.upgraded": Outcome.SUCCEEDED,
    "service.rolledback": Outcome.ROLLED_BACK,
    "service.removed": Outcome.REMOVED,
}
CHANGE_MERGED: Final = "change.merged"
READ: Final = frozenset({*OUTCOMES, CHANGE_MERGED, *INCIDENTS})


class ServiceContent(Camel):
    environment: Environment
    artifact_id: str | None = Field(default=None, max_length=2_000)


class ServiceSubject(Camel):
    id: Name
    content: ServiceContent


class Repository(Camel):
    id: Name


class ChangeContent(Camel):
    repository: Repository


class ChangeSubject(Camel):
    id: Name
    content: ChangeContent


class Envelope(Camel):
    context: Context


class ServiceEvent(Envelope):
    subject: ServiceSubject
    custom_data: Mapping[str, Any] = Field(default_factory=dict[str, Any])

    @field_validator("custom_data", mode="before")
    @classmethod
    def _an_object(cls, data: object) -> object:
        """Custom data may be of any form; only an object can say that something is rework."""
        return cast("object", data) if isinstance(data, Mapping) else {}


class ChangeEvent(Envelope):
    subject: ChangeSubject


@dataclass(frozen=True, slots=True)
class CDEvents:
    """A pipeline that sends CDEvents as JSON over HTTP.

    `production` names, in lower case, the environments that count as production.
    """

    name: str = CDEVENTS
    accepted_status: int = 202
    production: frozenset[str] = PRODUCTION

    def verify(self, delivery: Delivery, secrets: Sequence[str], now: datetime) -> None:
        """Check `webhook-signature` over id, timestamp and body; raises Unauthorized."""
        require_signed(delivery, map(key_or_text, secrets), now)

    def delivery_id(self, delivery: Delivery) -> str:
        """The same for a delivery and for each of its retries."""
        return delivery.header("webhook-id")

    def read(self, body: bytes) -> Sequence[Observation]:
        """One observation, or none for a type that no figure is made of; raises Unreadable."""
        return self.read_event(json_object(body, "send one CDEvent as JSON"))

    def read_event(self, content: Mapping[str, Any]) -> Sequence[Observation]:
        """As `read`, of a body that is JSON already."""
        with reading("the event"):
            what = _what(Envelope.model_validate(content).context)
        if what in OUTCOMES:
            with reading(what):
                return (self._deployment(what, ServiceEvent.model_validate(content)),)
        if what == CHANGE_MERGED:
            with reading(what):
                return (self._change(ChangeEvent.model_validate(content)),)
        if what in INCIDENTS:
            with reading(what):
                said = IncidentEvent.model_validate(content)
                return (read_incident(self.name, what, said, self.production),)
        return ()

    def _deployment(self, what: str, said: ServiceEvent) -> DeploymentFinished | Retracted:
        subject, artifact = said.subject, said.subject.content.artifact_id
        told = Told.of(self.name, what, said.context, commit=commit_in(artifact or ""))
        if told.retracts is not None:
            return told.retraction(told.retracts)
        label = subject.content.environment.label
        return DeploymentFinished(
            source=told.source,
            event_id=told.event_id,
            entity=told.entity,
            occurred_at=told.occurred_at,
            replaces=told.corrects,
            deployment=told.event_id,
            service=subject.id,
            environment=label,
            production=label.lower() in self.production,
            outcome=OUTCOMES[what],
            artifact=artifact_in(artifact),
            rework=said.custom_data.get("rework") is True,
        )

    def _change(self, said: ChangeEvent) -> ChangeMerged | Retracted:
        subject, repository = said.subject, said.subject.content.repository.id
        told = Told.of(self.name, CHANGE_MERGED, said.context, commit=commit_named(subject.id))
        if told.retracts is not None:
            return told.retraction(told.retracts)
        return ChangeMerged(
            source=told.source,
            event_id=told.event_id,
            entity=told.entity,
            occurred_at=told.occurred_at,
            replaces=told.corrects,
            change=f"{told.source}/{repository}/{subject.id}",
            repository=repository,
        )


def _what(context: Context) -> str:
    """Subject and predicate of a type in a version that is known here, such as `change.merged`."""
    named = TYPE.fullmatch(context.type)
    if named is None:
        raise Unreadable("context.type is not that of a CDEvent, such as dev.cdevents.…")
    what, version = named["what"], named["version"]
    if what in READ and version not in VERSIONS:
        raise Unreadable(f"version {version} of {what} is not known here")
    return what
