"""What the law says on the end of a contract, on pay and on social security."""

from decimal import Decimal
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Discriminator, Tag

from services.compliance.facts.units import Duration, Period, Prose, Shape


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


class MinimumWage(Shape):
    statutory: bool
    rates: tuple[Wage, ...]


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
