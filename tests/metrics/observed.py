"""Observations for tests, short to write."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from libs.common.projection import Received
from services.metrics.figures import Cell, compute_all
from services.metrics.folds import fold_entity
from services.metrics.kpi import Definition
from services.metrics.observations import (
    ChangeMerged,
    DeploymentFinished,
    HireBecameReady,
    HireWasAnnounced,
    Moment,
    Observation,
    Outcome,
    Retracted,
)

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def deployed(  # noqa: PLR0913  # each has a default
    event_id: str,
    *,
    commit: str = "1",
    deployment: str | None = None,
    service: str = "ranking",
    environment: str = "production",
    outcome: Outcome = Outcome.SUCCEEDED,
    at: Moment = MONDAY,
    replaces: str | None = None,
) -> DeploymentFinished:
    return DeploymentFinished(
        source="github",
        event_id=event_id,
        entity=f"delivery/commit/{commit}",
        occurred_at=at,
        replaces=replaces,
        deployment=deployment or event_id,
        service=service,
        environment=environment,
        production=environment == "production",
        outcome=outcome,
    )


def merged(
    event_id: str,
    *,
    commit: str = "1",
    change: str | None = None,
    at: Moment = MONDAY - HOUR,
    replaces: str | None = None,
) -> ChangeMerged:
    return ChangeMerged(
        source="github",
        event_id=event_id,
        entity=f"delivery/commit/{commit}",
        occurred_at=at,
        replaces=replaces,
        change=change or f"change of {commit}",
        repository="acme/ranking",
    )


def retracted(event_id: str, replaces: str, *, commit: str = "1", at: Moment = MONDAY) -> Retracted:
    return Retracted(
        source="github",
        event_id=event_id,
        entity=f"delivery/commit/{commit}",
        occurred_at=at,
        replaces=replaces,
    )


def announced(
    hire: str, *, jurisdiction: str = "PT", at: Moment = MONDAY - 2 * DAY
) -> HireWasAnnounced:
    return HireWasAnnounced(
        source="onboarding",
        event_id=f"announced {hire} {at:%d}",
        entity=f"hire/{hire}",
        occurred_at=at,
        jurisdiction=jurisdiction,
        engagement="employee",
    )


def ready(hire: str, *, since: Moment = MONDAY - 2 * DAY, at: Moment = MONDAY) -> HireBecameReady:
    return HireBecameReady(
        source="onboarding",
        event_id=f"ready {hire} {at:%d}",
        entity=f"hire/{hire}",
        occurred_at=at,
        announced_at=since,
    )


def received(observation: Observation, *, at: Moment = MONDAY) -> Received[Observation]:
    """An observation as the kernel hands it over."""
    return Received(observation.event_id, at, observation)


def figures_from(
    definition: Definition, observations: list[Observation]
) -> dict[tuple[str, str], Decimal | None]:
    """Every figure that observations come to, in memory, by bucket and group."""
    replaced = {each.replaced for each in observations}
    standing = [each for each in observations if each.name not in replaced]
    entities = sorted({each.entity for each in standing})
    facts = [
        fact
        for entity in entities
        for fact in fold_entity(entity, [each for each in standing if each.entity == entity])
    ]
    return {
        (str(each.cell.bucket), each.cell.group): each.value
        for each in compute_all([definition], facts)
    }


def cell(kpi: str, bucket: datetime, group: str = "all") -> Cell:
    dimension, _, member = group.partition("=")
    return Cell(kpi, bucket.date(), dimension, member or "all")
