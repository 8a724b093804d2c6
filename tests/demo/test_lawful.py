"""The law decides on each hire of the demo as its story says, once people have answered."""

from collections.abc import Iterator

import pytest

from farhand.demo.company import company
from farhand.demo.person import UNLAWFUL, DemoHire, Story
from farhand.demo.product_time import BEGINS
from libs.common.contracts.compliance import CheckDecided, Verdict
from libs.common.contracts.values import Profile, Terms
from tests.compliance.hires import WORKER, check

ROUNDS = 8
"""More than the questions that follow from answers."""


def one_of_each() -> Iterator[DemoHire]:
    """A hire for each place and engagement, and for what the law is to make of them."""
    seen: set[tuple[object, ...]] = set()
    for seed in range(1, 4):
        for hire in company(seed, BEGINS):
            known = hire.last_known
            kind = (known.jurisdiction, known.engagement, known.story in UNLAWFUL)
            if kind not in seen:
                seen.add(kind)
                yield known


def decided(hire: DemoHire) -> CheckDecided:
    """The decision once the law is confirmed and every judgement is answered with yes."""
    profile = Profile(
        jurisdiction=hire.jurisdiction,
        timezone=hire.timezone,
        role=hire.role,
        engagement=hire.engagement,
        starts_on=hire.starts_on,
        worker=WORKER,
        terms=Terms.model_validate(dict(hire.truth)),
    )
    answers: dict[str, bool] = {}
    decision = check(profile, answers)
    for _ in range(ROUNDS):
        assert not [q.id for q in decision.questions if q.id.startswith("terms.")], "a term is open"
        asked = [question.id for question in decision.questions]
        asked += [doubt.matter for doubt in decision.awaits]
        answers |= dict.fromkeys(asked, True)
        decision = check(profile, answers)
    return decision


@pytest.mark.parametrize(
    "hire",
    [
        pytest.param(each, id=f"{each.jurisdiction}, {each.engagement}, {each.story.name}")
        for each in one_of_each()
    ],
)
def test_the_law_decides_as_the_story_says(hire: DemoHire) -> None:
    decision = decided(hire)

    expected = Verdict.BLOCKED if hire.story in UNLAWFUL else Verdict.CLEAR
    assert decision.verdict is expected, [
        f"{each.rule}: {each.says}" for each in decision.findings if each.outcome != "met"
    ]


def test_there_is_somebody_who_is_really_an_employee() -> None:
    assert [hire for hire in one_of_each() if hire.story is Story.NOT_A_CONTRACTOR]
