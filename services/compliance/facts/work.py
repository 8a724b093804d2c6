"""What the law says on the contract, working time and leave."""

from decimal import Decimal
from typing import Literal

from pydantic import computed_field

from services.compliance.facts.units import (
    Amount,
    Anchor,
    Case,
    Duration,
    Period,
    Prose,
    Shape,
    Token,
    Unit,
)


class WrittenParticulars(Shape):
    required: bool
    deadline: Period
    anchor: Anchor
    form: Prose
    language: Prose
    content_rule: Prose


class ProbationBracket(Case):
    max: Period


class ProbationMax(Shape):
    statutory: bool
    brackets: tuple[ProbationBracket, ...]
    effect: Prose
    extension_rule: Prose


class WeeklyMax(Shape):
    standard: Amount | None
    max: Amount | None
    averaging: Prose
    opt_out: bool | None


class DailyMax(Shape):
    standard: Amount | None
    max: Amount | None


class Break(Shape):
    after: Duration
    min: Duration | None
    kind: Prose


class Rest(Shape):
    daily: Period | None
    weekly: Period | None
    breaks: tuple[Break, ...]


class OvertimeBand(Shape):
    trigger: str
    multiplier: Decimal


class OvertimePremium(Shape):
    statutory: bool
    bands: tuple[OvertimeBand, ...]
    exempt: Prose

    @computed_field
    @property
    def ordinary_multiplier(self) -> Decimal | None:
        """What the first hour of ordinary overtime is paid by: the first band."""
        return self.bands[0].multiplier if self.bands else None


class LeaveBracket(Case):
    amount: Amount


class AnnualMin(Shape):
    """Leave in a year; `week_basis_days` is the working week in which the law counts."""

    brackets: tuple[LeaveBracket, ...]
    week_basis_days: int | None
    accrual: Prose
    carry_over: Prose

    @computed_field
    @property
    def cases(self) -> int:
        """How many cases the law tells apart; none means that it grants no leave."""
        return len(self.brackets)


class PublicHolidays(Shape):
    count: int | None
    scope: Prose
    paid: bool | Literal[Token.CONTRACT, Token.COLLECTIVE_AGREEMENT]
    rule: Prose


class SickPay(Shape):
    from_day: int
    to_day: int | None
    unit: Literal[Unit.CALENDAR_DAY, Unit.WORKING_DAY]
    rate_percent: Decimal | None
    payer: Prose


class SickLeave(Shape):
    pay: tuple[SickPay, ...]
    waiting: Prose
    evidence: Prose
    cap: Prose


class MaternityLeave(Shape):
    duration: Duration
    mandatory: Prose
    pay: Prose
    payer: Prose
    qualifying: Prose


class PaternityLeave(Shape):
    duration: Duration
    pay: Prose
    payer: Prose
    window: Prose
    qualifying: Prose


class ParentalLeave(Shape):
    duration: Duration
    pay: Prose
    payer: Prose
    per: Prose
    qualifying: Prose
