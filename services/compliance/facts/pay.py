"""What the law says on the end of a contract, on pay and on social security."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import Discriminator, Tag, computed_field

from services.compliance.calendar_duration import due_day
from services.compliance.facts.units import Duration, Period, Prose, Shape

_ANY_DAY: Final = date(2001, 1, 1)
_A_YEAR_LATER: Final = date(2002, 1, 1)
_PAYMENTS: Final = {"month": 12, "week": 52, "year": 1}


class NoticePerYear(Shape):
    """A notice that grows by each completed year, up to a maximum."""

    base: Period
    per_completed_year: Duration
    max: Duration


class NoticeBetween(Shape):
    """A notice that the contract sets between two bounds."""

    base: Period
    min: Duration
    max: Duration


def _kind_of_notice(value: Any) -> str:
    if not isinstance(value, dict):
        return "period"
    return "per_year" if "per_completed_year" in value else "between"


Notice: TypeAlias = Annotated[
    Annotated[Period, Tag("period")]
    | Annotated[NoticePerYear, Tag("per_year")]
    | Annotated[NoticeBetween, Tag("between")],
    Discriminator(_kind_of_notice),
]


class NoticeBracket(Shape):
    """A notice by tenure; `bounds` of the fact says which end belongs to the bracket."""

    tenure_from: Duration
    tenure_to: Duration | None
    notice: Notice


class NoticeEmployer(Shape):
    during_probation: Period | None
    brackets: tuple[NoticeBracket, ...]
    ends_on: Prose
    counting: Prose
    cause_required: Prose
    bounds: Literal["lower_inclusive", "upper_inclusive"]

    def bracket_at(self, start: date, on: date) -> NoticeBracket | None:
        """The bracket of a tenure from `start`, as of a day; None where the law knows none.

        "Not more than a year" is still met at the end of the day that completes the year, so with
        `upper_inclusive` the day `on` itself has been served (Fair Work Act s. 117(3)).
        """
        upper = self.bounds == "upper_inclusive"
        served = on + timedelta(days=1) if upper else on
        for bracket in self.brackets:
            begins = due_day(start, bracket.tenure_from)
            ends = due_day(start, bracket.tenure_to) if bracket.tenure_to else date.max
            if (served <= ends) if upper else (begins <= served < ends):
                return bracket
        return None

    @computed_field
    @property
    def after_a_year(self) -> str | None:
        """What the law asks after a year of service: a duration, or a word that stands for one."""
        bracket = self.bracket_at(_ANY_DAY, _A_YEAR_LATER)
        match bracket and bracket.notice:
            case NoticePerYear() as formula:
                return formula.base
            case NoticeBetween() as bounds:
                return bounds.min
            case notice:
                return notice


class Severance(Shape):
    statutory: bool
    triggers: tuple[str, ...]
    formula: Prose
    cap: Prose
    qualifying: Prose


class Wage(Shape):
    """A rate of pay; `payments_per_year` where it is not 12."""

    label: str
    value: Decimal
    currency: str
    per: Literal["hour", "day", "week", "month", "year"]
    payments_per_year: int | None

    @property
    def yearly(self) -> Decimal | None:
        """The rate as pay of a whole year; None for an hour's or a day's.

        A monthly wage is paid twelve times, unless the law says more often: 14 times in Spain and
        Portugal (ET art. 31; CT arts. 263, 264).
        """
        if self.per not in _PAYMENTS:
            return None
        return self.value * (self.payments_per_year or _PAYMENTS[self.per])


class MinimumWage(Shape):
    """The lowest pay; where there are several rates, who falls under which is prose.

    Pay that reaches the highest of them is enough for everybody, and pay below the lowest for
    nobody. 0 stands for "there is no such rate".
    """

    statutory: bool
    rates: tuple[Wage, ...]

    @computed_field
    @property
    def highest_hourly(self) -> Decimal:
        """The highest rate of an hour."""
        return max((rate.value for rate in self.rates if rate.per == "hour"), default=Decimal(0))

    @computed_field
    @property
    def lowest_hourly(self) -> Decimal:
        """The lowest rate of an hour."""
        return min((rate.value for rate in self.rates if rate.per == "hour"), default=Decimal(0))

    @computed_field
    @property
    def highest_yearly(self) -> Decimal:
        """The highest rate of a year of full time, all payments of it counted."""
        return max(filter(None, (rate.yearly for rate in self.rates)), default=Decimal(0))

    @computed_field
    @property
    def lowest_yearly(self) -> Decimal:
        """The lowest rate of a year of full time, all payments of it counted."""
        return min(filter(None, (rate.yearly for rate in self.rates)), default=Decimal(0))

    @computed_field
    @property
    def currency(self) -> str | None:
        """The currency of all rates."""
        return next((rate.currency for rate in self.rates), None)

    @computed_field
    @property
    def told(self) -> str:
        """Every rate in words."""
        return "; ".join(f"{r.label}: {r.value} {r.currency} per {r.per}" for r in self.rates)


class Contribution(Shape):
    name: str
    rate_percent: Decimal | None
    base: Prose


class EmployerHeadings(Shape):
    headings: tuple[Contribution, ...]
    total_note: Prose


class RuleInWords(Shape):
    rule: Prose


class ExtraMonths(Shape):
    required: bool
    count: Decimal
    when: Prose
    rule: Prose


class OtherMandatory(Shape):
    items: tuple[str, ...]
