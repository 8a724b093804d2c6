"""What metrics is told, in its own words: one frozen value for each thing that was observed.

Sources translate what their senders say into these; the event log keeps them for good, and every
figure can be recomputed from them alone. An observation never changes: whoever was wrong sends
another one that replaces it, or takes it back.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Final, NamedTuple, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    Field,
    PositiveInt,
    StringConstraints,
    model_validator,
)

from libs.common.message import Command

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)
MODEL_PURL: Final = "pkg:mlflow/"


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
    def also(self) -> str | None:
        """A second entity that this is about, or none."""
        return None

    @property
    def entities(self) -> tuple[str, ...]:
        """All that it is about."""
        return (self.entity,) if self.also is None else (self.entity, self.also)

    @property
    def order(self) -> tuple[datetime, int, int, str, str]:
        """Where it stands among the observations of its entity, whenever it arrived."""
        return (self.occurred_at, self.rank, self.position, self.source, self.event_id)


KINDS: Final[dict[str, type[Observation]]] = {}
"""Every kind of observation by the name under which the event log keeps it."""


def running(environment: str, service: str) -> str:
    """The entity of what is deployed as one service in one environment, and goes wrong there."""
    return f"service/{environment}/{service}"


def model_named(artifact: str | None) -> str | None:
    """The entity of the model that a package URL names, if it names one."""
    if artifact is None or not artifact.startswith(MODEL_PURL):
        return None
    return f"model/{artifact.removeprefix(MODEL_PURL).rpartition('@')[0]}"


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
    """A deployment ended, one way or the other; a later end of the same deployment counts.

    `artifact` is what was deployed, as its sender names it; `rework` says that it was not planned
    but is to mend what an earlier one broke.
    """

    rank = 2

    deployment: LongName
    service: Name
    environment: Name
    production: bool
    outcome: Outcome
    artifact: LongName | None = None
    rework: bool = False

    @property
    def also(self) -> str:
        """What runs where: incidents there are linked to its deployments."""
        return running(self.environment, self.service)


class IncidentOpened(Observation):
    """Something went wrong, or did so again; `artifact` is blamed for it by name.

    An artifact is a commit, a package URL, or a model's version as `pkg:mlflow/name@version`.
    """

    rank = 3

    incident: LongName
    service: Name
    environment: Name
    production: bool
    artifact: LongName | None = None

    @property
    def also(self) -> str | None:
        """The model that is blamed."""
        return model_named(self.artifact)


class IncidentResolved(Observation):
    """It is over, until it is opened again; `artifact` is what mended it."""

    rank = 4

    incident: LongName
    artifact: LongName | None = None

    @property
    def also(self) -> str | None:
        """The model that was mended."""
        return model_named(self.artifact)


class ModelVersionRegistered(Observation):
    """A registry took a version of a model; `run` is the training run that made it."""

    version: Name
    run: Name | None = None


class ModelTrained(Observation):
    """The run that made a version ended, with these metrics by the names of its author."""

    rank = 1

    version: Name
    run: Name
    metrics: Mapping[Name, Decimal] = Field(default_factory=dict[str, Decimal])


class ModelVersionTagged(Observation):
    """A version has a tag from now on; None takes it away."""

    rank = 2

    version: Name
    tag: Name
    value: str | None = None


class ModelAliasMoved(Observation):
    """An alias of a model points at another version from now on; None: at none."""

    rank = 3

    alias: Name
    production: bool
    version: Name | None = None


class LatencyMeasured(Observation):
    """How long answers took within some time: a DDSketch, by bucket index (`ddsketch`)."""

    service: Name
    environment: Name
    counts: Mapping[int, PositiveInt] = Field(min_length=1)


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


class HireStatusWas(Observation):
    """A hire stands elsewhere in its life; `position` orders changes of one moment."""

    rank = 4

    status: Name


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
