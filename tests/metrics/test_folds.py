"""Facts follow from what was observed, and from nothing about how it arrived."""

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.contracts.onboarding import HireAnnounced, HireCancelled, HireReady
from services.metrics.facts import Fact
from services.metrics.folds import FACT_KINDS, fold_entity
from services.metrics.observations import DeploymentFinished, Observation, Outcome
from services.metrics.sources.line import observe
from tests.metrics.observed import (
    DAY,
    HOUR,
    MONDAY,
    announced,
    deployed,
    merged,
    opened,
    ready,
    resolved,
    retracted,
    trained,
)

ENTITY = "delivery/commit/1"
RUNNING = "service/production/ranking"
MOMENTS = st.integers(-5, 5).map(lambda hours: MONDAY + hours * HOUR)

DELIVERIES = st.lists(
    st.builds(
        deployed,
        st.uuids().map(str),
        deployment=st.sampled_from("abc"),
        service=st.sampled_from(["ranking", "search"]),
        environment=st.sampled_from(["production", "staging"]),
        outcome=st.sampled_from(Outcome),
        at=MOMENTS,
    )
    | st.builds(merged, st.uuids().map(str), change=st.sampled_from("xy"), at=MOMENTS),
    max_size=12,
)


def lead_times(facts: tuple[Fact, ...]) -> dict[tuple[str, str], Decimal | None]:
    return {
        (each.dimensions["service"], each.dimensions["environment"]): each.measure
        for each in facts
        if each.kind == "lead_time"
    }


@given(events=DELIVERIES, data=st.data())
def test_neither_order_nor_repetition_matters(
    events: list[Observation], data: st.DataObject
) -> None:
    repeated = data.draw(st.lists(st.sampled_from(events))) if events else []
    arrived = data.draw(st.permutations([*events, *repeated]))
    assert fold_entity(ENTITY, arrived) == fold_entity(ENTITY, events)


@given(DELIVERIES)
def test_facts_keep_what_is_promised_of_them(events: list[Observation]) -> None:
    facts = fold_entity(ENTITY, events)
    names = {each.name for each in events}
    assert len({each.id for each in facts}) == len(facts)
    for fact in facts:
        assert fact.entity == ENTITY
        assert set(fact.dimensions) == FACT_KINDS[fact.kind]
        assert fact.causes
        assert set(fact.causes) <= names
        assert fact.measure is None or fact.measure >= 0


@given(DELIVERIES)
def test_every_deployment_counts_once(events: list[Observation]) -> None:
    told = {each.deployment for each in events if isinstance(each, DeploymentFinished)}
    found = [each for each in fold_entity(ENTITY, events) if each.kind == "deployment"]
    assert len(found) == len(told)


def test_each_service_and_environment_has_its_own_first_time() -> None:
    facts = fold_entity(
        ENTITY,
        [
            merged("m", at=MONDAY),
            deployed("a", at=MONDAY + 3 * HOUR),
            deployed("b", at=MONDAY + 2 * HOUR),
            deployed("c", environment="staging", at=MONDAY + HOUR),
            deployed("d", service="search", at=MONDAY + DAY),
        ],
    )
    assert lead_times(facts) == {
        ("ranking", "production"): 7200,
        ("ranking", "staging"): 3600,
        ("search", "production"): 86400,
    }


def test_several_changes_of_one_commit_each_have_their_time() -> None:
    events = [
        merged("m1", change="c1", at=MONDAY - HOUR),
        merged("m2", change="c2", at=MONDAY - 2 * HOUR),
        deployed("d"),
    ]
    measures = [f.measure for f in fold_entity(ENTITY, events) if f.kind == "lead_time"]
    assert sorted(filter(None, measures)) == [3600, 7200]


@pytest.mark.parametrize(
    ("events", "traced"),
    [
        pytest.param([merged("m")], "yes", id="its change is known"),
        pytest.param([], "no", id="nothing is known"),
        pytest.param([merged("m", at=MONDAY + HOUR)], "no", id="it was merged afterwards"),
    ],
)
def test_a_deployment_tells_whether_its_change_is_known(
    events: list[Observation], traced: str
) -> None:
    facts = fold_entity(ENTITY, [*events, deployed("d")])
    assert facts[0].dimensions["traced"] == traced


@pytest.mark.parametrize(
    ("ids", "outcome"),
    [
        pytest.param((9, 10), "failed", id="the later id is the later word"),
        pytest.param((10, 9), "succeeded", id="whichever was said first"),
    ],
)
def test_within_one_second_the_senders_own_order_decides(
    ids: tuple[int, int], outcome: str
) -> None:
    success, failure = (
        deployed(str(number), deployment="d", outcome=said).evolve(position=number)
        for number, said in zip(ids, (Outcome.SUCCEEDED, Outcome.FAILED), strict=True)
    )
    assert fold_entity(ENTITY, [success, failure])[0].dimensions["outcome"] == outcome


def test_a_retraction_makes_no_fact() -> None:
    assert fold_entity(ENTITY, [retracted("r", "a")]) == ()


def test_an_entity_of_no_known_sort_is_a_defect() -> None:
    with pytest.raises(KeyError, match="weather"):
        fold_entity("weather/7", [])


def test_a_hire_is_ready_once_from_its_first_announcement() -> None:
    facts = fold_entity(
        "hire/1",
        [
            announced("1", jurisdiction="PT", at=MONDAY - 3 * DAY),
            announced("1", jurisdiction="DE", at=MONDAY - DAY),
            ready("1", since=MONDAY - DAY, at=MONDAY),
            ready("1", since=MONDAY - DAY, at=MONDAY + DAY),
        ],
    )
    assert [(each.at, each.measure, each.dimensions["jurisdiction"]) for each in facts] == [
        (MONDAY, 3 * 86400, "DE")
    ]


def test_the_line_is_observed_in_metrics_own_words() -> None:
    hire = observe(HireAnnounced.model_validate(HireAnnounced.example), "id-1")
    done = observe(HireReady.model_validate(HireReady.example), "id-2")
    assert hire.entity == done.entity == "hire/0b8f6c1e-5d0a-5e43-9a51-2f6f0c0a7b11"
    (fact,) = fold_entity(hire.entity, [done, hire])
    assert fact.measure == Decimal(282600)
    assert fact.dimensions == {"jurisdiction": "PT", "engagement": "employee"}
    assert [each.event_id for each in fact.causes] == ["id-1", "id-2"]


def test_an_event_that_no_figure_is_made_of_is_refused() -> None:
    with pytest.raises(TypeError, match=r"hire\.cancelled\.v1"):
        observe(HireCancelled.model_validate(HireCancelled.example), "id")


INCIDENTS = st.sampled_from(["i1", "i2"])


def incident_opened(incident: str, artifact: str | None, at: datetime) -> Observation:
    told = opened(incident, artifact=artifact, at=at)
    return told.evolve(event_id=f"{incident} opened at {at}")


def incident_resolved(incident: str, at: datetime) -> Observation:
    return resolved(f"{incident} resolved at {at}", opened(incident), at=at)


HISTORY = st.lists(
    st.builds(
        deployed,
        st.uuids().map(str),
        deployment=st.sampled_from("abc"),
        outcome=st.sampled_from(Outcome),
        at=MOMENTS,
    )
    | st.builds(incident_opened, INCIDENTS, st.sampled_from([None, "1"]), MOMENTS)
    | st.builds(incident_resolved, INCIDENTS, MOMENTS),
    max_size=12,
    unique_by=lambda event: event.name,
)


@given(events=HISTORY, data=st.data())
def test_what_failed_depends_on_no_order_of_arrival(
    events: list[Observation], data: st.DataObject
) -> None:
    repeated = data.draw(st.lists(st.sampled_from(events))) if events else []
    arrived = data.draw(st.permutations([*events, *repeated]))
    assert fold_entity(RUNNING, arrived) == fold_entity(RUNNING, events)


@given(HISTORY)
def test_failures_keep_what_is_promised_of_them(events: list[Observation]) -> None:
    facts = fold_entity(RUNNING, events)
    assert len({each.id for each in facts}) == len(facts)
    changes = [each for each in facts if each.kind == "change"]
    failed = [each for each in changes if each.dimensions["failed"] == "yes"]
    recovered = [each for each in facts if each.kind == "recovery"]
    linked = [e for e in facts if e.kind == "incident" and e.dimensions["linked"] == "yes"]
    assert len(recovered) <= len(failed) <= len(changes)
    assert not linked or failed
    assert all(each.measure is not None and each.measure >= 0 for each in recovered)
    for fact in facts:
        assert set(fact.dimensions) == FACT_KINDS[fact.kind]
        assert set(fact.causes) <= {each.name for each in events}


def test_a_metric_on_training_data_is_not_believed() -> None:
    metrics = {"training_accuracy_score": "0.99", "test_accuracy": "0.9", "val_accuracy": "0.8"}
    facts = fold_entity("model/fraud", [trained("fraud", "1", metrics=metrics)])
    assert [(each.dimensions["metric"], each.measure) for each in facts] == [
        ("accuracy", Decimal("0.9"))
    ]
