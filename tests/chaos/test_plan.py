"""The plan of faults: the same for the same seed, and nothing left out of it."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chaos.faults import (
    PARTS,
    SERVICES,
    WIRED,
    Bout,
    Condition,
    Fault,
    Kind,
    Mood,
    Point,
    again,
    deck,
    plan,
)

SEEDS = st.integers(0, 10**6)
COUNTS = st.integers(0, 120)
WIDTHS = st.integers(1, 6)
WHOLE = len(list(deck(random.Random(0))))  # noqa: S311


def all_of(bouts: tuple[Bout, ...]) -> list[Fault]:
    return [fault for bout in bouts for fault in bout.faults]


@given(SEEDS, COUNTS, WIDTHS)
def test_the_same_seed_makes_the_same_plan(seed: int, count: int, width: int) -> None:
    assert plan(seed, count, width) == plan(seed, count, width)


def test_another_seed_makes_another_plan() -> None:
    assert len({plan(seed, 20, 3) for seed in range(50)}) == 50


@given(SEEDS, COUNTS, WIDTHS)
def test_it_has_as_many_faults_as_asked_for_and_no_more_at_once(
    seed: int, count: int, width: int
) -> None:
    bouts = plan(seed, count, width)
    assert len(all_of(bouts)) == count
    assert all(1 <= len(bout.faults) <= width for bout in bouts)


@given(SEEDS, COUNTS, WIDTHS)
def test_no_bout_strikes_one_target_twice(seed: int, count: int, width: int) -> None:
    for bout in plan(seed, count, width):
        assert len({fault.target for fault in bout.faults}) == len(bout.faults)


@given(SEEDS, st.integers(len(Kind), 120), WIDTHS)
def test_a_short_plan_has_every_kind(seed: int, count: int, width: int) -> None:
    assert {fault.kind for fault in all_of(plan(seed, count, width))} == set(Kind)


@given(SEEDS, st.integers(len(Kind), 120), WIDTHS)
def test_a_short_plan_spoils_the_wire_to_kafka(seed: int, count: int, width: int) -> None:
    wires = {f.target for f in all_of(plan(seed, count, width)) if f.kind is Kind.WIRE}
    assert "wire to kafka" in wires


@given(SEEDS, st.integers(40, 200), WIDTHS)
def test_a_plan_of_forty_has_every_wire_in_every_condition_and_every_mood(
    seed: int, count: int, width: int
) -> None:
    faults = all_of(plan(seed, count, width))
    wires = {(f.target, f.detail) for f in faults if f.kind is Kind.WIRE}
    assert wires == {(f"wire to {w}", c) for w in WIRED for c in (Condition.SLOW, Condition.CUT)}
    moods = {f.detail for f in faults if f.kind is Kind.PROVIDER}
    assert moods == set(Mood) - {Mood.WELL}


@pytest.mark.parametrize(("struck", "then"), [("notify-2", "notify"), ("notify", "notify-2")])
def test_a_point_that_a_copy_did_not_come_by_is_tried_at_the_other(struck: str, then: str) -> None:
    assert again(Fault(Kind.DIE_AT, struck, Point.POLLED)).target == then


@given(SEEDS, st.integers(40, 200), WIDTHS)
def test_a_plan_of_forty_kills_every_service_every_part_and_at_every_point(
    seed: int, count: int, width: int
) -> None:
    faults = all_of(plan(seed, count, width))
    killed = {fault.target.partition("-")[0] for fault in faults if fault.kind is Kind.KILL}
    assert killed == set(SERVICES)
    assert {fault.target for fault in faults if fault.kind is Kind.KILL_PART} == set(PARTS)
    assert {fault.detail for fault in faults if fault.kind is Kind.DIE_AT} == set(Point)


@pytest.mark.parametrize("width", [1, 4])
def test_faults_come_again_only_once_all_have_come(width: int) -> None:
    faults = all_of(plan(3, WHOLE, width))
    sorts = Counter((f.kind, f.target.partition("-")[0], f.detail) for f in faults)
    assert {kind for (kind, _, _), n in sorts.items() if n > 1} <= {Kind.ODD, Kind.JOIN, Kind.SLEEP}
