"""One model: which versions reached production, how good they were, which failed and recovered.

A deployment is a production alias that moves to a version which is not serving yet. A move back
to an earlier version is a rollback, and says that the one it replaced had failed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
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
from services.metrics.folds.failures import (
    NONE,
    Deployed,
    Failure,
    RolledBack,
    failures,
    incidents_in,
)
from services.metrics.observations import (
    MODEL_PURL,
    ModelAliasMoved,
    ModelTrained,
    ModelVersionTagged,
)
from services.metrics.run_metrics import named

DEPLOYMENT: Final = "model_deployment"
LEAD_TIME: Final = "model_lead_time"
RECOVERY: Final = "model_recovery"
PERFORMANCE: Final = "model_performance"
REWORK: Final = "rework"
"""The tag of a version that says it mends what an earlier one broke."""


@dataclass(frozen=True, slots=True)
class Serving:
    """A version that went into production: the move that put it there."""

    version: str
    move: ModelAliasMoved
    key: str


def fold_model(entity: str, observations: Observations) -> tuple[Fact, ...]:
    """The facts of one model."""
    model = entity.partition("/")[2]
    moves = [e for e in observations if isinstance(e, ModelAliasMoved) and e.production]
    serving, rollbacks = _history(moves)
    deployments = [_deployed(model, each) for each in serving]
    failed = failures(deployments, rollbacks, incidents_in(observations))
    trained = {e.version: e for e in observations if isinstance(e, ModelTrained)}
    rework = _rework(observations)
    return (
        *(_deployment(entity, model, e, failed.get(e.key), rework) for e in serving),
        *_lead_times(entity, model, serving, trained),
        *_recoveries(entity, model, serving, failed),
        *(
            fact
            for each in trained.values()
            for fact in _performance(entity, model, each, {e.version for e in serving})
        ),
    )


def _history(moves: Iterable[ModelAliasMoved]) -> tuple[list[Serving], list[RolledBack]]:
    """What went into production, and when it was taken back, in order."""
    serving: list[Serving] = []
    rollbacks: list[RolledBack] = []
    newest: str | None = None
    for move in moves:
        if move.version is None or move.version == newest:
            continue
        if newest is not None and _is_before(move.version, newest):
            rollbacks.append(RolledBack(move.occurred_at, causes_of([move])))
        else:
            serving.append(Serving(move.version, move, f"{move.version}/{len(serving)}"))
        newest = move.version
    return serving, rollbacks


def _is_before(version: str, other: str) -> bool:
    """Versions are counted from 1; where one is no number, nothing is earlier."""
    return version.isdecimal() and other.isdecimal() and int(version) < int(other)


def _deployed(model: str, serving: Serving) -> Deployed:
    artifact = f"{MODEL_PURL}{model}@{serving.version}"
    return Deployed(
        serving.key, serving.move.occurred_at, frozenset({artifact}), causes_of([serving.move])
    )


def _rework(observations: Observations) -> frozenset[str]:
    """The versions that are tagged as rework; the last word counts."""
    said = {
        each.version: each.value
        for each in observations
        if isinstance(each, ModelVersionTagged) and each.tag == REWORK
    }
    return frozenset(v for v, value in said.items() if value not in (None, "false", "no", "0"))


def _deployment(
    entity: str, model: str, serving: Serving, failure: Failure | None, rework: frozenset[str]
) -> Fact:
    return Fact(
        id=fact_id(entity, DEPLOYMENT, serving.key),
        entity=entity,
        kind=DEPLOYMENT,
        at=serving.move.occurred_at,
        dimensions={
            "model": model,
            "failed": yes_no(failure is not None),
            "method": NONE if failure is None else failure.method,
            "rework": yes_no(serving.version in rework),
        },
        measure=None,
        causes=(*causes_of([serving.move]), *(() if failure is None else failure.causes)),
    )


def _lead_times(
    entity: str, model: str, serving: Sequence[Serving], trained: Mapping[str, ModelTrained]
) -> list[Fact]:
    """From the end of the training run until the version first went into production."""
    firsts = {each.version: each for each in reversed(serving)}
    return [
        Fact(
            id=fact_id(entity, LEAD_TIME, version),
            entity=entity,
            kind=LEAD_TIME,
            at=first.move.occurred_at,
            dimensions={"model": model},
            measure=seconds_between(trained[version].occurred_at, first.move.occurred_at),
            causes=causes_of([trained[version], first.move]),
        )
        for version, first in sorted(firsts.items())
        if version in trained and trained[version].occurred_at <= first.move.occurred_at
    ]


def _recoveries(
    entity: str, model: str, serving: Sequence[Serving], failed: Mapping[str, Failure]
) -> list[Fact]:
    return [
        Fact(
            id=fact_id(entity, RECOVERY, each.key),
            entity=entity,
            kind=RECOVERY,
            at=failure.recovered_at,
            dimensions={"model": model, "method": failure.method},
            measure=seconds_between(each.move.occurred_at, failure.recovered_at),
            causes=(*causes_of([each.move]), *failure.causes),
        )
        for each in serving
        if (failure := failed.get(each.key)) is not None and failure.recovered_at is not None
    ]


def _performance(entity: str, model: str, trained: ModelTrained, served: set[str]) -> list[Fact]:
    """What the run measured, at the moment it ended, under the names that KPIs know."""
    return [
        Fact(
            id=fact_id(entity, PERFORMANCE, trained.version, metric),
            entity=entity,
            kind=PERFORMANCE,
            at=trained.occurred_at,
            dimensions={
                "model": model,
                "metric": metric,
                "served": yes_no(trained.version in served),
            },
            measure=value,
            causes=causes_of([trained]),
        )
        for metric, value in sorted(named(trained.metrics).items())
    ]


MODEL: Final = Fold(
    kinds={
        DEPLOYMENT: frozenset({"model", "failed", "method", "rework"}),
        LEAD_TIME: frozenset({"model"}),
        RECOVERY: frozenset({"model", "method"}),
        PERFORMANCE: frozenset({"model", "metric", "served"}),
    },
    fold=fold_model,
)
