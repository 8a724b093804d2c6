"""GrowthBook: experiments as they stand, by its event webhooks (API version 2024-07-31 or later).

Each event holds the whole experiment, so its newest word is believed. An experiment is decided
once it is stopped with a result; `experiment.decision.*` are only recommendations of the platform
and no figure is made of them. Shipped is what was released beside the control, the first of the
variations; where nothing was released, a win is. GrowthBook signs no time and names no delivery.
https://docs.growthbook.io/app/webhooks/event-webhooks
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from libs.common.intake import Delivery
from libs.common.signatures import mac, require_match
from services.metrics.experiments import (
    ExperimentDecided,
    ExperimentDeleted,
    ExperimentStarted,
    Verdict,
)
from services.metrics.observations import EPOCH, Moment, Name, Observation
from services.metrics.sources.naming import UNKNOWN, by_experiment
from services.metrics.sources.reading import Camel, Payload, json_object, reading

GROWTHBOOK: Final = "growthbook"
DELETED: Final = "experiment.deleted"
TOLD: Final = frozenset({"experiment.created", "experiment.updated", DELETED})
STARTED: Final = frozenset({"running", "stopped"})
STOPPED: Final = "stopped"
WON: Final = "won"
UNFINISHED: Final = "dnf"
MILLISECOND: Final = timedelta(milliseconds=1)

Said = Annotated[Moment | None, BeforeValidator(lambda said: said or None)]
"""A moment; where there is none, GrowthBook sends an empty text."""


class Phase(Camel):
    date_started: Said = None
    date_ended: Said = None


class Variation(Camel):
    variation_id: str = ""


class Result(Camel):
    status: str
    released_variation_id: str = ""


class Experiment(Camel):
    id: Name
    project: Annotated[Name, BeforeValidator(lambda said: said or UNKNOWN)] = UNKNOWN
    status: str
    phases: tuple[Phase, ...] = Field(default=(), max_length=1_000)
    variations: tuple[Variation, ...] = Field(default=(), max_length=1_000)
    result_summary: Result | None = None


class Data(Payload):
    object: Experiment


class Envelope(Payload):
    event: str


class ExperimentEvent(Envelope):
    created: Moment
    data: Data


@dataclass(frozen=True, slots=True)
class GrowthBook:
    """An organization's event webhook."""

    name: str = GROWTHBOOK
    accepted_status: int = 202

    def verify(self, delivery: Delivery, secrets: Sequence[str], now: datetime) -> None:  # noqa: ARG002  # GrowthBook signs no time
        """Check `X-GrowthBook-Signature`, the hex of the body's; raises Unauthorized."""
        given = delivery.header("X-GrowthBook-Signature")
        keys = [each.encode() for each in secrets if each]
        require_match([mac(key, delivery.body).hex() for key in keys], [given])

    def delivery_id(self, delivery: Delivery) -> str:  # noqa: ARG002  # a repeat is told by its body
        """GrowthBook names none."""
        return ""

    def read(self, body: bytes) -> Sequence[Observation]:
        """How an experiment stands, or nothing where no figure is made of it; raises Unreadable."""
        content = json_object(body, "this front door reads GrowthBook's event webhooks")
        with reading("the event"):
            what = Envelope.model_validate(content).event
        if what not in TOLD:
            return ()
        with reading(what):
            said = ExperimentEvent.model_validate(content)
            return (_deleted(said),) if what == DELETED else tuple(_stands(said))


def _stands(said: ExperimentEvent) -> Iterator[Observation]:
    experiment, position = said.data.object, _position(said)
    began = experiment.phases[0].date_started if experiment.phases else None
    if experiment.status in STARTED and began is not None:
        yield ExperimentStarted(
            source=GROWTHBOOK,
            event_id=f"{experiment.id}/started@{position}",
            entity=by_experiment(GROWTHBOOK, experiment.id),
            occurred_at=began,
            position=position,
            team=experiment.project,
        )
    if experiment.status == STOPPED:
        yield ExperimentDecided(
            source=GROWTHBOOK,
            event_id=f"{experiment.id}/stopped@{position}",
            entity=by_experiment(GROWTHBOOK, experiment.id),
            occurred_at=_ended(experiment) or said.created,
            position=position,
            team=experiment.project,
            verdict=_verdict(experiment),
        )


def _ended(experiment: Experiment) -> datetime | None:
    return experiment.phases[-1].date_ended if experiment.phases else None


def _verdict(experiment: Experiment) -> Verdict:
    result = experiment.result_summary
    if result is None or result.status == UNFINISHED:
        return Verdict.ABANDONED
    control = experiment.variations[0].variation_id if experiment.variations else ""
    released = result.released_variation_id
    shipped = released != control if released else result.status == WON
    return Verdict.SHIPPED if shipped else Verdict.DROPPED


def _deleted(said: ExperimentEvent) -> ExperimentDeleted:
    experiment, position = said.data.object, _position(said)
    return ExperimentDeleted(
        source=GROWTHBOOK,
        event_id=f"{experiment.id}/deleted@{position}",
        entity=by_experiment(GROWTHBOOK, experiment.id),
        occurred_at=said.created,
        position=position,
    )


def _position(said: ExperimentEvent) -> int:
    """The milliseconds since 1970 at which it was said."""
    return (said.created - EPOCH) // MILLISECOND
