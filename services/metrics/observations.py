"""What metrics is told, in its own words: one frozen value for each thing that was observed.

Sources translate what their senders say into these; the event log keeps them for good, and every
figure can be recomputed from them alone. An observation never changes: whoever was wrong sends
another one that replaces it, or takes it back.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Final, NamedTuple, Self

from pydantic import AfterValidator, AwareDatetime, StringConstraints, model_validator

from libs.common.message import Command

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)


def _to_utc(moment: datetime) -> datetime:
    if not EARLIEST <= moment < LATEST:
        raise ValueError(f"must be between {EARLIEST.year} and {LATEST.year}")
    return moment.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_to_utc)]
"""A moment with its offset, turned into UTC; a year that can only be a mistake is refused."""

# Control characters are refused because PostgreSQL cannot store the first of them.
Name = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=200)]
LongName = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=500)]


class EventName(NamedTuple):
    """What tells one observation from every other: its source, and the sender's own id in it."""

    source: str
    event_id: str


class Observation(Command):
    """Something that was observed, at a moment, about one entity.

    `entity` names what is folded together, such as everything about one commit; the part before
    its first slash names the fold. `occurred_at` is when it happened, never when it arrived;
    where the sender orders events of one instant, `position` says how. `replaces` is the event
    id, of the same source, that this observation corrects.
    """

    rank: ClassVar[int] = 0

    source: Name
    event_id: LongName
    entity: LongName
    occurred_at: Moment
    position: int = 0
    replaces: LongName | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        KINDS[cls.type] = cls

    @model_validator(mode="after")
    def _replaces_another(self) -> Self:
        if self.replaces == self.event_id:
            raise ValueError("an event cannot replace itself")
        return self

    @property
    def name(self) -> EventName:
        """The key of this observation in the event log."""
        return EventName(self.source, self.event_id)

    @property
    def replaced(self) -> EventName | None:
        """The observation that this one corrects or takes back."""
        return None if self.replaces is None else EventName(self.source, self.replaces)

    @property
    def order(self) -> tuple[datetime, int, int, str, str]:
        """Where it stands among the observations of its entity, whenever it arrived."""
        return (self.occurred_at, self.rank, self.position, self.source, self.event_id)


KINDS: Final[dict[str, type[Observation]]] = {}
"""Every kind of observation by the name under which the event log keeps it."""


class Outcome(StrEnum):
    """How a deployment ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    ROLLED_BACK = "rolled_back"
    REMOVED = "removed"


class ChangeMerged(Observation):
    """A change entered the line that production is deployed from."""

    change: LongName
    repository: Name
    opened_at: Moment | None = None


class DeploymentStarted(Observation):
    """A deployment was asked for."""

    rank = 1

    deployment: LongName
    service: Name
    environment: Name
    production: bool


class DeploymentFinished(Observation):
    """A deployment ended, one way or the other; a later end of the same deployment counts."""

    rank = 2

    deployment: LongName
    service: Name
    environment: Name
    production: bool
    outcome: Outcome


class HireWasAnnounced(Observation):
    """The line was told of a hire."""

    jurisdiction: Name
    engagement: Name


class HireBecameReady(Observation):
    """The line got a hire ready to work."""

    rank = 1

    announced_at: Moment


class HireHasLeft(Observation):
    """The last day of somebody is over."""

    rank = 2


class AccessWasRevoked(Observation):
    """Somebody can no longer use a resource, as read back from the system that guards it."""

    rank = 3

    resource: Name


class Retracted(Observation):
    """What `replaces` names did not happen after all."""

    @model_validator(mode="after")
    def _replaces_something(self) -> Self:
        if self.replaces is None:
            raise ValueError("a retraction must name the event that it takes back")
        return self
