"""CloudEvents of our own: what every one of them says, and how one corrects or takes back another.

`replaces` of the data is the id of an earlier event of the same CloudEvents source that this one
corrects; an `observation.retracted.v1` takes it back.
"""

from datetime import datetime
from typing import Final, Generic, TypedDict, TypeVar

from services.metrics.observations import Moment, Name, Retracted
from services.metrics.sources.reading import Payload

RETRACTED: Final = "observation.retracted.v1"


class Said(Payload):
    """What the data of every event of ours has: when it happened, and what it corrects."""

    at: Moment
    replaces: Name | None = None


D = TypeVar("D", bound=Said)


class Told(TypedDict):
    """What an event says beside its subject, in the words of an observation."""

    source: str
    event_id: str
    entity: str
    occurred_at: datetime
    replaces: str | None


class OwnEvent(Payload, Generic[D]):
    """A CloudEvent; source and id together name it."""

    id: Name
    source: Name
    data: D

    def told(self, door: str, entity: str) -> Told:
        """The event as one about an entity, told at a front door."""
        corrects = self.data.replaces
        return Told(
            source=door,
            event_id=self._named(self.id),
            entity=entity,
            occurred_at=self.data.at,
            replaces=None if corrects is None else self._named(corrects),
        )

    def _named(self, event: str) -> str:
        return f"{self.source}#{event}"


def read_retraction(door: str, content: object) -> Retracted:
    """An event of ours, of whatever type, did not happen after all."""
    said = OwnEvent[Said].model_validate(content)
    return Retracted(**said.told(door, f"retraction/{said.source}#{said.id}"))
