"""What a hire does about law in doubt: it asks once, and is decided when it knows the standing."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libs.common.contracts.compliance import (
    CheckDecided,
    LawDoubtDropped,
    LawDoubted,
    LawStandingTold,
    Verdict,
)
from libs.common.contracts.onboarding import HireCancelled, HireLeft
from libs.common.decider import Decision
from libs.common.message import Message
from services.compliance.check import LawAnswerTold, LawChanged, check_decider
from services.compliance.check_state import Check
from services.compliance.law import Law
from tests.compliance.hires import FEW, HIRE, NOW, START, confirmed, profile
from tests.compliance.test_check import announced, changed, settle_law, tell
from tests.compliance.test_decision_properties import law_that_ended_on
from tests.compliance.test_decisions import COMPLETE

GERMAN = announced(profile("DE", **COMPLETE))


def begun() -> Check:
    state = tell(None, GERMAN).state
    assert state is not None
    return state


def asked_of_all() -> Check:
    """A hire that was told of each matter that legal has not answered yet."""
    state = begun()
    for matter in state.doubted:
        told = LawStandingTold(matter=matter, hire_id=HIRE, confirmation=None)
        state = tell(state, told).state or state
    return state


def test_law_in_doubt_is_asked_before_anything_is_decided() -> None:
    emitted = tell(None, GERMAN).emit
    assert emitted
    assert all(isinstance(event, LawDoubted) for event in emitted)
    assert {event.needed_on for event in emitted if isinstance(event, LawDoubted)} == {START}


def test_once_it_is_known_where_the_law_stands_it_is_decided_once() -> None:
    state = begun()
    told: list[CheckDecided] = []
    for matter in state.doubted:
        standing = LawStandingTold(matter=matter, hire_id=HIRE, confirmation=None)
        decision = tell(state, standing)
        told += [event for event in decision.emit if isinstance(event, CheckDecided)]
        state = decision.state or state
    [decided] = told
    assert (decided.version, decided.verdict) == (1, Verdict.NEEDS)
    assert {doubt.matter for doubt in decided.awaits} == state.doubted.keys()


def test_who_comes_after_the_answer_is_clear_at_once() -> None:
    state = settle_law(begun())
    assert state.decided is not None
    assert (state.decided.version, state.decided.verdict) == (1, Verdict.CLEAR)


def test_each_answer_of_legal_decides_anew() -> None:
    state = asked_of_all()
    for matter in state.doubted:
        told = LawStandingTold(matter=matter, hire_id=HIRE, confirmation=confirmed())
        state = tell(state, told).state or state
    assert state.decided is not None
    assert state.decided.verdict is Verdict.CLEAR
    assert not state.decided.awaits


def test_law_that_legal_denies_blocks_and_a_later_answer_lets_go() -> None:
    denied = settle_law(begun(), holds=False)
    assert denied.decided is not None
    assert denied.decided.verdict is Verdict.BLOCKED
    state = denied
    for matter in denied.doubted:
        told = LawStandingTold(matter=matter, hire_id=HIRE, confirmation=confirmed())
        state = tell(state, told).state or state
    assert state.decided is not None
    assert state.decided.verdict is Verdict.CLEAR


def test_a_start_moved_beyond_what_legal_said_asks_anew() -> None:
    state = begun()
    for matter in state.doubted:
        said = confirmed(until=START + timedelta(days=30))
        told = LawStandingTold(matter=matter, hire_id=HIRE, confirmation=said)
        state = tell(state, told).state or state
    later = START + timedelta(days=60)
    moved = tell(state, changed(profile("DE", later, **COMPLETE)))
    doubted = [event for event in moved.emit if isinstance(event, LawDoubted)]
    assert {event.needed_on for event in doubted} == {later}
    assert moved.state is not None
    assert moved.state.decided is not None
    assert moved.state.decided.verdict is Verdict.NEEDS


def test_the_same_standing_told_twice_is_told_on_once() -> None:
    state = asked_of_all()
    [matter, *_] = state.doubted
    told = LawStandingTold(matter=matter, hire_id=HIRE, confirmation=confirmed())
    once = tell(state, told).state
    assert tell(once, told).emit == ()
    assert tell(once, told).state == once


def test_what_the_question_said_before_may_come_after_the_answer() -> None:
    state = settle_law(begun())
    [matter, *_] = state.doubted
    newer = LawAnswerTold(
        slot=matter, confirmation=confirmed(holds=False, at=NOW + timedelta(days=1))
    )
    state = tell(state, newer).state or state
    for said in (None, confirmed()):
        late = LawStandingTold(matter=matter, hire_id=HIRE, confirmation=said)
        assert tell(state, late) == Decision(state)
    assert state.decided is not None
    assert state.decided.verdict is Verdict.BLOCKED


@settings(max_examples=30)
@given(st.randoms(use_true_random=False))
def test_in_whatever_order_the_standings_come_the_decision_is_the_same(random: object) -> None:
    state = begun()
    matters = sorted(state.doubted)
    random.shuffle(matters)  # type: ignore[attr-defined]  # a random.Random
    for matter in matters:
        told = LawStandingTold(matter=matter, hire_id=HIRE, confirmation=confirmed())
        state = tell(state, told).state or state
    assert state.decided == settle_law(begun()).decided


def test_a_changed_law_decides_anew_and_asks_only_what_is_new() -> None:
    state = settle_law(begun())
    law: Law = law_that_ended_on(date(2026, 11, 30), FEW)
    rules = check_decider(law).rules
    decision = rules[LawChanged.type].decide(state, LawChanged(), NOW)
    doubted = [event for event in decision.emit if isinstance(event, LawDoubted)]
    assert {event.doubt.matter for event in doubted}.isdisjoint(state.doubted)
    assert any("ended on 2026-11-30" in event.doubt.detail for event in doubted)


def test_the_law_as_it_was_changes_nothing() -> None:
    state = settle_law(begun())
    assert tell(state, LawChanged()).emit == ()


@pytest.mark.parametrize(
    "ending",
    [
        pytest.param(HireLeft(hire_id=HIRE, left_at=NOW), id="left"),
        pytest.param(HireCancelled(hire_id=HIRE, cancelled_at=NOW), id="cancelled"),
        pytest.param(changed(profile("PT", **COMPLETE)), id="works elsewhere"),
    ],
)
def test_whom_the_law_of_a_place_concerns_no_more_is_told_of_it_no_more(ending: Message) -> None:
    state = settle_law(begun())

    decision = tell(state, ending)

    dropped = [event.matter for event in decision.emit if isinstance(event, LawDoubtDropped)]
    assert dropped == list(state.doubted)
    assert decision.state is not None
    assert decision.state.standings == {}
    again = tell(decision.state, ending)
    assert not any(isinstance(event, LawDoubtDropped) for event in again.emit)


def test_who_is_taken_up_again_asks_where_the_law_stands_now() -> None:
    over = tell(settle_law(begun()), HireCancelled(hire_id=HIRE, cancelled_at=NOW)).state
    late = LawStandingTold(matter="DE.any", hire_id=HIRE, confirmation=confirmed())
    over = tell(over, late).state

    again = tell(over, GERMAN)

    assert again.emit
    assert all(isinstance(event, LawDoubted) for event in again.emit)


def test_who_has_left_is_decided_no_more() -> None:
    left = tell(settle_law(begun()), HireLeft(hire_id=HIRE, left_at=NOW)).state
    assert left is not None
    assert tell(left, changed(profile("PT"))).emit == ()
    rules = check_decider(law_that_ended_on(START - timedelta(days=1), FEW)).rules
    assert rules[LawChanged.type].decide(left, LawChanged(), NOW).emit == ()
    assert left.decided is not None


def test_the_packs_of_the_house_are_in_doubt_about_german_law() -> None:
    assert begun().doubted, f"nothing is in doubt in {FEW.packs['DE'].version}"
