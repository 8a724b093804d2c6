"""Observations for tests, short to write."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from libs.common.projection import Received
from services.metrics.data_runs import DataRunEnded, DataRunStarted, DatasetResult
from services.metrics.experiments import ExperimentDecided, ExperimentStarted, Verdict
from services.metrics.figures import Cell, compute_all
from services.metrics.folds import fold_all
from services.metrics.kpi import Definition
from services.metrics.observations import (
    ChangeMerged,
    DeploymentFinished,
    HireBecameReady,
    HireStatusWas,
    HireWasAnnounced,
    IncidentOpened,
    IncidentResolved,
    LatencyMeasured,
    ModelAliasMoved,
    ModelTrained,
    ModelVersionTagged,
    Moment,
    Observation,
    Outcome,
    Retracted,
    running,
)
from services.metrics.return_lines import Method, ReturnLineEntered
from services.metrics.survey_releases import ReleasedSum, SurveyReleased

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


def stood(hire: str, status: str, position: int, *, at: Moment = MONDAY) -> HireStatusWas:
    return HireStatusWas(
        source="onboarding",
        event_id=f"stands {status} {hire} {at:%d}",
        entity=f"hire/{hire}",
        occurred_at=at,
        position=position,
        status=status,
    )


def opened(
    event_id: str,
    *,
    service: str = "ranking",
    environment: str = "production",
    artifact: str | None = None,
    at: Moment = MONDAY,
) -> IncidentOpened:
    return IncidentOpened(
        source="pager",
        event_id=event_id,
        entity=running(environment, service),
        occurred_at=at,
        incident=f"incident of {event_id}",
        service=service,
        environment=environment,
        production=environment == "production",
        artifact=artifact,
    )


def resolved(event_id: str, told: IncidentOpened, *, at: Moment) -> IncidentResolved:
    return IncidentResolved(
        source=told.source,
        event_id=event_id,
        entity=told.entity,
        occurred_at=at,
        incident=told.incident,
        artifact=told.artifact,
    )


def moved(
    model: str, version: str | None, *, alias: str = "champion", at: Moment = MONDAY
) -> ModelAliasMoved:
    return ModelAliasMoved(
        source="mlflow",
        event_id=f"{model}/{alias}/{version}@{at.isoformat()}",
        entity=f"model/{model}",
        occurred_at=at,
        alias=alias,
        production=alias == "champion",
        version=version,
    )


def trained(
    model: str, version: str, *, at: Moment = MONDAY, metrics: Mapping[str, str] | None = None
) -> ModelTrained:
    return ModelTrained(
        source="mlflow",
        event_id=f"run of {model}/{version}",
        entity=f"model/{model}",
        occurred_at=at,
        version=version,
        run=f"run of {version}",
        metrics={name: Decimal(value) for name, value in (metrics or {}).items()},
    )


def tagged(model: str, version: str, value: str = "true", *, at: Moment) -> ModelVersionTagged:
    return ModelVersionTagged(
        source="mlflow",
        event_id=f"tag of {model}/{version}@{at.isoformat()}",
        entity=f"model/{model}",
        occurred_at=at,
        version=version,
        tag="rework",
        value=value,
    )


def measured(
    event_id: str, *, service: str, at: Moment, counts: Mapping[int, int]
) -> LatencyMeasured:
    return LatencyMeasured(
        source="mlops",
        event_id=event_id,
        entity=f"latency/production/{service}/{at:%Y-%m-%dT%H}",
        occurred_at=at,
        service=service,
        environment="production",
        counts=counts,
    )


def began(
    event_id: str, *, experiment: str = "1", team: str = "ranking", at: Moment = MONDAY
) -> ExperimentStarted:
    return ExperimentStarted(
        source="mlops",
        event_id=event_id,
        entity=f"experiment/ab/{experiment}",
        occurred_at=at,
        team=team,
    )


def decided(
    event_id: str,
    *,
    experiment: str = "1",
    team: str = "ranking",
    verdict: Verdict = Verdict.SHIPPED,
    at: Moment = MONDAY,
) -> ExperimentDecided:
    return ExperimentDecided(
        source="mlops",
        event_id=event_id,
        entity=f"experiment/ab/{experiment}",
        occurred_at=at,
        team=team,
        verdict=verdict,
    )


def run_started(event_id: str, *, run: str = "1", at: Moment = MONDAY) -> DataRunStarted:
    return DataRunStarted(
        source="mlops",
        event_id=event_id,
        entity=f"data-run/dq/{run}",
        occurred_at=at,
        pipeline="features",
    )


def run_ended(
    event_id: str, *, run: str = "1", failed: int = 0, rows: int = 100, at: Moment = MONDAY
) -> DataRunEnded:
    """A run of ten checks over what should be a hundred orders."""
    result = DatasetResult(dataset="orders", checks=10, failed=failed, rows=rows, expected_rows=100)
    return DataRunEnded(
        source="mlops",
        event_id=event_id,
        entity=f"data-run/dq/{run}",
        occurred_at=at,
        pipeline="features",
        results=(result,),
    )


def entered(
    event_id: str,
    *,
    amount: str = "lease",
    line: str = "",
    mid: int = 1000,
    method: Method = Method.MEASURED,
    attributable: bool = True,
    at: Moment = MONDAY,
    **changes: Any,
) -> ReturnLineEntered:
    """A line of the ledger that saved an amount, give or take ten."""
    said: dict[str, Any] = {
        "source": "mlops",
        "event_id": event_id,
        "entity": f"return/{amount}",
        "occurred_at": at,
        "line": line or event_id,
        "amount": amount,
        "title": "What was saved",
        "category": "real_estate",
        "owner": "finance",
        "begins": date(2026, 10, 1),
        "ends": date(2026, 12, 31),
        "method": method,
        "compared": {"who": "Berlin", "baseline": 5000, "actual": 5000 - mid},
        "comparison": {"who": "Porto", "baseline": 7, "actual": 7},
        "estimate": {"low": mid - 10, "mid": mid, "high": mid + 10},
        "attributable": attributable,
        "assumptions": ("As in the year before",),
    }
    return ReturnLineEntered.model_validate({**said, **changes})


def surveyed(
    event_id: str,
    *,
    wave: str = "1",
    answers: tuple[int, int, int] = (5, 5, 0),
    at: Moment = MONDAY,
) -> SurveyReleased:
    """A wave of one group: promoters, passives and detractors."""
    promoters, passives, detractors = answers
    group = ReleasedSum(
        group="ranking", promoters=promoters, passives=passives, detractors=detractors
    )
    return SurveyReleased(
        source="mlops",
        event_id=event_id,
        entity=f"survey/{wave}",
        occurred_at=at,
        wave=wave,
        sums=(group,),
    )


def taken_back(event_id: str, replaces: str, *, at: Moment = MONDAY) -> Retracted:
    """An event of the front door of MLOps tools did not happen after all."""
    return Retracted(
        source="mlops",
        event_id=event_id,
        entity=f"retraction/{event_id}",
        occurred_at=at,
        replaces=replaces,
    )


def received(observation: Observation, *, at: Moment = MONDAY) -> Received[Observation]:
    """An observation as the kernel hands it over."""
    return Received(observation.event_id, at, observation)


def figures_from(
    definition: Definition, observations: list[Observation]
) -> dict[tuple[str, str], Decimal | None]:
    """Every figure that observations come to, in memory, by bucket and group."""
    return {
        (str(each.cell.bucket), each.cell.group): each.value
        for each in compute_all([definition], fold_all(observations))
    }


def cell(kpi: str, bucket: datetime, group: str = "all") -> Cell:
    dimension, _, member = group.partition("=")
    return Cell(kpi, bucket.date(), dimension, member or "all")
