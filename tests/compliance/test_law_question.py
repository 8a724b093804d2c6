"""A fact of law in doubt is asked of legal once, whatever the number of hires that wait for it."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from libs.common.contracts.compliance import (
    LawAnswered,
    LawAnswerRefused,
    LawConfirmation,
    LawDoubtDropped,
    LawDoubted,
    LawQuestioned,
    LawStandingTold,
)
from libs.common.contracts.console import Asked, LawAnswerRequested
from libs.common.decider import Decision, Refused, SetTimer
from libs.common.message import Message
from services.compliance.law_question import AnswerLaw, LawQuestion, TellNext, law_question

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


def test_one_answer_is_told_to_all_who_wait() -> None:
    state = after(doubted(ANA), doubted(BO))
    assert tell(state, answered()).emit == (
        LawAnswered(matter=MATTER, confirmation=said()),
        standing(ANA, said()),
        standing(BO, said()),
    )


def waiting(hires: int) -> tuple[LawQuestion, list[UUID]]:
    """A question for which many wait, and who they are."""
    ids = [UUID(int=number + 1) for number in range(hires)]
    return after(*map(doubted, ids)), ids


def told_page_by_page(decision: Decision[LawQuestion]) -> list[list[LawStandingTold]]:
    """Whom each decision tells, the last one being that which asks to be woken no more."""
    pages: list[list[LawStandingTold]] = []
    while True:
        pages.append([each for each in decision.emit if isinstance(each, LawStandingTold)])
        if not decision.timers:
            return pages
        assert decision.timers == (SetTimer(NOW, TellNext()),)
        decision = tell(decision.state, TellNext())


@pytest.mark.parametrize(
    ("hires", "sizes"),
    [
        pytest.param(200, [200], id="as many as one decision tells"),
        pytest.param(201, [200, 1], id="one more"),
        pytest.param(450, [200, 200, 50], id="many"),
    ],
)
def test_many_who_wait_are_told_some_at_a_time(hires: int, sizes: list[int]) -> None:
    state, ids = waiting(hires)

    pages = told_page_by_page(tell(state, answered()))

    assert [len(page) for page in pages] == sizes
    assert [each.hire_id for page in pages for each in page] == ids


def test_an_answer_that_is_taken_back_meanwhile_reaches_everybody_as_it_is_now() -> None:
    state, ids = waiting(450)
    state = tell(tell(state, answered()).state, TellNext()).state

    pages = told_page_by_page(tell(state, answered(holds=False)))

    assert [each for page in pages for each in page] == [
        standing(hire, said(holds=False)) for hire in ids
    ]


def test_to_be_woken_once_more_when_all_are_told_tells_nobody() -> None:
    state, _ = waiting(3)

    assert tell(tell(state, answered()).state, TellNext()).emit == ()


def dropped(hire: UUID) -> LawDoubtDropped:
    return LawDoubtDropped(hire_id=hire, matter=MATTER)


def test_who_goes_by_it_no_more_is_told_no_more() -> None:
    state = after(doubted(ANA), doubted(BO), answered(), dropped(ANA))

    assert state.hires == (BO,)
    told = told_page_by_page(tell(state, answered(holds=False)))
    assert [[each.hire_id for each in page] for page in told] == [[BO]]


def test_a_question_grows_with_those_who_go_by_it_and_not_with_all_who_ever_did() -> None:
    state = after(doubted(ANA))
    for number in range(10, 60):
        state = tell(state, doubted(UUID(int=number))).state
        state = tell(state, dropped(UUID(int=number))).state

    assert state is not None
    assert state.hires == (ANA,)


@settings(max_examples=30)
@given(st.sets(st.integers(0, 449)), st.integers(0, 2))
def test_who_goes_while_an_answer_is_told_keeps_nobody_from_it(gone: set[int], pages: int) -> None:
    state, ids = waiting(450)
    decision = tell(state, answered())
    told = [each for each in decision.emit if isinstance(each, LawStandingTold)]
    for _ in range(pages):
        decision = tell(decision.state, TellNext())
        told += [each for each in decision.emit if isinstance(each, LawStandingTold)]
    left = decision.state
    for number in gone:
        left = tell(left, dropped(ids[number])).state

    rest = tell(left, TellNext())
    told += [each for page in told_page_by_page(rest) for each in page]

    reached = [each.hire_id for each in told]
    assert len(set(reached)) == len(reached), "nobody is told twice"
    assert set(reached) >= {hire for number, hire in enumerate(ids) if number not in gone}


@pytest.mark.parametrize("state", [None, after(doubted(BO))], ids=["no question", "another hire"])
def test_to_let_go_of_whom_nobody_knows_changes_nothing(state: LawQuestion | None) -> None:
    assert tell(state, dropped(ANA)).state is state


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
    answer_told, _ = tell(after(doubted(ANA)), requested()).emit
    assert isinstance(answer_told, LawAnswered)
    assert answer_told.confirmation.by == str(UUID(int=2))


def test_an_answer_to_what_nobody_asked_is_refused_in_an_event() -> None:
    decision = tell(None, requested())
    [refused] = decision.emit
    assert isinstance(refused, LawAnswerRefused)
    assert (refused.request_id, decision.state) == (UUID(int=1), None)
