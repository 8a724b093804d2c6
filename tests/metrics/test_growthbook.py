"""GrowthBook: who may speak, and what is made of how an experiment stands."""

import json
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from farhand import signing
from libs.common.intake import Delivery, Source, Unauthorized, Unreadable
from services.metrics.folds import fold_all
from services.metrics.observations import Observation
from services.metrics.sources.growthbook import GrowthBook

GROWTHBOOK = GrowthBook()
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PAYLOADS = Path(__file__).parent / "payloads"


def payload(what: str) -> dict[str, Any]:
    path = PAYLOADS / f"growthbook_experiment.{what}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def read(content: dict[str, Any]) -> list[Observation]:
    return list(GROWTHBOOK.read(json.dumps(content).encode()))


def stopped(**changes: Any) -> dict[str, Any]:
    content = payload("updated.stopped")
    content["data"]["object"]["resultSummary"].update(changes)
    return content


def verdicts(*observations: Observation) -> list[str]:
    facts = fold_all(observations)
    return [each.dimensions["verdict"] for each in facts if each.kind == "experiment_decision"]


def test_it_is_a_source() -> None:
    source: Source = GROWTHBOOK
    assert (source.name, source.accepted_status) == ("growthbook", 202)


def test_the_hex_of_the_body_under_any_live_secret_opens() -> None:
    headers = signing.growthbook("new", "", b"{}")
    GROWTHBOOK.verify(Delivery("growthbook", headers, b"{}"), ["old", "new"], NOW)


@pytest.mark.parametrize(
    ("signed", "live"),
    [
        pytest.param(("other", b"{}"), ["secret"], id="another secret"),
        pytest.param(("secret", b"{ }"), ["secret"], id="another body"),
        pytest.param(("", b"{}"), [""], id="an empty secret opens nothing"),
        pytest.param(("secret", b"{}"), [], id="no secret is live"),
    ],
)
def test_everything_else_is_turned_away(signed: tuple[str, bytes], live: list[str]) -> None:
    headers = signing.growthbook(signed[0], "", signed[1])
    with pytest.raises(Unauthorized, match="does not match"):
        GROWTHBOOK.verify(Delivery("growthbook", headers, b"{}"), live, NOW)


def test_an_experiment_that_runs_has_begun_with_its_first_phase() -> None:
    (fact,) = fold_all(read(payload("updated.running")))
    assert (fact.kind, fact.at) == ("experiment", datetime(2026, 11, 2, 9, tzinfo=UTC))
    assert fact.dimensions == {"team": "prj_search", "state": "running"}


@pytest.mark.parametrize(
    ("result", "verdict"),
    [
        pytest.param({}, "shipped", id="a win that was released"),
        pytest.param({"releasedVariationId": ""}, "shipped", id="a win"),
        pytest.param({"releasedVariationId": "var_a"}, "dropped", id="a win, and control released"),
        pytest.param(
            {"status": "inconclusive"}, "shipped", id="no clear result, and released all the same"
        ),
        pytest.param({"status": "lost", "releasedVariationId": ""}, "dropped", id="a loss"),
        pytest.param({"status": "dnf", "releasedVariationId": ""}, "abandoned", id="not finished"),
    ],
)
def test_the_verdict_is_what_was_released(result: dict[str, str], verdict: str) -> None:
    assert verdicts(*read(stopped(**result))) == [verdict]


def test_stopped_without_a_result_is_abandoned() -> None:
    content = stopped()
    del content["data"]["object"]["resultSummary"]
    assert verdicts(*read(content)) == ["abandoned"]


def test_the_newest_word_is_believed_whenever_it_arrives() -> None:
    first, corrected = stopped(), stopped(status="lost", releasedVariationId="")
    corrected["created"] += 1000
    corrected["data"]["object"]["phases"][0]["dateEnded"] = "2026-11-10T00:00:00.000Z"
    said = [read(payload("updated.running")), read(first), read(corrected)]
    for arrived in permutations(said):
        facts = fold_all([each for part in arrived for each in part])
        decision = next(each for each in facts if each.kind == "experiment_decision")
        assert decision.dimensions["verdict"] == "dropped"
        assert decision.at == datetime(2026, 11, 10, tzinfo=UTC)


def test_an_experiment_that_runs_again_is_open_again() -> None:
    again = payload("updated.running")
    again["created"] = stopped()["created"] + 1
    assert verdicts(*read(again), *read(stopped())) == []


def test_an_experiment_that_was_deleted_never_was() -> None:
    told = [*read(payload("deleted")), *read(stopped()), *read(payload("updated.running"))]
    assert fold_all(told) == ()


@pytest.mark.parametrize(
    "what",
    ["experiment.decision.ship", "experiment.warning", "feature.updated", "webhook.test"],
)
def test_a_recommendation_is_no_decision_and_other_events_are_none(what: str) -> None:
    assert read({**stopped(), "event": what}) == []


def test_what_cannot_be_read_says_where() -> None:
    content = stopped()
    del content["data"]["object"]["status"]
    with pytest.raises(Unreadable, match=r"data\.object\.status"):
        read(content)
