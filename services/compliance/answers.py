"""What people are asked, in which form they answer, and what an answer says.

A question's id says what it is about: `terms.<field>` for a term of work, `law.<fact>@<mark>` for
whether the law is still what the pack says, `rule.<rule>@<mark>` for what only a person can judge.
The mark names the version of the law and the inputs asked about, so that an answer given about
German law can never settle a Portuguese question.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, Final, TypeAlias

from libs.common.contracts.values import ContractKind, DataTransfer, Position, Profile, Terms
from services.compliance.calendar_duration import parse

_QUESTION: Final = re.compile(r"(?:law|rule)\.[a-z_.-]+@[A-Z0-9.a-z-]+")
_WEEKDAYS: Final = 7
_DAYS_IN_A_YEAR: Final = 366
_LARGEST: Final = 10**12


class AnswerFormat(StrEnum):
    """The forms in which a person can answer."""

    DURATION = "duration"
    DATE = "date"
    YES_NO = "yes_no"
    NUMBER = "number"
    WEEKDAYS = "weekdays"
    CONTRACT_KIND = "contract_kind"
    POSITION = "position"
    AMOUNT = "amount"
    CURRENCY = "currency"
    PLACE = "place"
    DATA_TRANSFER = "data_transfer"
    SIGNS = "signs"


FORMAT_IN_WORDS: Final[Mapping[AnswerFormat, str]] = {
    AnswerFormat.DURATION: "an ISO 8601 duration such as P90D or P6M",
    AnswerFormat.DATE: "a date such as 2026-12-01",
    AnswerFormat.YES_NO: "yes or no",
    AnswerFormat.NUMBER: "a number such as 25",
    AnswerFormat.WEEKDAYS: "a whole number of days from 1 to 7",
    AnswerFormat.CONTRACT_KIND: f"one of {', '.join(ContractKind)}",
    AnswerFormat.POSITION: f"one of {', '.join(Position)}",
    AnswerFormat.AMOUNT: "a number without a unit such as 40 or 52000",
    AnswerFormat.CURRENCY: "a currency of three letters such as EUR",
    AnswerFormat.PLACE: "the ISO code of a place such as DE or US-CA",
    AnswerFormat.DATA_TRANSFER: f"one of {', '.join(DataTransfer)}",
    AnswerFormat.SIGNS: "the names of all signs that hold, with commas between them, or none",
}

FORMAT_OF_TERM: Final[Mapping[str, AnswerFormat]] = {
    "contract_kind": AnswerFormat.CONTRACT_KIND,
    "contract_signed_on": AnswerFormat.DATE,
    "position": AnswerFormat.POSITION,
    "probation": AnswerFormat.DURATION,
    "telework": AnswerFormat.YES_NO,
    "telework_agreement_on": AnswerFormat.DATE,
    "annual_leave_days": AnswerFormat.NUMBER,
    "working_days_per_week": AnswerFormat.WEEKDAYS,
    "weekly_hours": AnswerFormat.AMOUNT,
    "overtime_multiplier": AnswerFormat.AMOUNT,
    "employer_notice": AnswerFormat.DURATION,
    "yearly_pay_floor": AnswerFormat.AMOUNT,
    "pay_currency": AnswerFormat.CURRENCY,
    "own_entity": AnswerFormat.YES_NO,
    "concludes_contracts": AnswerFormat.YES_NO,
    "payroll_registered": AnswerFormat.YES_NO,
    "ip_clause": AnswerFormat.YES_NO,
    "data_transfer": AnswerFormat.DATA_TRANSFER,
    "data_stored_in": AnswerFormat.PLACE,
    "eor_licensed": AnswerFormat.YES_NO,
    "assignment_ends_on": AnswerFormat.DATE,
    "contractor_signs": AnswerFormat.SIGNS,
}


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A lawyer's yes or no to the question with this id."""

    question: str
    holds: bool


@dataclass(frozen=True, slots=True)
class AnswerRefused:
    """The answer cannot be read; `hint` says how to write it. It repeats no free text."""

    question: str
    hint: str


Answer: TypeAlias = Profile | Confirmation | AnswerRefused


def read_answer(question: str, answer: str, profile: Profile) -> Answer:
    """What an answer says: the profile with that term stated, or a yes or no to a law question."""
    kind, _, field = question.partition(".")
    if kind == "terms" and field in FORMAT_OF_TERM:
        return _read_term(question, field, answer, profile)
    if not _QUESTION.fullmatch(question):
        return AnswerRefused(question, "There is no such question.")
    try:
        return Confirmation(question, _yes_no(answer.strip()))
    except ValueError as error:
        return AnswerRefused(question, str(error))


def _read_term(question: str, field: str, answer: str, profile: Profile) -> Profile | AnswerRefused:
    try:
        value = _READERS[FORMAT_OF_TERM[field]](answer.strip())
    except ValueError as error:
        return AnswerRefused(question, str(error))
    terms = Terms.model_validate({**dict(profile.terms), field: value})
    return profile.model_copy(update={"terms": terms})


def _duration(text: str) -> str:
    try:
        parse(text.upper())
    except ValueError as error:
        raise ValueError(_duration_hint(text)) from error
    return text.upper()


def _duration_hint(text: str) -> str:
    words = re.fullmatch(r"(\d{1,4}) *(day|week|month|year)s?", text.lower())
    if words:
        number, unit = words.groups()
        return f"'{number} {unit}s' is not an ISO duration; write P{number}{unit[0].upper()}."
    return "That is not an ISO duration; write P3M for 3 months, P90D for 90 days, P0D for none."


def _date(text: str) -> date:
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError("There is no such day in the calendar.") from error
    raise ValueError("That is not a date; write year, month and day, such as 2026-12-01.")


def _yes_no(text: str) -> bool:
    if text.lower() not in {"yes", "no"}:
        raise ValueError("Answer with the one word yes or no.")
    return text.lower() == "yes"


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError("That is not a number; write digits only, such as 25 or 22.5.") from error
    if not number.is_finite() or not 0 <= number <= _DAYS_IN_A_YEAR:
        raise ValueError(f"A year has from 0 to {_DAYS_IN_A_YEAR} days; write that number.")
    return number


def _amount(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError("That is not a number; write digits only, such as 40 or 52000.") from error
    if not number.is_finite() or not 0 <= number <= _LARGEST:
        raise ValueError("That cannot be; write a number that is not negative.")
    return number


def _pattern(pattern: str, hint: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if not re.fullmatch(pattern, text.upper()):
            raise ValueError(hint)
        return text.upper()

    return read


def _signs(text: str) -> tuple[str, ...]:
    names = [name.strip().lower() for name in text.split(",")]
    if names == ["none"]:
        return ()
    if not all(re.fullmatch(r"[a-z0-9_]{1,60}", name) for name in names):
        raise ValueError("Write the names of the signs with commas between them, or none.")
    return tuple(names)


def _weekdays(text: str) -> int:
    if not re.fullmatch(r"[1-7]", text):
        raise ValueError(f"A week has from 1 to {_WEEKDAYS} working days; write that number.")
    return int(text)


def _one_of(choices: type[StrEnum]) -> Callable[[str], str]:
    def read(text: str) -> str:
        choice = re.sub(r"[\s-]+", "_", text.lower())
        if choice not in tuple(choices):
            raise ValueError(f"Write one of {', '.join(choices)}.")
        return choice

    return read


_READERS: Final[Mapping[AnswerFormat, Callable[[str], Any]]] = {
    AnswerFormat.DURATION: _duration,
    AnswerFormat.DATE: _date,
    AnswerFormat.YES_NO: _yes_no,
    AnswerFormat.NUMBER: _number,
    AnswerFormat.WEEKDAYS: _weekdays,
    AnswerFormat.CONTRACT_KIND: _one_of(ContractKind),
    AnswerFormat.POSITION: _one_of(Position),
    AnswerFormat.AMOUNT: _amount,
    AnswerFormat.CURRENCY: _pattern(r"[A-Z]{3}", "Write the currency's three letters, as in EUR."),
    AnswerFormat.PLACE: _pattern(
        r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?", "Write an ISO code, such as DE or US-CA."
    ),
    AnswerFormat.DATA_TRANSFER: _one_of(DataTransfer),
    AnswerFormat.SIGNS: _signs,
}
