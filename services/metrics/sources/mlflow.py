"""MLflow 3: versions registered, tags set, aliases moved, by the webhooks of its model registry.

Each subscription has ids of its own for one and the same event, so an observation is named by
what it says; and an alias that was created may be told after it was deleted, so its own time
orders it, never its arrival. Of metrics MLflow sends nothing: they are asked for (`mlflow/`).
https://mlflow.org/docs/latest/ml/webhooks/
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import Field

from libs.common.ids import derived
from libs.common.intake import Delivery
from libs.common.signatures import mac, require_fresh, require_match
from services.metrics.observations import (
    ModelAliasMoved,
    ModelVersionRegistered,
    ModelVersionTagged,
    Moment,
    Name,
    Observation,
)
from services.metrics.sources.naming import PRODUCTION_ALIASES, by_model
from services.metrics.sources.reading import Payload, json_object, reading

MLFLOW: Final = "mlflow"
MAX_NAME: Final = 400


class VersionData(Payload):
    name: Name
    version: Name
    run_id: str | None = Field(default=None, max_length=200)


class TagData(Payload):
    name: Name
    version: Name
    key: Name
    value: str | None = Field(default=None, max_length=5_000)


class AliasDeletedData(Payload):
    name: Name
    alias: Name


class Envelope(Payload):
    entity: str
    action: str
    timestamp: Moment


class VersionEvent(Envelope):
    data: VersionData


class TagEvent(Envelope):
    data: TagData


class AliasDeleted(Envelope):
    data: AliasDeletedData


class AliasCreatedData(Payload):
    name: Name
    alias: Name
    version: Name


class AliasCreated(Envelope):
    data: AliasCreatedData


@dataclass(frozen=True, slots=True)
class MLflow:
    """A registry's webhook. `production` names, in lower case, the aliases that are production."""

    name: str = MLFLOW
    accepted_status: int = 202
    production: frozenset[str] = PRODUCTION_ALIASES

    def verify(self, delivery: Delivery, secrets: Sequence[str], now: datetime) -> None:
        """Check `X-MLflow-Signature` over id, timestamp and body; raises Unauthorized."""
        given = delivery.header("X-MLflow-Signature")
        timestamp = delivery.header("X-MLflow-Timestamp")
        signed = f"{delivery.header('X-MLflow-Delivery-Id')}.{timestamp}.".encode(errors="replace")
        require_fresh(timestamp, now)
        macs = [mac(each.encode(), signed + delivery.body) for each in secrets if each]
        require_match([f"v1,{b64encode(each).decode()}" for each in macs], [given])

    def delivery_id(self, delivery: Delivery) -> str:
        """The same for a delivery and for its retries; another subscription has its own."""
        return delivery.header("X-MLflow-Delivery-Id")

    def read(self, body: bytes) -> Sequence[Observation]:
        """One observation, or none for what no figure is made of; raises Unreadable."""
        content = json_object(body, "this front door reads the webhooks of MLflow's registry")
        with reading("the event"):
            said = Envelope.model_validate(content)
        what = f"{said.entity}.{said.action}"
        with reading(what):
            match what:
                case "model_version.created":
                    return (_registered(VersionEvent.model_validate(content)),)
                case "model_version_tag.set" | "model_version_tag.deleted":
                    return (_tagged(TagEvent.model_validate(content)),)
                case "model_version_alias.created":
                    created = AliasCreated.model_validate(content)
                    return (self._moved(created, created.data.version),)
                case "model_version_alias.deleted":
                    return (self._moved(AliasDeleted.model_validate(content), None),)
                case _:
                    return ()

    def _moved(self, said: AliasCreated | AliasDeleted, version: str | None) -> ModelAliasMoved:
        data = said.data
        return ModelAliasMoved(
            source=MLFLOW,
            event_id=_named("alias", data.name, data.alias, version or "", said.timestamp),
            entity=by_model(data.name),
            occurred_at=said.timestamp,
            alias=data.alias,
            production=data.alias.lower() in self.production,
            version=version,
        )


def _registered(said: VersionEvent) -> ModelVersionRegistered:
    data = said.data
    return ModelVersionRegistered(
        source=MLFLOW,
        event_id=_named("version", data.name, data.version),
        entity=by_model(data.name),
        occurred_at=said.timestamp,
        version=data.version,
        run=data.run_id or None,
    )


def _tagged(said: TagEvent) -> ModelVersionTagged:
    data = said.data
    return ModelVersionTagged(
        source=MLFLOW,
        event_id=_named("tag", data.name, data.version, data.key, said.timestamp),
        entity=by_model(data.name),
        occurred_at=said.timestamp,
        version=data.version,
        tag=data.key,
        value=data.value if said.action == "set" else None,
    )


def _named(*parts: str | datetime) -> str:
    """One name for what several subscriptions tell."""
    texts = [each if isinstance(each, str) else each.isoformat() for each in parts]
    name = "/".join(texts)
    return name if len(name) <= MAX_NAME else str(derived("mlflow", *texts))
