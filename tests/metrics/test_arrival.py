"""No fold minds in what order it is told, how often, or that it is corrected and retracted late."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.metrics.experiments import Verdict
from services.metrics.folds import FACT_KINDS, fold_all
from services.metrics.observations import Observation
from services.metrics.return_lines import Method
from tests.metrics.observed import (
    DAY,
    MONDAY,
    began,
    decided,
    entered,
    run_ended,
    run_started,
    surveyed,
    taken_back,
)

IDS = st.integers(0, 9).map(str)
MOMENTS = st.integers(-5, 5).map(lambda days: MONDAY + days * DAY)
ONE_OF_TWO = st.sampled_from("ab")


def corrected(told: Observation, replaces: str, position: int) -> Observation:
    """The same, as the correction of another, or just as a newer word."""
    return told.evolve(
        event_id=f"{told.event_id} for {replaces}", replaces=replaces, position=position
    )


def retraction(replaces: str) -> Observation:
    return taken_back(f"no {replaces}", replaces)


def told(*kinds: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Observation]]:
    first = st.one_of(*kinds)
    again = st.builds(corrected, first, IDS, st.integers(0, 2))
    taken = st.builds(retraction, IDS)
    return st.lists(first | again | taken, max_size=12, unique_by=lambda each: each.name)


EXPERIMENTS = told(
    st.builds(began, IDS, experiment=ONE_OF_TWO, team=ONE_OF_TWO, at=MOMENTS),
    st.builds(decided, IDS, experiment=ONE_OF_TWO, verdict=st.sampled_from(Verdict), at=MOMENTS),
)
DATA_RUNS = told(
    st.builds(run_started, IDS, run=ONE_OF_TWO, at=MOMENTS),
    st.builds(
        run_ended,
        IDS,
        run=ONE_OF_TWO,
        failed=st.integers(0, 10),
        rows=st.integers(0, 120),
        at=MOMENTS,
    ),
)
LINES = told(
    st.builds(
        entered,
        IDS,
        amount=ONE_OF_TWO,
        line=ONE_OF_TWO,
        mid=st.integers(10, 900),
        method=st.sampled_from(Method),
        attributable=st.booleans(),
        at=MOMENTS,
    ),
)
COUNTS = st.integers(0, 9)
RELEASES = told(
    st.builds(
        surveyed, IDS, wave=ONE_OF_TWO, answers=st.tuples(COUNTS, COUNTS, COUNTS), at=MOMENTS
    ),
)
HISTORIES = [
    pytest.param(EXPERIMENTS, id="experiments"),
    pytest.param(DATA_RUNS, id="runs over data"),
    pytest.param(LINES, id="lines of the ledger"),
    pytest.param(RELEASES, id="releases of a survey"),
]


@pytest.mark.parametrize("histories", HISTORIES)
@given(data=st.data())
def test_neither_order_nor_repetition_matters(
    histories: st.SearchStrategy[list[Observation]], data: st.DataObject
) -> None:
    events = data.draw(histories)
    repeated = data.draw(st.lists(st.sampled_from(events), max_size=5)) if events else []
    arrived = data.draw(st.permutations([*events, *repeated]))
    assert fold_all(arrived) == fold_all(events)


@pytest.mark.parametrize("histories", HISTORIES)
@given(data=st.data())
def test_facts_keep_what_is_promised_of_them(
    histories: st.SearchStrategy[list[Observation]], data: st.DataObject
) -> None:
    events = data.draw(histories)
    facts = fold_all(events)
    replaced = {each.replaced for each in events}
    standing = {each.name for each in events} - replaced
    assert len({each.id for each in facts}) == len(facts)
    for fact in facts:
        assert set(fact.dimensions) == FACT_KINDS[fact.kind]
        assert fact.causes
        assert set(fact.causes) <= standing
        assert fact.measure is None or fact.measure >= 0 or fact.kind == "survey_answer"
        assert fact.weight > 0


@pytest.mark.parametrize("tell", [began, decided, run_started, run_ended, entered, surveyed])
def test_what_was_taken_back_never_was(tell: Callable[[str], Observation]) -> None:
    assert fold_all([taken_back("r", "1"), tell("1")]) == ()
