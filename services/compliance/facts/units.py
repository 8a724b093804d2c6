"""The units in which packs speak: durations, the words that stand in for one, and amounts.

What a rule can compute with is typed; what is written for a person to read is `Prose`. `None` in a
value means not applicable or not stated.
"""

import re
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict

_DURATION: Final = re.compile(
    r"P(?=\d|T\d)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?=\d)(?:\d+H)?(?:\d+M)?)?"
)


class Token(StrEnum):
    """Words that stand where a duration is expected, when the law gives no number.

    `contract` and `collective_agreement` leave it to those; `as_table`: the brackets apply.
    """

    NONE = "none"
    CONTRACT = "contract"
    COLLECTIVE_AGREEMENT = "collective_agreement"
    PROPORTIONATE = "proportionate"
    AS_TABLE = "as_table"


class Anchor(StrEnum):
    """The day from which a deadline is counted."""

    EMPLOYMENT_START = "employment_start"
    CONTRACT_SIGNING = "contract_signing"


class Unit(StrEnum):
    """The unit of an amount that is no ISO duration."""

    HOUR = "hour"
    DAY = "day"
    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    WEEK = "week"
    WORKING_WEEK = "working_week"
    PERCENT = "percent"


def _duration(text: str) -> str:
    if not _DURATION.fullmatch(text):
        raise ValueError("must be an ISO 8601 duration such as P6M, P90D, P4W or PT11H")
    return text


def _duration_or_token(text: str) -> str:
    if text in tuple(Token):
        return text
    try:
        return _duration(text)
    except ValueError as error:
        raise ValueError(f"{error}, or one of the words {', '.join(Token)}") from error


Prose: TypeAlias = str | None
Duration: TypeAlias = Annotated[str, AfterValidator(_duration)]
Period: TypeAlias = Annotated[str, AfterValidator(_duration_or_token)]


class Shape(BaseModel):
    """Exactly these keys, no more and no fewer."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Case(Shape):
    """One of the cases that the law tells apart; `when` says in prose who falls under it."""

    when: str


class Amount(Shape):
    value: Decimal
    unit: Unit
