"""Folds: from everything observed about one entity to its facts.

A new sort of entity is a module here and a line in `FOLDS`, under the first part of its name.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from services.metrics.facts import Fact, Fold
from services.metrics.folds.delivery import DELIVERY
from services.metrics.folds.hire import HIRE
from services.metrics.observations import Observation, Retracted

FOLDS: Final[Mapping[str, Fold]] = {"delivery": DELIVERY, "hire": HIRE}

VERSION: Final = "folds@1"
"""To be raised with every change of what a fold makes: the facts are then rebuilt at start."""

FACT_KINDS: Final[Mapping[str, frozenset[str]]] = {
    kind: dimensions for fold in FOLDS.values() for kind, dimensions in fold.kinds.items()
}
"""Every kind of fact, with the dimensions it has."""


def fold_entity(entity: str, observations: Iterable[Observation]) -> tuple[Fact, ...]:
    """The facts of one entity, the same for any order of arrival and any repetition.

    The observations are those of the event log that nothing has replaced. Raises KeyError for an
    entity of no known sort: its source names one that has no fold.
    """
    once = {each.name: each for each in observations if not isinstance(each, Retracted)}
    ordered = sorted(once.values(), key=lambda each: each.order)
    return FOLDS[entity.partition("/")[0]].fold(entity, ordered)
