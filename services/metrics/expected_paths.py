"""Expected paths: where a key result should stand on a day, as its definition declares it.

A linear rule on a result that grows slowly first calls half of all good quarters bad, so each key
result says which way it takes. All is decimal: the same day gives the same digits everywhere.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, NamedTuple, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.metrics.formulas import rounded


class Course(NamedTuple):
    """From which value to which, and from the start of which day to the end of which."""

    start: date
    end: date
    baseline: Decimal
    target: Decimal

    def passed(self, day: date) -> Decimal:
        """The share of the time that has passed at the end of a day, from 0 to 1."""
        days = (self.end - self.start).days + 1
        return min(Decimal(1), max(Decimal(0), Decimal((day - self.start).days + 1) / days))


class _Path(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Linear(_Path):
    """The same step every day."""

    kind: Literal["linear"]

    def expected(self, course: Course, day: date) -> Decimal:
        """In the unit of the key result, at the end of a day."""
        return _between(course, course.passed(day))


class SCurve(_Path):
    """Slow at first, fast in the middle, slow at the end: the smoothstep 3x² - 2x³."""

    kind: Literal["s-curve"]

    def expected(self, course: Course, day: date) -> Decimal:
        """In the unit of the key result, at the end of a day."""
        x = course.passed(day)
        return _between(course, x * x * (3 - 2 * x))


class Step(_Path):
    """From a day on, this value is expected."""

    since: date
    value: Decimal


class Steps(_Path):
    """The baseline at first, then one level after the other."""

    kind: Literal["steps"]
    steps: tuple[Step, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        days = [each.since for each in self.steps]
        if days != sorted(set(days)):
            raise ValueError("steps must be in the order of their days, each day once")
        return self

    def expected(self, course: Course, day: date) -> Decimal:
        """In the unit of the key result, at the end of a day."""
        reached = [each.value for each in self.steps if each.since <= day]
        return reached[-1] if reached else course.baseline


class Band(_Path):
    """To be kept between two values, neither below nor above."""

    kind: Literal["band"]
    low: Decimal
    high: Decimal

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low >= self.high:
            raise ValueError("low must be below high")
        return self

    @property
    def middle(self) -> Decimal:
        """Half-way between the two."""
        return (self.low + self.high) / 2

    def expected(self, course: Course, day: date) -> Decimal:  # noqa: ARG002  # the same every day
        """The middle of the band."""
        return self.middle


Path: TypeAlias = Annotated[Linear | SCurve | Steps | Band, Field(discriminator="kind")]


def _between(course: Course, share: Decimal) -> Decimal:
    way = (course.target - course.baseline) * share
    return rounded(course.baseline + way)
