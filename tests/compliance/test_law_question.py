"""A fact of law in doubt is asked of legal once, whatever the number of hires that wait for it."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from libs.common.contracts.compliance import (
    LawAnswered,
    LawAnswerRefused,
    LawConfirmation,
    LawDoubted,
    LawQuestioned,
    LawStandingTold,
)
from libs.common.contracts.console import Asked, LawAnswerRequested
from libs.common.decider import Decision, Refused
from libs.common.message import Message
from services.compliance.law_question import AnswerLaw, LawQuestion, law_question

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ANA, BO = UUID(int=1), UUID(int=2)
DOUBTED = LawDoubted.model_validate(LawDoubted.example)
MATTER = DOUBTED.doubt.matter
SOON, LATER = date(2026, 12, 1), date(2027, 6, 1)


def tell(state: LawQuestion | None, message: Message, now: datetime = NOW) -> Decision[LawQuestion]:
    return law_question.rules[message.type].decide(state, message, now)


def after(*messages: Message) -> LawQuestion:
    state: LawQuestion | None = None
    for message in messages:
        state = tell(state, message).state
    assert state is not None
    return state


def doubted(hire: UUID, needed_on: date = SOON) -> LawDoubted:
    return DOUBTED.model_copy(update={"hire_id": hire, "needed_on": needed_on})


def answered(*, holds: bool = True, until: date | None = None) -> AnswerLaw:
    return AnswerLaw(holds=holds, by="legal-1", until=until, evidence="The gazette.")


def standing(hire: UUID, said: LawConfirmation | None) -> LawStandingTold:
    return LawStandingTold(matter=MATTER, hire_id=hire, confirmation=said)


def said(*, holds: bool = True, until: date = date(2027, 11, 23)) -> LawConfirmation:
    return LawConfirmation(
        holds=holds, by="legal-1", answered_at=NOW, until=until, evidence="The gazette."
    )


def test_the_first_hire_asks_legal_and_learns_that_it_has_to_wait() -> None:
    [asked, told] = tell(None, doubted(ANA)).emit
    assert isinstance(asked, LawQuestioned)
    assert (asked.matter, asked.owner, asked.needed_on) == (MATTER, "legal", SOON)
    assert told == standing(ANA, None)


def test_the_second_hire_asks_nobody_again() -> None:
    assert tell(after(doubted(ANA)), doubted(BO)).emit == (standing(BO, None),)


def test_one_answer_is_told_whatever_the_number_of_hires_that_wait() -> None:
    state = after(doubted(ANA), doubted(BO))
    assert tell(state, answered()).emit == (LawAnswered(matter=MATTER, confirmation=said()),)


def test_a_question_is_as_large_whatever_the_number_of_hires_that_wait() -> None:
    hires = [doubted(UUID(int=number)) for number in range(50)]
    assert after(*hires) == after(hires[0])


def test_an_answer_holds_for_later_hires_too() -> None:
    state = after(doubted(ANA), answered())
    assert tell(state, doubted(BO)).emit == (standing(BO, said()),)


def test_a_start_after_the_last_day_of_an_answer_asks_anew() -> None:
    until = date(2027, 1, 31)
    state = after(doubted(ANA), answered(until=until))
    [asked, told] = tell(state, doubted(BO, LATER)).emit
    assert isinstance(asked, LawQuestioned)
    assert asked.needed_on == LATER
    assert told == standing(BO, said(until=until))


def test_a_newer_answer_replaces_the_older_which_stays_on_record() -> None:
    state = after(doubted(ANA), answered(), answered(holds=False))
    assert state.answer == said(holds=False)
    assert state.past == (said(),)
    assert not state.is_open


def test_without_a_day_an_answer_speaks_for_a_year() -> None:
    state = after(doubted(ANA), answered())
    assert state.answer is not None
    assert state.answer.until == NOW.date() + timedelta(days=365)


@pytest.mark.parametrize(
    ("state", "until", "why"),
    [
        pytest.param(None, None, "nobody has asked this", id="no such matter"),
        pytest.param(after(doubted(ANA)), date(2026, 11, 22), "is over", id="a day that is over"),
    ],
)
def test_what_cannot_be_is_refused(state: LawQuestion | None, until: date | None, why: str) -> None:
    with pytest.raises(Refused, match=why):
        tell(state, answered(until=until))


def test_the_same_doubt_told_twice_changes_nothing() -> None:
    state = after(doubted(ANA))
    assert tell(state, doubted(ANA)).state is state


def requested() -> LawAnswerRequested:
    """An answer that an account of the console gives."""
    asked = Asked(request_id=UUID(int=1), account=UUID(int=2), asked_at=NOW)
    return LawAnswerRequested(matter=MATTER, asked=asked, holds=True, evidence="The statute.")


def test_an_answer_given_in_the_console_is_told_under_that_account() -> None:
    [answer_told] = tell(after(doubted(ANA)), requested()).emit
    assert isinstance(answer_told, LawAnswered)
    assert answer_told.confirmation.by == str(UUID(int=2))


def test_an_answer_to_what_nobody_asked_is_refused_in_an_event() -> None:
    decision = tell(None, requested())
    [refused] = decision.emit
    assert isinstance(refused, LawAnswerRefused)
    assert (refused.request_id, decision.state) == (UUID(int=1), None)
