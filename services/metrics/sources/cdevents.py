"""CDEvents 0.5.1: services deployed, upgraded, rolled back, removed, and changes merged.

CDEvents brings no authentication of its own: the sender signs as Standard Webhooks has it. The
type's own version says how to read a body, and `schemaUri` is never fetched. Two kinds of
embedded RELATION link mean something here: `CORRECTS` and `RETRACTS`, whose target is the
context id of an earlier event of the same source and type.
https://github.com/cdevents/spec/blob/v0.5.1/continuous-deployment.md
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from pydantic import Field
from pydantic.alias_generators import to_camel

from libs.common.intake import Delivery, Unreadable
from services.metrics.observations import (
    ChangeMerged,
    DeploymentFinished,
    Moment,
    Name,
    Observation,
    Outcome,
    Retracted,
)
from services.metrics.sources.naming import (
    PRODUCTION,
    by_chain,
    by_commit,
    by_event,
    commit_in,
    commit_named,
)
from services.metrics.sources.reading import Payload, json_object, reading
from services.metrics.sources.signatures import (
    require_fresh,
    require_match,
    sign_standard,
    standard_key,
)

CDEVENTS: Final = "cdevents"
CORRECTS: Final = "CORRECTS"
RETRACTS: Final = "RETRACTS"

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
READ: Final = frozenset({*OUTCOMES, CHANGE_MERGED})


class Camel(Payload, alias_generator=to_camel):
    """A part of a body whose keys are in camel case."""


class Target(Camel):
    context_id: Name


class Link(Camel):
    link_type: str
    link_kind: str | None = None
    target: Target | None = None


class Context(Camel):
    id: Name
    source: Name
    type: Name
    timestamp: Moment
    chain_id: Name | None = None
    links: tuple[Link, ...] = ()

    def related(self, kind: str) -> str | None:
        """The context id that a RELATION link of some kind points at."""
        for link in self.links:
            if (link.link_type, link.link_kind) == ("RELATION", kind) and link.target:
                return link.target.context_id
        return None


class Environment(Camel):
    id: Name
    name: Name | None = None


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
        webhook_id, timestamp = delivery.header("webhook-id"), delivery.header("webhook-timestamp")
        given = delivery.header("webhook-signature").split(" ")
        require_fresh(timestamp, now)
        keys = [key for each in secrets if (key := standard_key(each))]
        require_match([sign_standard(k, webhook_id, timestamp, delivery.body) for k in keys], given)

    def delivery_id(self, delivery: Delivery) -> str:
        """The same for a delivery and for each of its retries."""
        return delivery.header("webhook-id")

    def read(self, body: bytes) -> Sequence[Observation]:
        """One observation, or none for a type that no figure is made of; raises Unreadable."""
        content = json_object(body, "send one CDEvent as JSON")
        with reading("the event"):
            what = _what(Envelope.model_validate(content).context)
        if what in OUTCOMES:
            with reading(what):
                return (self._deployment(what, ServiceEvent.model_validate(content)),)
        if what == CHANGE_MERGED:
            with reading(what):
                return (self._change(ChangeEvent.model_validate(content)),)
        return ()

    def _deployment(self, what: str, said: ServiceEvent) -> DeploymentFinished | Retracted:
        subject = said.subject
        told = _Told.of(self.name, what, said.context, commit_in(subject.content.artifact_id or ""))
        if told.retracts is not None:
            return told.retraction(told.retracts)
        label = subject.content.environment.name or subject.content.environment.id
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
        )

    def _change(self, said: ChangeEvent) -> ChangeMerged | Retracted:
        subject, repository = said.subject, said.subject.content.repository.id
        told = _Told.of(self.name, CHANGE_MERGED, said.context, commit_named(subject.id))
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


@dataclass(frozen=True, slots=True)
class _Told:
    """What the context of every event says, in the words of an observation."""

    source: str
    event_id: str
    entity: str
    occurred_at: datetime
    corrects: str | None
    retracts: str | None

    @classmethod
    def of(cls, source: str, what: str, context: Context, commit: str | None) -> Self:
        def named(context_id: str) -> str:
            # Source and id are unique by the specification; the type is added for senders that
            # use one id for several.
            return f"{context.source}#{what}/{context_id}"

        corrects, retracts = context.related(CORRECTS), context.related(RETRACTS)
        return cls(
            source=source,
            event_id=named(context.id),
            entity=_entity(source, named(context.id), context, commit),
            occurred_at=context.timestamp,
            corrects=None if corrects is None else named(corrects),
            retracts=None if retracts is None else named(retracts),
        )

    def retraction(self, replaces: str) -> Retracted:
        return Retracted(
            source=self.source,
            event_id=self.event_id,
            entity=self.entity,
            occurred_at=self.occurred_at,
            replaces=replaces,
        )


def _entity(source: str, event_id: str, context: Context, commit: str | None) -> str:
    # A commit before a chain: other senders name commits too, a chain is one sender's own.
    if commit is not None:
        return by_commit(commit)
    if context.chain_id is not None:
        return by_chain(context.chain_id)
    return by_event(source, event_id)
