"""The words that rules may use, their types, and their values for one hire under one fact.

| word                                  | is                                              |
|---------------------------------------|-------------------------------------------------|
| `hire.starts_on`, `hire.engagement` … | what is known of the hire                       |
| `terms.probation` …                   | a term of work; no value where it was not stated |
| `law.required`, `law.amount.unit` …   | what the rule's fact says, for the case at hand |
| `engagement.contractor`, `unit.week` … | the values of such a word, safe to spell        |
| `last_day(first day, duration)` …     | the functions listed in `FUNCTIONS` |
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Final, TypeAlias, Union, get_args, get_origin

from pydantic import BaseModel

from libs.common.contracts.values import (
    ContractKind,
    DataTransfer,
    Engagement,
    Position,
    Profile,
    Terms,
)
from services.compliance.calendar_duration import due_day, last_day
from services.compliance.cel import Function, Kind, Language, Scalar
from services.compliance.facts import SHAPES
from services.compliance.facts.company import MisclassificationTest
from services.compliance.facts.units import Anchor, Case, Shape, Token, Unit
from services.compliance.leave import working_days_of_leave
from services.compliance.minimum_pay import pay_of_all_rates, pay_of_any_rate
from services.compliance.misclassification import Leaning, score

_VOCABULARIES: Final = (
    Engagement,
    ContractKind,
    Position,
    DataTransfer,
    Token,
    Anchor,
    Unit,
    Leaning,
)
_BETWEEN: Final = "; "


Words: TypeAlias = Mapping[str, Scalar | None]
"""Words and what each stands for; None where that is not stated."""


@dataclass(frozen=True, slots=True)
class CaseOfLaw:
    """One of the cases that a fact tells apart: who falls under it, in prose, and its words."""

    when: str
    words: Words


def snake(name: str) -> str:
    """`ContractKind` as `contract_kind`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


CONSTANTS: Final[Mapping[str, Scalar]] = {
    f"{snake(vocabulary.__name__)}.{member.value}": member.value
    for vocabulary in _VOCABULARIES
    for member in vocabulary
}

FUNCTIONS: Final = (
    Function("last_day", (Kind.DAY, Kind.TEXT), Kind.DAY, last_day),
    Function("due_day", (Kind.DAY, Kind.TEXT), Kind.DAY, due_day),
    Function(
        "working_days_of_leave",
        (Kind.NUMBER, Kind.TEXT, Kind.COUNT, Kind.COUNT),
        Kind.NUMBER,
        working_days_of_leave,
    ),
    Function("pay_of_all_rates", (Kind.NUMBER,) * 3, Kind.NUMBER, pay_of_all_rates),
    Function("pay_of_any_rate", (Kind.NUMBER,) * 3, Kind.NUMBER, pay_of_any_rate),
)

SCORE: Final = {"score.leaning": Kind.TEXT, "score.because": Kind.TEXT, "score.factors": Kind.TEXT}
"""What the signs of a test of status come to; only a rule that reads such a test has them."""


def language_for(fact: str) -> Language:
    """The words a rule that reads this fact may use; raises KeyError for an unknown fact."""
    words = {
        **dict.fromkeys(CONSTANTS, Kind.TEXT),
        "hire.jurisdiction": Kind.TEXT,
        "hire.engagement": Kind.TEXT,
        "hire.starts_on": Kind.DAY,
        **dict(_typed("terms", Terms)),
        **dict(_typed("law", SHAPES[fact])),
        **(SCORE if SHAPES[fact] is MisclassificationTest else {}),
    }
    return Language(words, FUNCTIONS)


def words_of_hire(profile: Profile) -> Words:
    """Every word about the hire; None where nothing was stated."""
    return {
        **CONSTANTS,
        "hire.jurisdiction": profile.jurisdiction,
        "hire.engagement": profile.engagement,
        "hire.starts_on": profile.starts_on,
        **dict(valued("terms", profile.terms)),
    }


def words_of_score(law: Shape | None, hire: Words) -> Words:
    """What the signs of a hire come to under a test of status; nothing where none were stated."""
    signs = hire.get("terms.contractor_signs")
    if not isinstance(law, MisclassificationTest) or signs is None:
        return {}
    found = score(law, [sign for sign in str(signs).split(_BETWEEN) if sign != Token.NONE])
    return {
        "score.leaning": found.leaning.value,
        "score.because": found.because,
        "score.factors": found.factors,
    }


def valued(prefix: str, value: BaseModel) -> Iterator[tuple[str, Scalar | None]]:
    """Every word of a value and what it stands for; of lists only those of plain text have one."""
    names = [*type(value).model_fields, *type(value).model_computed_fields]
    for name in names:
        part = getattr(value, name)
        if isinstance(part, BaseModel):
            yield from valued(f"{prefix}.{name}", part)
        elif _is_texts(type(value), name) and part is not None:
            yield f"{prefix}.{name}", _BETWEEN.join(part) or Token.NONE.value
        elif part is None or isinstance(part, bool | int | Decimal | str | date):
            yield f"{prefix}.{name}", str(part) if isinstance(part, StrEnum) else part


def cases_of(value: Shape) -> tuple[CaseOfLaw, ...]:
    """The cases that a fact tells apart; most facts tell none."""
    brackets: tuple[Shape, ...] = getattr(value, "brackets", ())
    return tuple(
        CaseOfLaw(bracket.when, dict(valued("law", bracket)))
        for bracket in brackets
        if isinstance(bracket, Case)
    )


def tells_cases_apart(fact: str) -> bool:
    """Whether this fact has brackets that a rule has to choose between."""
    bracket = _bracket_of(SHAPES[fact])
    return bracket is not None and issubclass(bracket, Case)


def _typed(prefix: str, shape: type[BaseModel]) -> Iterator[tuple[str, Kind]]:
    fields = {name: field.annotation for name, field in shape.model_fields.items()}
    fields |= {name: field.return_type for name, field in shape.model_computed_fields.items()}
    for name, annotation in fields.items():
        plain = _without_none(annotation)
        if kind := _kind_of(plain):
            yield f"{prefix}.{name}", kind
        elif isinstance(plain, type) and issubclass(plain, BaseModel):
            yield from _typed(f"{prefix}.{name}", plain)
    if bracket := _bracket_of(shape):
        yield from _typed(prefix, bracket)


def _bracket_of(shape: type[BaseModel]) -> type[BaseModel] | None:
    field = shape.model_fields.get("brackets")
    return get_args(field.annotation)[0] if field else None


def _without_none(annotation: Any) -> Any:
    if get_origin(annotation) in {Union, UnionType}:
        members = [member for member in get_args(annotation) if member is not NoneType]
        return members[0] if len(members) == 1 else annotation
    return annotation


def _is_texts(shape: type[BaseModel], name: str) -> bool:
    field = shape.model_fields.get(name)
    return (
        field is not None
        and _kind_of(_without_none(field.annotation)) is Kind.TEXT
        and (get_origin(_without_none(field.annotation)) is tuple)
    )


def _kind_of(annotation: Any) -> Kind | None:
    if get_origin(annotation) is tuple:
        return Kind.TEXT if _kind_of(get_args(annotation)[0]) is Kind.TEXT else None
    # Annotated[str, …] inside a union is still wrapped; its origin is the plain type.
    plain = getattr(annotation, "__origin__", annotation)
    if not isinstance(plain, type):
        return None
    for python, kind in _KINDS:
        if issubclass(plain, python):
            return kind
    return None


_KINDS: Final[tuple[tuple[type, Kind], ...]] = (
    (bool, Kind.TRUTH),
    (int, Kind.COUNT),
    (Decimal, Kind.NUMBER),
    (str, Kind.TEXT),
    (date, Kind.DAY),
)
