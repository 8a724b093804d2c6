"""What the demo's pipelines tell comes to the key result that goes off course, and to no other."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from farhand.demo import data_runs, experiments, models, return_lines
from farhand.demo.pipelines import planned, shipped
from farhand.demo.product_time import BEGINS, LASTS
from libs.common.contracts.metrics import KeyResultOffCourse, KeyResultStatus
from services.metrics.course_correction import appraise
from services.metrics.kpi import by_name, load_definitions
from services.metrics.observations import Observation
from services.metrics.okr import KeyResult, load_key_results
from services.metrics.sources.cdevents import CDEvents
from services.metrics.sources.github import GitHub
from services.metrics.sources.growthbook import GrowthBook
from services.metrics.sources.mlflow import MLflow
from services.metrics.sources.mlops import Mlops
from services.metrics.steering import Kept, armed_on, steer
from tests.metrics.observed import figures_from

DEFINITIONS = by_name(load_definitions())
KEY_RESULTS = {each.name: each for each in load_key_results(DEFINITIONS.values())}
READERS = {"github": GitHub(), "cdevents": CDEvents()}
DAY = timedelta(days=1)


def told(seed: int, until: datetime) -> list[Observation]:
    """What has been delivered up to a moment."""
    deliveries = sorted(planned(shipped(seed, BEGINS, LASTS), seed))
    bodies = [(each.source, each.body) for each in deliveries if each.at <= until]
    return [said for source, body in bodies for said in READERS[source].read(body)]


def figures(key_result: KeyResult, observations: Sequence[Observation]) -> dict[str, Decimal]:
    found = figures_from(DEFINITIONS[key_result.kpi], list(observations))
    return {
        bucket: value
        for (bucket, group), value in found.items()
        if group == key_result.group and value is not None
    }


def lived(key_result: KeyResult, seed: int) -> list[tuple[int, KeyResultStatus, bool]]:
    """Day by day: how it stands, and whether its owner was asked to decide."""
    kept: Kept | None = None
    days: list[tuple[int, KeyResultStatus, bool]] = []
    for day in range(1, LASTS.days + 1):
        now = datetime(2026, 3, 2, tzinfo=UTC) + day * DAY
        known = {
            datetime.fromisoformat(bucket).date(): value
            for bucket, value in figures(key_result, told(seed, now)).items()
        }
        said = appraise(key_result, known, now, armed_on(kept))
        steered = steer(key_result, kept, said, now)
        kept = steered.kept
        asks = any(isinstance(each, KeyResultOffCourse) for each in steered.events)
        days.append((day, said.status, asks))
    return days


@pytest.mark.parametrize("seed", range(1, 5))
def test_ranking_leaves_its_path_and_its_owner_is_asked_once_a_review(seed: int) -> None:
    days = lived(KEY_RESULTS["ranking-lead-time"], seed)
    asked = [day for day, _, asks in days if asks]
    assert asked, days
    assert 6 <= asked[0] <= 11
    assert all(later - earlier >= 7 for earlier, later in pairwise(asked))
    assert KeyResultStatus.STALE not in {status for _, status, _ in days}


@pytest.mark.parametrize("seed", range(1, 5))
def test_no_other_team_is_off_course_by_the_same_measure(seed: int) -> None:
    for service in ("acme/search", "acme/speech"):
        other = KEY_RESULTS["ranking-lead-time"].model_copy(
            update={"group": f"service={service}", "stale_after": 14}
        )
        assert not any(asks for _, _, asks in lived(other, seed)), service


def test_what_was_corrected_counts_at_its_own_time() -> None:
    deliveries = list(planned(shipped(1, BEGINS, LASTS), 1))
    corrected = [each for each in deliveries if b"CORRECTS" in each.body]
    assert len(corrected) == 3
    assert len(deliveries) == len({(each.source, each.name) for each in deliveries}) + 3


def test_a_model_is_rolled_back_and_an_incident_reopened() -> None:
    readers = {"mlflow": MLflow(), "cdevents": CDEvents()}
    deliveries = sorted(models.planned(BEGINS))
    observations = [o for each in deliveries for o in readers[each.source].read(each.body)]
    served = figures_from(DEFINITIONS["model-deployment-frequency"], observations)
    assert {bucket: value for (bucket, group), value in served.items() if group == "all"} == {
        "2026-03-02": 2,
        "2026-03-09": 2,
    }
    failed = figures_from(DEFINITIONS["model-change-fail-rate"], observations)
    assert failed["2026-03-02", "all"] == Decimal("0.5")
    assert figures_from(DEFINITIONS["incidents"], observations)["2026-03-02", "all"] == 1


def test_experiments_are_decided_with_one_verdict_corrected_and_one_start_told_late() -> None:
    readers = {"mlops": Mlops(), "growthbook": GrowthBook()}
    deliveries = sorted(experiments.planned(BEGINS))
    observations = [o for each in deliveries for o in readers[each.source].read(each.body)]
    started = figures_from(DEFINITIONS["experiments"], observations)
    assert started["2026-03-02", "all"] == 8
    shipped = figures_from(DEFINITIONS["experiment-success-rate"], observations)
    assert shipped["2026-03-02", "all"] == Decimal("0.6")
    assert shipped["2026-03-02", "team=speech"] == 1


def test_one_day_of_data_is_bad_and_another_was_only_told_as_such() -> None:
    deliveries = sorted(data_runs.planned(1, BEGINS))
    observations = [o for each in deliveries for o in Mlops().read(each.body)]
    errors = figures_from(DEFINITIONS["data-errors"], observations)
    wrong = {bucket for (bucket, group), share in errors.items() if group == "all" and share}
    assert wrong == {"2026-03-10"}
    coverage = figures_from(DEFINITIONS["data-coverage"], observations)
    assert coverage["2026-03-10", "all"] == Decimal("0.9")
    time = figures_from(DEFINITIONS["data-processing-time-p90"], observations)
    assert len({bucket for bucket, group in time if group == "pipeline=acme/speech-corpus"}) == 13


def test_the_ledger_counts_the_rent_once_and_leaves_the_revenue_open() -> None:
    deliveries = sorted(return_lines.planned(BEGINS))
    observations = [o for each in deliveries for o in Mlops().read(each.body)]
    returned = figures_from(DEFINITIONS["return-on-remote-work"], observations)
    assert returned["2026-01-01", "all"] == Decimal("106249.6")
    open_ = figures_from(DEFINITIONS["return-not-attributable"], observations)
    assert open_["2026-01-01", "all"] == 240000
