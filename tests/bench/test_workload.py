"""The benchmark sends the same to all, and lets no wrong result through."""

from dataclasses import asdict, replace
from itertools import islice
from typing import Any
from uuid import UUID

import pytest
from pydantic_core import to_json

from bench.workload.hire import Hire, hires
from bench.workload.outcome import Outcome, differences, expected
from bench.workload.rules import RULES, rule
from bench.workload.steps import Passed

SENT = list(hires(200))
RIGHT = [expected(hire) for hire in SENT]


def rows(outcomes: list[Outcome]) -> list[dict[str, Any]]:
    return [asdict(outcome) for outcome in outcomes]


def test_the_workload_is_the_same_every_time() -> None:
    assert list(hires(200)) == SENT


def test_a_longer_workload_begins_like_a_shorter_one() -> None:
    assert list(islice(hires(1_000), 200)) == SENT


def test_another_seed_is_another_workload() -> None:
    assert not {hire.hire_id for hire in hires(200, seed=8)} & {hire.hire_id for hire in SENT}


def test_there_are_twenty_rules() -> None:
    assert len(RULES) == 20


def test_the_rules_clear_some_and_not_others() -> None:
    assert {rule(hire).verdict for hire in SENT} == {"clear", "review"}


def test_a_ruling_names_what_was_not_met() -> None:
    hire = replace(SENT[0], nda_signed=False, equipment=("security key",), data_access="none")
    assert {"confidentiality_agreed", "has_laptop"} <= set(rule(hire).findings)


def test_the_right_outcome_passes_in_any_order() -> None:
    assert list(differences(SENT, rows(RIGHT[::-1]))) == []


STRANGER = UUID(int=1)


@pytest.mark.parametrize(
    ("found", "says"),
    [
        pytest.param(RIGHT[1:], "is missing", id="a hire is missing"),
        pytest.param([*RIGHT, RIGHT[0]], "is there twice", id="a hire is there twice"),
        pytest.param(
            [*RIGHT, replace(RIGHT[0], hire_id=STRANGER)], "was never sent", id="nobody sent it"
        ),
        *(
            pytest.param([replace(RIGHT[0], **{name: "?"}), *RIGHT[1:]], f"has {name} '?'", id=name)
            for name in asdict(RIGHT[0])
            if name != "hire_id"
        ),
    ],
)
def test_a_wrong_outcome_is_told(found: list[Outcome], says: str) -> None:
    [wrong] = differences(SENT, rows(found))
    assert says in wrong


def test_a_table_that_lacks_a_hire_is_told() -> None:
    found = rows(RIGHT)
    found[0] |= {"tasks": None}
    [wrong] = differences(SENT, found)
    assert "has tasks None" in wrong


def test_a_hire_is_an_event_of_the_promised_size() -> None:
    assert all(500 < len(to_json(Passed(hire))) < 750 for hire in SENT)


def test_no_hire_is_like_another() -> None:
    assert len(set[Hire](SENT)) == len(SENT)
