"""The decider of checks: when it decides anew, and when it keeps quiet."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.contracts.compliance import CheckDecided, LawStandingTold, Verdict
from libs.common.contracts.onboarding import (
    HireAnnounced,
    HireCancelled,
    HireChanged,
    QuestionAnswered,
)
from libs.common.contracts.values import Profile
from libs.common.decider import Decision
from libs.common.message import Message
from services.compliance.check import check_decider
from services.compliance.check_state import Check
from tests.compliance.hires import FEW, HIRE, confirmed, profile

DECIDER = check_decider(FEW)
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)

ALMOST: dict[str, Any] = {
    "contract_kind": "open_ended",
    "position": "technical",
    "contract_signed_on": "2026-11-20",
    "telework": False,
}


def tell(state: Check | None, message: Message) -> Decision[Check]:
    return DECIDER.rules[message.type].decide(state, message, NOW)


def after(*messages: Message) -> Check:
    state = None
    for message in messages:
        state = tell(state, message).state
    assert state is not None
    return state


def decided(state: Check | None, message: Message) -> CheckDecided:
    [event] = tell(state, message).emit
    assert isinstance(event, CheckDecided)
    return event


def announced(hire: Profile) -> HireAnnounced:
    return HireAnnounced(hire_id=HIRE, announced_at=NOW, profile=hire)


def changed(hire: Profile) -> HireChanged:
    return HireChanged(hire_id=HIRE, changed=("terms",), profile=hire)


def answered(question: str, answer: str, minutes: int = 0) -> QuestionAnswered:
    at = NOW + timedelta(minutes=minutes)
    return QuestionAnswered(hire_id=HIRE, question=question, answer=answer, answered_at=at)


def settle_law(state: Check, *, holds: bool = True) -> Check:
    """Tell a hire that legal has confirmed, or denied, all that it waits for."""
    for matter in state.doubted.keys() - state.standings.keys():
        told = LawStandingTold(matter=matter, hire_id=HIRE, confirmation=confirmed(holds=holds))
        state = tell(state, told).state or state
    return state


CANCELLED = HireCancelled(hire_id=HIRE, cancelled_at=NOW)
# In the Netherlands every fact that this hire is checked by is verified: only a term is missing.
NEW = announced(profile("NL", **ALMOST, annual_leave_days=25, working_days_per_week=5))


def test_an_announced_hire_is_decided_with_version_one() -> None:
    decision = decided(None, NEW)
    assert (decision.hire_id, decision.version, decision.jurisdiction) == (HIRE, 1, "NL")
    assert [question.id for question in decision.questions] == ["terms.probation"]


def test_an_answer_decides_anew() -> None:
    decision = decided(after(NEW), answered("terms.probation", "P2M"))
    assert (decision.version, decision.verdict, decision.questions) == (2, Verdict.CLEAR, ())


def test_a_wrong_answer_asks_again_and_says_how_to_write_it() -> None:
    state = after(NEW)
    decision = decided(state, answered("terms.probation", "3 months"))
    assert decision.version == 2
    [question] = decision.questions
    assert question.ask == (
        "'3 months' is not an ISO duration; write P3M. "
        "How long is the probation? P0D if there is none."
    )
    again = decided(after(NEW, answered("terms.probation", "3 months")),
                    answered("terms.probation", "3 months", minutes=5))  # fmt: skip
    assert again.version == 3


def test_a_right_answer_ends_the_hint() -> None:
    state = after(NEW, answered("terms.probation", "3 months"))
    assert decided(state, answered("terms.probation", "P2M")).questions == ()


@pytest.mark.parametrize(
    "question",
    [
        pytest.param("terms.salary", id="a term that does not exist"),
        pytest.param("law.contract.probation_max@DE.0a2661c4", id="another country's law"),
        pytest.param("rule.probation@NL.0a2661c4", id="a judgement of other terms"),
        pytest.param("coffee", id="nobody's question"),
    ],
)
def test_an_answer_to_what_is_not_asked_is_counted_and_no_more(question: str) -> None:
    state = after(NEW)
    counted = state.model_copy(update={"answers": 1})
    assert tell(state, answered(question, "yes")) == Decision(counted)


def test_a_decision_tells_how_many_answers_had_been_heard() -> None:
    state = after(NEW, answered("coffee", "yes"))
    assert decided(state, answered("terms.probation", "soon")).answers == 2
    assert decided(None, NEW).answers == 0


def test_the_same_wrong_answer_is_refused_each_time() -> None:
    wrong = answered("terms.probation", "3 months")
    first, again = decided(after(NEW), wrong), decided(after(NEW, wrong), wrong)
    assert first.questions == again.questions
    assert (again.version, again.answers) == (3, 2)


def test_a_decision_that_differs_in_the_answers_it_took_alone_is_not_told_again() -> None:
    clear = after(NEW, answered("terms.probation", "P2M"))
    assert tell(clear, answered("terms.probation", "P2M")).emit == ()


def test_a_change_that_changes_no_decision_is_quiet() -> None:
    hire = NEW.profile.model_copy(update={"role": "Staff ML engineer"})
    quiet = tell(after(NEW), changed(hire))
    assert quiet.emit == ()
    assert quiet.state is not None
    assert quiet.state.profile.role == "Staff ML engineer"


def test_a_moved_start_is_decided_for_the_new_day() -> None:
    moved = NEW.profile.model_copy(update={"starts_on": date(2026, 11, 2)})
    decision = decided(after(NEW), changed(moved))
    assert (decision.version, decision.effective_on) == (2, date(2026, 11, 2))
    assert decision.verdict is Verdict.BLOCKED


def test_an_answered_term_outlives_news_about_something_else() -> None:
    state = after(NEW, answered("terms.probation", "P2M"))
    moved = NEW.profile.model_copy(update={"starts_on": date(2026, 12, 15)})
    assert decided(state, changed(moved)).verdict is Verdict.CLEAR


def test_what_the_hr_system_tells_later_is_newer_than_the_answer() -> None:
    state = after(NEW, answered("terms.probation", "P2M"))
    terms = NEW.profile.terms.model_copy(update={"probation": "P1Y"})
    told = NEW.profile.model_copy(update={"terms": terms})
    assert decided(state, changed(told)).verdict is Verdict.BLOCKED


def test_another_country_means_another_contract() -> None:
    state = after(NEW, answered("terms.probation", "P2M"))
    moved = NEW.profile.model_copy(update={"jurisdiction": "ES"})
    decision = decided(state, changed(moved))
    assert decision.jurisdiction == "ES"
    assert "terms.probation" in {question.id for question in decision.questions}


def test_a_lawyers_answer_is_kept_and_can_be_taken_back() -> None:
    terms: dict[str, Any] = {**ALMOST, "contract_kind": "fixed_term", "probation": "P3M"}
    new = announced(profile("AE", **terms, annual_leave_days=20, working_days_per_week=5))
    state = settle_law(after(new))
    [question] = [q for q in state.open_questions if q.startswith("rule.annual-leave@AE.")]
    yes = tell(state, answered(question, "yes")).state
    assert yes is not None
    assert question not in yes.open_questions
    assert decided(yes, answered(question, "no")).verdict is Verdict.BLOCKED


def test_a_cancelled_hire_is_left_alone() -> None:
    state = after(NEW, CANCELLED)
    assert tell(after(NEW), CANCELLED).emit == ()
    assert tell(state, answered("terms.probation", "P2M")).emit == ()


def test_answers_are_counted_through_a_cancellation() -> None:
    probation = answered("terms.probation", "P2M")
    assert decided(after(NEW, probation, CANCELLED, probation), NEW).answers == 2


def test_whoever_is_announced_anew_is_told_the_decision_anew() -> None:
    again = decided(after(NEW), NEW)
    assert again == decided(None, NEW).model_copy(update={"version": 2})


def test_a_hire_announced_again_after_cancelling_is_decided_with_the_next_version() -> None:
    state = after(NEW, answered("terms.probation", "P2M"), CANCELLED)
    decision = decided(state, NEW)
    assert decision.version == 3
    assert [question.id for question in decision.questions] == ["terms.probation"]


@pytest.mark.parametrize(
    "message", [CANCELLED, answered("terms.probation", "P2M")], ids=["cancelled", "answered"]
)
def test_news_of_an_unknown_hire_are_let_pass(message: Message) -> None:
    assert tell(None, message) == Decision(None)


def changed_to(code: str, probation: str | None) -> HireChanged:
    return changed(profile(code, **ALMOST, probation=probation))


QUESTIONS = st.sampled_from([
    "terms.probation", "terms.telework", "terms.contract_kind", "terms.contract_signed_on",
    "law.leave.annual_min@PT.0a2661c4", "nonsense",
])  # fmt: skip
MESSAGES = st.one_of(
    st.just(NEW),
    st.just(CANCELLED),
    st.builds(
        changed_to,
        st.sampled_from(["PT", "DE", "NL", "BE"]),
        st.sampled_from([None, "P90D", "P1Y"]),
    ),
    st.builds(
        answered,
        QUESTIONS,
        st.sampled_from(["yes", "no", "P3M", "3 months", "2026-11-20", "open_ended"]),
        st.integers(0, 3),
    ),
)


@given(st.lists(MESSAGES, max_size=8), MESSAGES)
def test_whatever_is_repeated_changes_at_most_the_count_of_answers(
    history: list[Message], message: Message
) -> None:
    once = after_all([*history, message])
    twice = after_all([*history, message, message])
    assert known(twice) == known(once)


def after_all(messages: list[Message]) -> Check | None:
    state: Check | None = None
    for message in messages:
        state = tell(state, message).state
    return state


def known(state: Check | None) -> Check | None:
    """What is known of a hire, but for how often it was heard and told."""
    return state and state.model_copy(update={"answers": 0, "version": 0, "decided": None})


@given(st.lists(MESSAGES, max_size=12))
def test_versions_count_what_was_told(
    messages: list[Message],
) -> None:
    state: Check | None = None
    told: list[CheckDecided] = []
    for message in messages:
        decision = tell(state, message)
        told += [event for event in decision.emit if isinstance(event, CheckDecided)]
        state = decision.state
    assert [decision.version for decision in told] == list(range(1, len(told) + 1))
    if state is not None:
        assert Check.model_validate_json(state.model_dump_json()) == state
