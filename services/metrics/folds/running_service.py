"""One service in one environment: which changes failed, which were rework, what recovered."""

from collections.abc import Sequence
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
from services.metrics.folds.failures import (
    NONE,
    Deployed,
    Failure,
    Incident,
    RolledBack,
    failures,
    incidents_in,
    links,
)
from services.metrics.observations import DeploymentFinished, Outcome

CHANGE: Final = "change"
RECOVERY: Final = "recovery"
INCIDENT: Final = "incident"
COMMIT: Final = "delivery/commit/"


def fold_service(entity: str, observations: Observations) -> tuple[Fact, ...]:
    """A fact for each change that reached it, each that recovered, and each incident."""
    ends = sorted(ends_of(observations), key=lambda each: each.order)
    succeeded = {e.deployment: e for e in ends if e.outcome == Outcome.SUCCEEDED}
    deployments = [_deployed(each) for each in succeeded.values()]
    rollbacks = [
        RolledBack(e.occurred_at, causes_of([e])) for e in ends if e.outcome == Outcome.ROLLED_BACK
    ]
    incidents = incidents_in(observations)
    failed = failures(deployments, rollbacks, incidents)
    return (
        *(_change(entity, each, failed.get(key)) for key, each in succeeded.items()),
        *_recoveries(entity, succeeded, failed),
        *_incidents(entity, deployments, incidents),
    )


def _deployed(end: DeploymentFinished) -> Deployed:
    commit = end.entity.removeprefix(COMMIT)
    names = frozenset({commit} if end.artifact is None else {commit, end.artifact})
    return Deployed(end.deployment, end.occurred_at, names, causes_of([end]))


def _where(end: DeploymentFinished) -> dict[str, str]:
    return {
        "service": end.service,
        "environment": end.environment,
        "production": yes_no(end.production),
    }


def _change(entity: str, end: DeploymentFinished, failure: Failure | None) -> Fact:
    return Fact(
        id=fact_id(entity, CHANGE, end.deployment),
        entity=entity,
        kind=CHANGE,
        at=end.occurred_at,
        dimensions={
            **_where(end),
            "failed": yes_no(failure is not None),
            "method": NONE if failure is None else failure.method,
            "rework": yes_no(end.rework),
        },
        measure=None,
        causes=(*causes_of([end]), *(() if failure is None else failure.causes)),
    )


def _recoveries(
    entity: str, succeeded: dict[str, DeploymentFinished], failed: dict[str, Failure]
) -> list[Fact]:
    return [
        Fact(
            id=fact_id(entity, RECOVERY, key),
            entity=entity,
            kind=RECOVERY,
            at=failure.recovered_at,
            dimensions={**_where(succeeded[key]), "method": failure.method},
            measure=seconds_between(succeeded[key].occurred_at, failure.recovered_at),
            causes=(*causes_of([succeeded[key]]), *failure.causes),
        )
        for key, failure in failed.items()
        if failure.recovered_at is not None
    ]


def _incidents(
    entity: str, deployments: Sequence[Deployed], incidents: Sequence[Incident]
) -> list[Fact]:
    linked = links(deployments, incidents)
    return [
        Fact(
            id=fact_id(entity, INCIDENT, each.key),
            entity=entity,
            kind=INCIDENT,
            at=each.at,
            dimensions={
                "service": each.opened.service,
                "environment": each.opened.environment,
                "production": yes_no(each.opened.production),
                "method": hit[1] if (hit := linked[each.key]) else NONE,
                "linked": yes_no(hit is not None),
            },
            measure=None,
            causes=each.causes,
        )
        for each in incidents
    ]


WHERE: Final = frozenset({"service", "environment", "production"})
SERVICE: Final = Fold(
    kinds={
        CHANGE: WHERE | {"failed", "method", "rework"},
        RECOVERY: WHERE | {"method"},
        INCIDENT: WHERE | {"method", "linked"},
    },
    fold=fold_service,
)
