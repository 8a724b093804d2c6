"""The line itself as a source, and what other systems answer it, as observations."""

from typing import Final

from libs.common.contracts.onboarding import (
    AccessRevoked,
    HireAnnounced,
    HireLeft,
    HireReady,
    HireStatus,
    HireStatusChanged,
)
from libs.common.ids import derived
from libs.common.message import Message
from services.metrics.mlflow.training import TrainingEnded
from services.metrics.observations import (
    AccessWasRevoked,
    HireBecameReady,
    HireHasLeft,
    HireStatusWas,
    HireWasAnnounced,
    ModelTrained,
    Observation,
)
from services.metrics.sources.mlflow import MLFLOW
from services.metrics.sources.naming import by_model

ONBOARDING: Final = "onboarding"

LINE: Final[tuple[type[Message], ...]] = (
    HireAnnounced,
    HireStatusChanged,
    HireReady,
    HireLeft,
    AccessRevoked,
)
"""The events of other services that figures are made of."""

ASKED: Final[tuple[type[Message], ...]] = (TrainingEnded,)
"""What other systems answer when they are asked for what they did not send."""


def observe(message: Message, message_id: str) -> Observation:
    """What a message says: an observation as it is, anything else in metrics' own words.

    Raises TypeError for any other message.
    """
    match message:
        case Observation():
            return message
        case TrainingEnded():
            return _trained(message)
        case _:
            return _of_line(message, message_id)


def _trained(message: TrainingEnded) -> ModelTrained:
    return ModelTrained(
        source=MLFLOW,
        event_id=f"run/{derived(message.run, message.model, message.version)}",
        entity=by_model(message.model),
        occurred_at=message.ended_at,
        version=message.version,
        run=message.run,
        metrics=message.metrics,
    )


def _of_line(message: Message, message_id: str) -> Observation:
    match message:
        case HireAnnounced():
            return HireWasAnnounced(
                source=ONBOARDING,
                event_id=message_id,
                entity=f"hire/{message.hire_id}",
                occurred_at=message.announced_at,
                jurisdiction=message.profile.jurisdiction,
                engagement=message.profile.engagement.value,
            )
        case HireStatusChanged():
            return HireStatusWas(
                source=ONBOARDING,
                event_id=message_id,
                entity=f"hire/{message.hire_id}",
                occurred_at=message.changed_at,
                position=list(HireStatus).index(message.status),
                status=message.status.value,
            )
        case HireReady():
            return HireBecameReady(
                source=ONBOARDING,
                event_id=message_id,
                entity=f"hire/{message.hire_id}",
                occurred_at=message.ready_at,
                announced_at=message.announced_at,
            )
        case HireLeft():
            return HireHasLeft(
                source=ONBOARDING,
                event_id=message_id,
                entity=f"hire/{message.hire_id}",
                occurred_at=message.left_at,
            )
        case AccessRevoked():
            return AccessWasRevoked(
                source=ONBOARDING,
                event_id=message_id,
                entity=f"hire/{message.hire_id}",
                occurred_at=message.revoked_at,
                resource=message.resource,
            )
        case _:
            raise TypeError(f"no figure is made of {message.type}")
