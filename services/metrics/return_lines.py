"""The ledger of what remote work returns: lines that say what they compare, and what they assume.

A line is about one amount of money in one quarter. What returns is positive, what it costs is
negative. Sums are made in one currency; a line in another brings its rate, which is on show.
"""

from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from libs.common.contracts.metrics import Slug
from services.metrics.buckets import Period, first_day
from services.metrics.observations import LongName, Name, Observation

CURRENCY: Final = "EUR"
"""The currency (ISO 4217) that lines are added up in."""

CENT: Final = Decimal("0.01")


def _exact(amount: object) -> object:
    if isinstance(amount, float):
        raise ValueError('must be text, such as "1250.50": a binary fraction is no exact amount')  # noqa: TRY004  # a refusal of the value
    return amount


Money = Annotated[Decimal, BeforeValidator(_exact), Field(max_digits=17, decimal_places=2)]
Rate = Annotated[Decimal, BeforeValidator(_exact), Field(gt=0, max_digits=14, decimal_places=8)]


class Method(StrEnum):
    """How an amount came to be known; the first is the strongest."""

    MEASURED = "measured"
    DIFFERENCE_IN_DIFFERENCES = "difference_in_differences"
    ASSUMED = "assumed"


class Category(StrEnum):
    """What an amount is about."""

    REAL_ESTATE = "real_estate"
    UTILITIES = "utilities"
    RELOCATION = "relocation"
    HIRING = "hiring"
    PRODUCTIVITY = "productivity"
    OVERHEAD = "overhead"
    MODELS = "models"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class Compared(_Part):
    """What somebody spent or earned without remote work (`baseline`), and with it (`actual`)."""

    who: Name
    baseline: Money
    actual: Money

    @property
    def saved(self) -> Decimal:
        """How much less it is than the baseline."""
        return self.baseline - self.actual


class Estimate(_Part):
    """What an amount comes to, at least, most likely and at most."""

    low: Money
    mid: Money
    high: Money

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low <= self.mid <= self.high:
            raise ValueError("low, mid and high must not fall")
        return self


class ReturnLineEntered(Observation):
    """A line of the ledger as it stands from now on; of several words on it the last counts.

    `amount` names the money that it is about: however many lines claim one amount, in whatever
    quarters, it counts once, so the rent of the next quarter is another amount. A line that moves
    to another amount replaces the event that entered it.
    `earned` says that the money compared is earned, so that more of it is the return; else it is
    spent, and less of it is. `owner` is the role that answers for the line, never a name; `figure`
    is a KPI that shows what the line speaks of.
    """

    line: Name
    amount: Name
    title: Name
    category: Category
    owner: Slug
    begins: date
    ends: date
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = CURRENCY
    rate: Rate = Decimal(1)
    method: Method
    compared: Compared | None = None
    comparison: Compared | None = None
    earned: bool = False
    estimate: Estimate
    attributable: bool = True
    assumptions: Annotated[tuple[LongName, ...], Field(max_length=50)] = ()
    figure: Name | None = None

    @property
    def in_currency(self) -> Estimate:
        """The estimate in the currency of the ledger, rounded half to even to the cent."""
        low, mid, high = (
            (each * self.rate).quantize(CENT, ROUND_HALF_EVEN)
            for each in (self.estimate.low, self.estimate.mid, self.estimate.high)
        )
        return Estimate(low=low, mid=mid, high=high)

    @model_validator(mode="after")
    def _is_of_one_quarter(self) -> Self:
        quarters = {first_day(day, Period.QUARTER) for day in (self.begins, self.ends)}
        if len(quarters) > 1 or self.ends < self.begins:
            raise ValueError("begins and ends must lie in one quarter: split a line that is longer")
        return self

    @model_validator(mode="after")
    def _is_in_a_known_currency(self) -> Self:
        if (self.currency == CURRENCY) != (self.rate == 1):
            raise ValueError(f"rate must say how much {CURRENCY} one of another currency is")
        return self

    @model_validator(mode="after")
    def _follows_from_its_method(self) -> Self:
        expected = self._computed()
        if expected is not None and expected != self.estimate.mid:
            raise ValueError("mid must be what was compared: the baseline less the actual amount")
        if not self.assumptions and (expected is None or not self.attributable):
            raise ValueError("assumptions must say why: nothing measured stands behind this")
        return self

    def _computed(self) -> Decimal | None:
        """What was compared comes to; None of what is assumed."""
        if self.method is Method.ASSUMED:
            return None
        if self.compared is None:
            raise ValueError("compared is missing: only what is assumed needs no baseline")
        saved = self.compared.saved
        if self.method is Method.DIFFERENCE_IN_DIFFERENCES:
            if self.comparison is None:
                raise ValueError("comparison is missing: say how a group without remote work did")
            saved -= self.comparison.saved
        return -saved if self.earned else saved
