"""Everything about one thing on its way to production: a commit, or a pipeline's chain.

A change and a deployment meet here because both name the same commit or chain. Without the
repository's history no more can be known, so a deployment that carries several changes is linked
to the one it names, and `traced` tells how many deployments were linked at all.
"""

from collections.abc import Iterable
from typing import Final

from services.metrics.facts import (
    Fact,
    Fold,
    Observations,
    causes_of,
    fact_id,
    seconds_between,
    yes_no,
)
from services.metrics.folds.deployment_ends import ends_of
from services.metrics.observations import ChangeMerged, DeploymentFinished, Outcome

DEPLOYMENT: Final = "deployment"
LEAD_TIME: Final = "lead_time"


def fold_delivery(entity: str, observations: Observations) -> tuple[Fact, ...]:
    """A fact for each deployment, and one for each change that reached an environment."""
    # The last word on a change wins, as it does for a deployment.
    changes = {each.change: each for each in observations if isinstance(each, ChangeMerged)}
    ends = ends_of(observations)
    return (
        *(_deployment(entity, end, changes.values()) for end in ends),
        *(
            _lead_time(entity, change, first)
            for change in changes.values()
            for first in _first_arrivals(change, ends)
        ),
    )


def _deployment(entity: str, end: DeploymentFinished, changes: Iterable[ChangeMerged]) -> Fact:
    carried = [each for each in changes if each.occurred_at <= end.occurred_at]
    return Fact(
        id=fact_id(entity, DEPLOYMENT, end.deployment),
        entity=entity,
        kind=DEPLOYMENT,
        at=end.occurred_at,
        dimensions={
            "service": end.service,
            "environment": end.environment,
            "production": yes_no(end.production),
            "outcome": end.outcome.value,
            "traced": yes_no(bool(carried)),
        },
        measure=None,
        causes=causes_of([end]),
    )


def _first_arrivals(
    change: ChangeMerged, ends: Iterable[DeploymentFinished]
) -> list[DeploymentFinished]:
    """The first success after the merge, for each service and environment it went to."""
    firsts: dict[tuple[str, str], DeploymentFinished] = {}
    for end in sorted(ends, key=lambda each: each.order):
        if end.outcome == Outcome.SUCCEEDED and end.occurred_at >= change.occurred_at:
            firsts.setdefault((end.service, end.environment), end)
    return list(firsts.values())


def _lead_time(entity: str, change: ChangeMerged, first: DeploymentFinished) -> Fact:
    return Fact(
        id=fact_id(entity, LEAD_TIME, change.change, first.service, first.environment),
        entity=entity,
        kind=LEAD_TIME,
        at=first.occurred_at,
        dimensions={
            "service": first.service,
            "environment": first.environment,
            "production": yes_no(first.production),
            "repository": change.repository,
        },
        measure=seconds_between(change.occurred_at, first.occurred_at),
        causes=causes_of([change, first]),
    )


DELIVERY: Final = Fold(
    kinds={
        DEPLOYMENT: frozenset({"service", "environment", "production", "outcome", "traced"}),
        LEAD_TIME: frozenset({"service", "environment", "production", "repository"}),
    },
    fold=fold_delivery,
)
