"""Nothing that is released tells of fewer than five people, whoever computes with it."""

from collections import Counter
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.metrics.surveys import disclosure
from services.metrics.surveys.disclosure import discloses
from services.metrics.surveys.net_promoter import Answers
from services.metrics.surveys.wave import OTHERS, Group, plan, release
from tests.metrics.algebra import learns

PEOPLE = [UUID(int=n) for n in range(400)]


def people(first: int, last: int) -> Group:
    return frozenset(PEOPLE[first:last])


def roster(**groups: Group) -> dict[UUID, str]:
    return {member: name for name, group in groups.items() for member in group}


@pytest.mark.parametrize(
    ("cells", "tells"),
    [
        pytest.param([people(0, 5)], False, id="five people"),
        pytest.param([people(0, 4)], True, id="four people"),
        pytest.param([people(0, 20), people(0, 15)], False, id="a part, and five others"),
        pytest.param([people(0, 20), people(0, 16)], True, id="a part, and four others"),
        pytest.param([people(0, 20), people(0, 20)], False, id="the same people twice"),
        pytest.param([people(0, 20), people(1, 21)], True, id="one left and one came"),
        pytest.param([people(0, 20), people(1, 25)], False, id="one left and five came: six"),
        pytest.param([people(0, 20), people(1, 20)], True, id="one left"),
        pytest.param(
            [people(0, 30), people(0, 12) | people(28, 30), people(12, 28) | people(30, 36)],
            False,
            id="three overlaps of enough people",
        ),
        pytest.param(
            [people(0, 10), people(10, 20), people(0, 19)], True, id="two sums less a third"
        ),
        pytest.param([], False, id="nothing"),
    ],
)
def test_sums_tell_of_few_people_exactly_if_algebra_does(
    cells: list[Group], *, tells: bool
) -> None:
    assert discloses(cells) is tells
    assert (learns(cells, 5) is not None) is tells


@given(
    st.lists(st.sets(st.integers(0, 13), min_size=1), min_size=1, max_size=5),
    st.integers(2, 5),
)
def test_the_auditor_finds_what_an_attacker_finds_and_nothing_else(
    cells: list[set[int]], smallest: int
) -> None:
    assert discloses(cells, smallest=smallest) == (learns(cells, smallest) is not None)


def test_what_is_too_much_to_look_at_is_not_taken_to_be_safe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    safe = [people(0, 20), people(3, 23)]
    assert not discloses(safe)
    monkeypatch.setattr(disclosure, "MOST_SETS", 1)
    assert discloses(safe)


@pytest.mark.parametrize(
    ("groups", "shown", "left_out"),
    [
        pytest.param({"a": people(0, 20), "b": people(20, 25)}, {"a": 20, "b": 5}, 0, id="enough"),
        pytest.param(
            {"a": people(0, 20), "b": people(20, 24)}, {OTHERS: 24}, 0, id="one too small"
        ),
        pytest.param(
            {"a": people(0, 20), "b": people(20, 24), "c": people(24, 26)},
            {"a": 20, OTHERS: 6},
            0,
            id="two too small, together enough",
        ),
        pytest.param(
            {"a": people(0, 20), "b": people(20, 30), "c": people(30, 31)},
            {"a": 20, OTHERS: 11},
            0,
            id="the smallest that is enough takes it in",
        ),
        pytest.param({"a": people(0, 4)}, {}, 4, id="nobody can be asked"),
    ],
)
def test_groups_are_wide_enough_before_anybody_is_asked(
    groups: dict[str, Group], shown: dict[str, int], left_out: int
) -> None:
    planned = plan(roster(**groups), [])
    assert {name: len(group) for name, group in planned.groups.items()} == shown
    assert len(planned.left_out) == left_out


def test_a_group_that_a_single_person_left_is_not_asked_again_until_more_have() -> None:
    first = plan(roster(a=people(0, 20), b=people(20, 40)), [])
    second = plan(roster(a=people(1, 20), b=people(20, 40)), [*first.groups.values()])
    assert set(second.groups) == {"b"}
    assert second.left_out == people(1, 20)
    third = plan(roster(a=people(5, 20), b=people(20, 40)), [*first.groups.values()])
    assert set(third.groups) == {"a", "b"}


def company(random: Random, size: int, waves: int) -> list[dict[UUID, str]]:
    """Rosters of one company, wave after wave: people come, leave, and change teams."""
    unseen = list(PEOPLE[size:])
    now = {member: random.choice("abcdefg") for member in PEOPLE[:size]}
    rosters = [dict(now)]
    for _ in range(waves - 1):
        for member in random.sample(sorted(now), random.randrange(4)):
            del now[member]
        for member in random.sample(sorted(now), random.randrange(4)):
            now[member] = random.choice("abcdefg")
        now |= {unseen.pop(): random.choice("abcdefg") for _ in range(random.randrange(4))}
        rosters.append(dict(now))
    return rosters


def test_no_company_is_told_of_few_people_by_all_its_waves_together() -> None:
    """Six companies of 45 people, three waves each, against exact algebra over every sum."""
    asked, invited = Counter[bool](), 0
    for seed in range(6):
        published: list[Group] = []
        for each in company(Random(seed), 45, 3):  # noqa: S311  # made-up companies
            planned = plan(each, published)
            assert set().union(*planned.groups.values(), planned.left_out) == set(each)
            assert sum(map(len, planned.groups.values())) + len(planned.left_out) == len(each)
            published += planned.groups.values()
            asked[True] += len(each) - len(planned.left_out)
            asked[False] += len(planned.left_out)
            invited += len(planned.groups)
        assert learns(published, 5) is None, seed
    assert asked[True] > asked[False]
    assert invited > 6 * 3


COUNTS = st.builds(Answers, st.integers(0, 4), st.integers(0, 4), st.integers(0, 4))


@given(st.dictionaries(st.sampled_from(["a", "b", "c", "d", OTHERS]), COUNTS))
def test_a_release_counts_each_answer_once_and_tells_of_no_few_answers(
    ballots: dict[str, Answers],
) -> None:
    shown = release(ballots)
    total = sum(ballots.values(), Answers())
    assert all(each.count >= 5 for each in shown.values())
    assert sum(shown.values(), Answers()) == (total if shown else Answers())
    assert bool(shown) == (total.count >= 5)
    cells = [{name} for name in shown if name != OTHERS]
    everybody = {name for name, each in ballots.items() if each.count}
    sizes = {name: each.count for name, each in ballots.items()}
    if shown:
        assert learns([*cells, everybody], 5, sizes) is None
        assert not discloses([*cells, everybody], sizes)


def test_groups_that_are_shown_alone_are_those_with_enough_answers() -> None:
    ballots = {"a": Answers(9, 1, 0), "b": Answers(0, 5, 1), "c": Answers(1, 0, 0)}
    assert release(ballots) == {"a": ballots["a"], OTHERS: Answers(1, 5, 1)}


@pytest.mark.parametrize(
    ("answers", "score", "interval"),
    [
        pytest.param(Answers(2, 2, 1), 20, (-39, 64), id="five"),
        pytest.param(Answers(7, 8, 5), 10, (-22, 40), id="twenty"),
        pytest.param(Answers(18, 20, 12), 12, (-9, 32), id="fifty"),
        pytest.param(Answers(20, 0, 0), 100, (70, 100), id="of one mind, and still not certain"),
    ],
)
def test_a_score_says_how_sure_it_is(
    answers: Answers, score: int, interval: tuple[int, int]
) -> None:
    assert (answers.score, answers.interval) == (score, interval)


@pytest.mark.parametrize(
    ("score", "answers"),
    [
        pytest.param(10, Answers(promoters=1), id="ten"),
        pytest.param(9, Answers(promoters=1), id="nine"),
        pytest.param(8, Answers(passives=1), id="eight"),
        pytest.param(7, Answers(passives=1), id="seven"),
        pytest.param(6, Answers(detractors=1), id="six"),
        pytest.param(0, Answers(detractors=1), id="nought"),
    ],
)
def test_who_promotes_and_who_detracts(score: int, answers: Answers) -> None:
    assert Answers.of(score) == answers
