"""Answers of people: read by form, or refused with how to write them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.contracts.values import Profile
from services.compliance.answers import AnswerRefused, Confirmation, read_answer
from tests.compliance.hires import profile

HIRE = profile("DE", contract_kind="open_ended")


@pytest.mark.parametrize(
    ("field", "answer", "value"),
    [
        ("probation", "P6M", "P6M"),
        ("probation", " p90d ", "P90D"),
        ("contract_signed_on", "2026-11-20", date(2026, 11, 20)),
        ("telework", "Yes", True),
        ("telework", "no", False),
        ("annual_leave_days", "22.5", Decimal("22.5")),
        ("working_days_per_week", "5", 5),
        ("contract_kind", "fixed term", "fixed_term"),
        ("contract_kind", "Open-ended", "open_ended"),
        ("position", "management", "management"),
    ],
)
def test_a_term_is_read_by_its_form(field: str, answer: str, value: object) -> None:
    stated = read_answer(f"terms.{field}", answer, HIRE)
    assert isinstance(stated, Profile)
    assert getattr(stated.terms, field) == value
    assert stated.model_copy(update={"terms": HIRE.terms}) == HIRE


@pytest.mark.parametrize(
    ("field", "answer", "hint"),
    [
        ("probation", "3 months", "'3 months' is not an ISO duration; write P3M."),
        ("probation", "1 Year", "'1 years' is not an ISO duration; write P1Y."),
        ("probation", "90days", "'90 days' is not an ISO duration; write P90D."),
        ("probation", "a while", "That is not an ISO duration; write P3M for 3 months"),
        ("contract_signed_on", "20/11/2026", "That is not a date; write year, month and day"),
        ("contract_signed_on", "2026-02-30", "There is no such day in the calendar."),
        ("contract_signed_on", "20261120", "That is not a date"),
        ("telework", "sometimes", "Answer with the one word yes or no."),
        ("annual_leave_days", "25 days", "That is not a number; write digits only"),
        ("annual_leave_days", "NaN", "A year has from 0 to 366 days"),
        ("annual_leave_days", "-1", "A year has from 0 to 366 days"),
        ("working_days_per_week", "8", "A week has from 1 to 7 working days"),
        ("working_days_per_week", "4.5", "A week has from 1 to 7 working days"),
        ("contract_kind", "permanent", "Write one of open_ended, fixed_term."),
        ("position", "", "Write one of general, technical, management."),
    ],
)
def test_an_answer_that_cannot_be_read_says_how_to_write_it(
    field: str, answer: str, hint: str
) -> None:
    refused = read_answer(f"terms.{field}", answer, HIRE)
    assert isinstance(refused, AnswerRefused)
    assert refused.hint.startswith(hint)


@pytest.mark.parametrize(("answer", "holds"), [("yes", True), ("NO", False)])
@pytest.mark.parametrize(
    "question",
    [
        "law.contract.written_particulars@DE.0a2661c4",
        "rule.annual-leave@US-CA.0a2661c4",
        "law.pack@BE.0a2661c4",
    ],
)
def test_legal_answers_yes_or_no(question: str, answer: str, holds: bool) -> None:  # noqa: FBT001
    assert read_answer(question, answer, HIRE) == Confirmation(question, holds)


@pytest.mark.parametrize("question", ["terms.salary", "terms.", "law.", "", "vpn", "law.x@"])
def test_what_nobody_asked_is_refused(question: str) -> None:
    assert read_answer(question, "yes", HIRE) == AnswerRefused(
        question, "There is no such question."
    )


@given(st.text(), st.text())
def test_any_text_is_answered_and_never_repeated(question: str, answer: str) -> None:
    for asked in (question, "terms.probation", "terms.contract_signed_on", "law.a@DE.1"):
        heard = read_answer(asked, answer, HIRE)
        if isinstance(heard, AnswerRefused) and len(answer.strip()) > len("1000 months"):
            assert answer not in heard.hint
