"""The front door of MLOps tools: what is made of the events of our own and of OpenLineage's."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from libs.common.intake import Unreadable
from services.metrics.facts import Countable
from services.metrics.folds import fold_all
from services.metrics.observations import Observation
from services.metrics.sources.mlops import OWN, Mlops

MLOPS = Mlops()
PAYLOADS = Path(__file__).parent / "payloads"
AT = "2026-11-23T09:00:00Z"

DATA: dict[str, dict[str, Any]] = {
    "inference.latency.v1": {"service": "scoring", "milliseconds": [9.5, 12, 250]},
    "experiment.started.v1": {"experiment": "short-answers", "team": "search"},
    "experiment.decided.v1": {
        "experiment": "short-answers",
        "team": "search",
        "verdict": "shipped",
    },
    "data.checked.v1": {
        "run": "r1",
        "pipeline": "features",
        "datasets": [{"dataset": "orders", "checks": 10, "failed": 1}],
    },
    "return.line.v1": {
        "line": "lease-2026-4",
        "amount": "lease-berlin",
        "title": "Office in Berlin given back",
        "category": "real_estate",
        "owner": "finance",
        "begins": "2026-10-01",
        "ends": "2026-12-31",
        "method": "measured",
        "compared": {"who": "Berlin", "baseline": "90000", "actual": "30000.50"},
        "estimate": {"low": "59000", "mid": "59999.50", "high": "60000"},
    },
    "observation.retracted.v1": {"replaces": "earlier"},
}


def event(kind: str, id_: str = "1", **data: Any) -> dict[str, Any]:
    said = {"at": AT, **DATA[kind], **data}
    return {"specversion": "1.0", "id": id_, "source": "/acme/tools", "type": kind, "data": said}


def read(*contents: dict[str, Any]) -> list[Observation]:
    return [said for each in contents for said in MLOPS.read(json.dumps(each).encode())]


def payload(what: str) -> dict[str, Any]:
    return json.loads((PAYLOADS / f"openlineage_run_event_{what}.json").read_text(encoding="utf-8"))


def of_kind(kind: str, observations: list[Observation]) -> list[Countable]:
    return [each for each in fold_all(observations) if each.kind == kind]


@pytest.mark.parametrize("kind", sorted(OWN))
def test_every_type_of_our_own_is_one_observation_under_its_source_and_id(kind: str) -> None:
    (said,) = read(event(kind))
    assert said.name == ("mlops", "/acme/tools#1")
    assert said.occurred_at.isoformat() == "2026-11-23T09:00:00+00:00"


@pytest.mark.parametrize("kind", sorted(OWN.keys() - {"observation.retracted.v1"}))
def test_every_type_can_be_corrected_and_taken_back(kind: str) -> None:
    told = event(kind)
    assert fold_all(read(told))
    moved = "2026-11-24T09:00:00Z"
    corrected = event(kind, "2", at=moved, replaces="1")
    assert {
        cause.event_id for each in fold_all(read(told, corrected)) for cause in each.causes
    } == {"/acme/tools#2"}
    assert fold_all(read(event("observation.retracted.v1", "3", replaces="1"), told)) == ()


def test_a_correction_is_of_its_own_sender_only() -> None:
    other = {**event("experiment.started.v1", "2", replaces="1"), "source": "/other"}
    assert len(fold_all(read(event("experiment.started.v1"), other))) == 2


@pytest.mark.parametrize(
    ("kind", "data", "says"),
    [
        pytest.param(
            "inference.latency.v1", {"milliseconds": []}, "either counts or", id="no latency"
        ),
        pytest.param(
            "inference.latency.v1", {"counts": {"1": 1}}, "either counts or", id="both forms"
        ),
        pytest.param(
            "inference.latency.v1", {"milliseconds": [0]}, "greater than 0", id="no time at all"
        ),
        pytest.param("inference.latency.v1", {"at": "soon"}, "data.at", id="no moment"),
        pytest.param("experiment.decided.v1", {"verdict": "won"}, "data.verdict", id="no verdict"),
        pytest.param(
            "data.checked.v1",
            {"datasets": [{"dataset": "orders", "checks": 1, "failed": 2}]},
            "more than checks",
            id="more failures than checks",
        ),
        pytest.param(
            "data.checked.v1",
            {"datasets": [{"dataset": "orders", "rows": 2}]},
            "expected_rows go together",
            id="rows of nobody knows how many",
        ),
        pytest.param(
            "data.checked.v1",
            {"datasets": [{"dataset": "orders"}] * 2},
            "twice",
            id="a dataset twice",
        ),
        pytest.param(
            "data.checked.v1", {"started_at": "2026-11-24T09:00:00Z"}, "began", id="backwards"
        ),
        pytest.param("observation.retracted.v1", {"replaces": None}, "must name", id="takes what?"),
        pytest.param("experiment.started.v1", {"replaces": "1"}, "itself", id="corrects itself"),
    ],
)
def test_what_cannot_be_read_says_why(kind: str, data: dict[str, Any], says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        read(event(kind, **data))


def test_a_run_of_openlineage_has_its_time_and_its_failed_assertions() -> None:
    start, complete = payload("START"), payload("COMPLETE")
    observations = read(complete, {**event("data.checked.v1"), "data": start})
    (run,) = of_kind("data_run", observations)
    assert run.dimensions == {"pipeline": "airflow-prod/features.daily"}
    assert run.measure is not None
    assert timedelta(seconds=int(run.measure)) > timedelta()
    (check,) = of_kind("data_check", observations)
    assert check.dimensions["dataset"] == "postgres://db:5432/shop.orders"
    assert (check.dimensions["result"], check.weight) == ("failed", 1)


@pytest.mark.parametrize("what", ["RUNNING", "ABORT", "OTHER"])
def test_a_run_that_neither_began_nor_ended_is_nothing(what: str) -> None:
    assert read({**payload("COMPLETE"), "eventType": what}) == []


def test_assertions_on_a_dataset_that_is_read_twice_add_up() -> None:
    complete = payload("COMPLETE")
    complete["inputs"] *= 2
    (check,) = of_kind("data_check", read(complete))
    assert check.weight == 2


def test_another_cloudevent_is_nothing_and_no_event_at_all_is_told() -> None:
    assert read({"type": "com.example.other", "id": "1"}) == []
    with pytest.raises(Unreadable, match="neither a CDEvent"):
        read({"hello": "world"})
