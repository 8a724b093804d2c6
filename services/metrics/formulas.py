"""Formulas: from the facts of one bucket to one figure, exactly and in any order.

Every formula gives None for no facts, never 0: silence is not a measurement. Sums and quotients
are decimal, so the last digit does not depend on the order of the facts.
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal
from typing import Annotated, ClassVar, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from services.metrics.facts import Countable

PLACES: Final = Decimal("0.000001")


def rounded(value: Decimal) -> Decimal:
    """Rounded half to even at six decimal places, and written without idle noughts."""
    exact = value.quantize(PLACES, ROUND_HALF_EVEN)
    whole = exact.to_integral_value()
    return whole if exact == whole else exact.normalize()


class _Formula(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    measures: ClassVar[bool] = True
    """Whether the measures of the facts matter, or only how many there are."""


class Count(_Formula):
    """How many facts there are."""

    measures: ClassVar[bool] = False
    kind: Literal["count"]

    def says(self) -> str:
        """The formula in words."""
        return "count"

    def value(self, facts: Sequence[Countable]) -> Decimal | None:
        """A whole number, or None where there is none."""
        return Decimal(sum(each.weight for each in facts)) if facts else None


class Sum(_Formula):
    """The sum of the measures."""

    kind: Literal["sum"]

    def says(self) -> str:
        """The formula in words."""
        return "sum"

    def value(self, facts: Sequence[Countable]) -> Decimal | None:
        """In the unit of the measures, or None where none was taken."""
        taken = [each.measure * each.weight for each in facts if each.measure is not None]
        return rounded(sum(taken, Decimal())) if taken else None


class Mean(_Formula):
    """The mean of the measures."""

    kind: Literal["mean"]

    def says(self) -> str:
        """The formula in words."""
        return "mean"

    def value(self, facts: Sequence[Countable]) -> Decimal | None:
        """In the unit of the measures, at six decimal places; None where none was taken."""
        taken = [(each.measure, each.weight) for each in facts if each.measure is not None]
        if not taken:
            return None
        total = sum((measure * weight for measure, weight in taken), Decimal())
        return rounded(total / sum(weight for _, weight in taken))


class Percentile(_Formula):
    """The smallest measure that at least this share of the measures do not exceed.

    It is `percentile_disc` of SQL:2003: always a measure that was really taken, never a mean of
    two. `p` is between 0 and 1: "0.5" is the median, the lower one of an even number.
    """

    kind: Literal["percentile"]
    p: Decimal = Field(gt=0, le=1)

    def says(self) -> str:
        """The formula in words."""
        return f"percentile {self.p}, discrete"

    def value(self, facts: Sequence[Countable]) -> Decimal | None:
        """In the unit of the measures, or None where none was taken."""
        measures = sorted((e.measure, e.weight) for e in facts if e.measure is not None)
        place = (self.p * sum(w for _, w in measures)).to_integral_value(ROUND_CEILING)
        for measure, weight in measures:
            place -= weight
            if place <= 0:
                return measure
        return None


class Share(_Formula):
    """The share of the facts whose dimensions are as in `of`, between 0 and 1."""

    measures: ClassVar[bool] = False
    kind: Literal["share"]
    of: Mapping[str, str] = Field(min_length=1)

    def says(self) -> str:
        """The formula in words."""
        return "share with " + " and ".join(f"{name}={member}" for name, member in self.of.items())

    def value(self, facts: Sequence[Countable]) -> Decimal | None:
        """Rounded half to even at six decimal places, or None where there is no fact."""
        if not facts:
            return None
        hits = sum(each.weight for each in facts if each.matches(self.of))
        total = sum(each.weight for each in facts)
        return (Decimal(hits) / total).quantize(PLACES, ROUND_HALF_EVEN)


class Last(_Formula):
    """The measure that was taken last; of two at the same moment, the greater."""

    kind: Literal["last"]

    def says(self) -> str:
        """The formula in words."""
        return "last"

    def value(self, facts: Sequence[Countable]) -> Decimal | None:
        """In the unit of the measures, or None where none was taken."""
        taken = [(each.at, each.measure) for each in facts if each.measure is not None]
        return max(taken)[1] if taken else None


Formula: TypeAlias = Annotated[
    Count | Sum | Mean | Percentile | Share | Last, Field(discriminator="kind")
]
