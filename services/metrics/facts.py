"""Facts: what the event log comes to, in the form that KPIs count and measure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final, TypeAlias
from uuid import UUID

from libs.common.ids import derived
from services.metrics.observations import EventName, Observation

MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Countable:
    """What a formula sees of a fact: when it counts (UTC), how it is grouped, how much it is.

    `measure` has the unit that its kind states, or is None where there is only something to count.
    `weight` is how many of the same it stands for.
    """

    kind: str
    at: datetime
    dimensions: Mapping[str, str]
    measure: Decimal | None
    weight: int = 1

    def matches(self, wanted: Mapping[str, str]) -> bool:
        """Whether every wanted dimension has the wanted member."""
        return all(self.dimensions.get(name) == member for name, member in wanted.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact(Countable):
    """One thing to count or measure, and the observations that it was folded from."""

    id: UUID
    entity: str
    causes: tuple[EventName, ...]


Observations: TypeAlias = Sequence[Any]
"""The observations of one entity, in their order."""


@dataclass(frozen=True, slots=True)
class Fold:
    """How the observations of one sort of entity become facts: pure, and blind to arrival.

    `kinds` states each kind of fact it makes with the dimensions that every such fact has.
    """

    kinds: Mapping[str, frozenset[str]]
    fold: Callable[[str, Observations], tuple[Fact, ...]]


def fact_id(entity: str, kind: str, *key: str) -> UUID:
    """The same id for the same fact, however often it is folded."""
    return derived("fact", entity, kind, *key)


def seconds_between(start: datetime, end: datetime) -> Decimal:
    """Exact seconds, to the microsecond."""
    return Decimal((end - start) // MICROSECOND) / 1_000_000


def yes_no(answer: bool) -> str:  # noqa: FBT001  # a dimension's member for a truth value
    """How a dimension tells whether something is so."""
    return "yes" if answer else "no"


def causes_of(observations: Sequence[Observation]) -> tuple[EventName, ...]:
    """The names of observations, each once, in their order."""
    return tuple(dict.fromkeys(each.name for each in observations))
