"""Every key result stands as its worked examples say, and a bad objective says what is wrong."""

from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from services.metrics.course_correction import appraise
from services.metrics.kpi import DefinitionError, load_definitions
from services.metrics.okr import FOLDER, Example, KeyResult, load_key_results

DEFINITIONS = load_definitions()
KEY_RESULTS = load_key_results(DEFINITIONS)
RANKING = (FOLDER / "2026-ranking.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("key_result", "example"),
    [
        pytest.param(each, example, id=f"{each.name}: {example.says}")
        for each in KEY_RESULTS
        for example in each.examples
    ],
)
def test_a_key_result_stands_as_its_worked_example_says(
    key_result: KeyResult, example: Example
) -> None:
    figures = {bucket: value * key_result.scale for bucket, value in example.figures.items()}
    on = datetime.combine(example.as_of, time(), key_result.zone).astimezone(UTC)
    assert appraise(key_result, figures, on).status == example.status


def test_what_stands_once_is_shared_by_every_key_result() -> None:
    assert {(each.team, each.owner.value, each.timezone) for each in KEY_RESULTS} == {
        ("ranking", "manager", "UTC")
    }


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        pytest.param("end: 2026-05-31", "end: 2026-03-01", "start must be before", id="backwards"),
        pytest.param("target: 6", "target: 7", "must differ", id="nothing to reach"),
        pytest.param("    baseline: 7\n", "", "baseline and target are needed", id="no baseline"),
        pytest.param(
            "path: {kind: linear}",
            "path: {kind: band, low: 5, high: 7}",
            "a band has no baseline",
            id="a band with a target",
        ),
        pytest.param("kind: linear", "kind: straight", "path", id="no such path"),
        pytest.param("kpi: lead-time-for-changes-day", "kpi: speed", "no KPI speed", id="no KPI"),
        pytest.param("cadence: day", "cadence: week", "for each day", id="another cadence"),
        pytest.param("service=acme", "team=acme", "no dimension team", id="no such dimension"),
        pytest.param("spread: 3", "spread: 0", "spread", id="no scatter at all"),
        pytest.param("owner: manager", "owner: nobody", "owner", id="nobody decides"),
        pytest.param("name: ranking-traced", "name: Ranking", "name", id="not a slug"),
        pytest.param(
            "ranking-traced-deployments", "ranking-lead-time", "defined twice", id="twice"
        ),
        pytest.param("decide: Free", "decides: Free", "decide", id="a misspelt key"),
        pytest.param("key_results:", "key_results: [", "is not YAML", id="not YAML"),
        pytest.param("objective: Ranking", "- Ranking", "is not YAML", id="a list"),
    ],
)
def test_an_objective_that_cannot_be_used_names_file_and_place(
    tmp_path: Path, right: str, wrong: str, says: str
) -> None:
    assert right in RANKING
    (tmp_path / "ranking.yaml").write_text(RANKING.replace(right, wrong, 1), encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"^ranking\.yaml") as refused:
        load_key_results(DEFINITIONS, tmp_path)
    assert says in str(refused.value)


def test_an_objective_without_key_results_is_refused(tmp_path: Path) -> None:
    head = RANKING.partition("key_results:")[0]
    (tmp_path / "ranking.yaml").write_text(head + "key_results: []\n", encoding="utf-8")
    with pytest.raises(DefinitionError, match="key_results"):
        load_key_results(DEFINITIONS, tmp_path)
