"""Expressions answer, or say that they do not know, or say that they cannot."""

from datetime import date
from decimal import Decimal

import pytest

from services.compliance.calendar_duration import last_day
from services.compliance.cel import (
    Failed,
    Function,
    InvalidExpression,
    Kind,
    Language,
    Result,
    Scalar,
    Unknown,
)

LANGUAGE = Language(
    {
        "terms.telework": Kind.TRUTH,
        "terms.days": Kind.COUNT,
        "terms.leave": Kind.NUMBER,
        "terms.probation": Kind.TEXT,
        "starts_on": Kind.DAY,
    },
    [Function("last_day", (Kind.DAY, Kind.TEXT), Kind.DAY, last_day)],
)


def evaluate(text: str, **values: Scalar | None) -> Result:
    return LANGUAGE.compile(text).evaluate({k.replace("__", "."): v for k, v in values.items()})


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("terms.telework && terms.days == 5", True),
        ("terms.leave + 0.5", 6.1),
        ("last_day(starts_on, terms.probation)", date(2027, 5, 31)),
        ("terms.probation == 'P6M' ? 'yes' : 'no'", "yes"),
        ("terms.probation in ['P3M']", False),
    ],
)
def test_an_expression_is_worked_out(text: str, answer: Scalar) -> None:
    values: dict[str, Scalar | None] = {
        "terms__telework": True,
        "terms__days": 5,
        "terms__leave": Decimal("5.6"),
        "terms__probation": "P6M",
        "starts_on": date(2026, 12, 1),
    }
    assert evaluate(text, **values) == answer


@pytest.mark.parametrize("missing", [{}, {"terms__telework": None}])
def test_a_word_without_a_value_makes_the_answer_unknown(
    missing: dict[str, Scalar | None],
) -> None:
    assert evaluate("terms.telework", **missing) == Unknown(frozenset({"terms.telework"}))


def test_an_unknown_answer_names_every_missing_word() -> None:
    answer = evaluate("terms.telework && terms.days > 3 && terms.leave > 1.0", terms__days=4)
    assert answer == Unknown(frozenset({"terms.telework", "terms.leave"}))


@pytest.mark.parametrize(
    ("text", "answer"),
    [("terms.telework && terms.days == 5", False), ("!terms.telework || terms.days == 5", True)],
)
def test_what_is_known_may_settle_the_answer(text: str, answer: bool) -> None:  # noqa: FBT001
    assert evaluate(text, terms__telework=False) is answer


def test_an_error_at_run_time_is_a_value() -> None:
    answer = evaluate("last_day(starts_on, terms.probation) > starts_on",
                      starts_on=date(2026, 12, 1), terms__probation="proportionate")  # fmt: skip
    assert isinstance(answer, Failed)
    assert answer.reason.startswith("'proportionate' is not a calendar duration")


def test_a_word_inside_quotes_is_text() -> None:
    assert LANGUAGE.compile("terms.probation == 'terms.days'").words == {"terms.probation"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param("terms.telwork", "undeclared reference to 'terms.telwork'", id="misspelt"),
        pytest.param("terms.days == 'five'", "no matching overload", id="types do not match"),
        pytest.param("terms.days >", "mismatched input", id="not finished"),
        pytest.param("terms.days", "its answer is int, but must be bool", id="no condition"),
        pytest.param("terms.probation <= 'P6M'", "compared by size", id="durations as text"),
    ],
)
def test_an_expression_that_cannot_be_right_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(InvalidExpression, match=complaint):
        LANGUAGE.compile(text, Kind.TRUTH)
