"""Legal is asked about the law in one letter, whatever the number of hires that wait for it."""

from datetime import timedelta

from libs.common.contracts.compliance import LawAnswered, LawQuestioned
from libs.common.contracts.values import Owner
from services.notify.correspondence import correspondence
from services.notify.directory import Directory
from services.notify.law_letters import LAW
from services.notify.letter import body
from tests.notify.company import MONDAY_MORNING, MONDAY_NIGHT, World

ASKED = LawQuestioned.model_validate(LawQuestioned.example)
OTHER = ASKED.model_copy(update={"matter": "PT.data.residency.1", "ask": "Does art. 4 hold?"})
ANSWERED = LawAnswered.model_validate(LawAnswered.example)


def test_questions_of_ten_minutes_are_one_letter_to_legal() -> None:
    world = World().take(ASKED, OTHER).wait(hours=1)
    [mail] = world.mails
    assert mail.recipient is Owner.LEGAL
    assert mail.asks == [ASKED.ask, OTHER.ask]
    told = body(mail.effect.letter)
    assert "About: the law packs" in told
    assert f"farhand law answer {ASKED.matter} yes|no" in told


def test_the_same_question_told_twice_is_asked_once() -> None:
    world = World().take(ASKED).wait(hours=1).take(ASKED).wait(hours=1)
    assert len(world.mails) == 1


def test_a_question_asked_anew_for_a_later_day_is_a_letter_of_its_own() -> None:
    again = ASKED.model_copy(update={"asked_at": ASKED.asked_at + timedelta(days=400)})
    world = World().take(ASKED).wait(hours=1).take(again).wait(hours=1)
    assert len(world.mails) == 2


def test_what_legal_has_answered_is_asked_no_more() -> None:
    world = World(now=MONDAY_NIGHT).take(ASKED, OTHER, ANSWERED).wait(days=1)
    [mail] = world.mails
    assert mail.asks == [OTHER.ask]


def test_all_of_it_is_filed_under_the_law_and_under_no_hire() -> None:
    rules = correspondence(Directory()).rules
    keys = [rules[each.type].key for each in (ASKED, ANSWERED)]
    assert [key and key(ASKED) for key in keys] == [str(LAW)] * 2
    assert rules[ASKED.type].decide(None, ASKED, MONDAY_MORNING).state is not None
