"""Folds: from everything observed about one entity to its facts.

A new sort of entity is a module here and a line in `FOLDS`, under the first part of its name.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from services.metrics.facts import Fact, Fold
from services.metrics.folds.data_run import DATA_RUN
from services.metrics.folds.delivery import DELIVERY
from services.metrics.folds.experiment import EXPERIMENTS
from services.metrics.folds.hire import HIRE
from services.metrics.folds.latency import LATENCY
from services.metrics.folds.model import MODEL
from services.metrics.folds.return_line import RETURNS
from services.metrics.folds.running_service import SERVICE
from services.metrics.folds.survey import SURVEY
from services.metrics.observations import Observation, Retracted

FOLDS: Final[Mapping[str, Fold]] = {
    "data-run": DATA_RUN,
    "delivery": DELIVERY,
    "experiment": EXPERIMENTS,
    "hire": HIRE,
    "latency": LATENCY,
    "model": MODEL,
    "retraction": Fold(kinds={}, fold=lambda _entity, _observations: ()),
    "return": RETURNS,
    "service": SERVICE,
    "survey": SURVEY,
}

VERSION: Final = "folds@2"
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


def fold_all(observations: Iterable[Observation]) -> tuple[Fact, ...]:
    """Every fact that observations come to, in memory; those that were replaced are left out."""
    known = list(observations)
    replaced = {each.replaced for each in known}
    about: defaultdict[str, list[Observation]] = defaultdict(list)
    for each in known:
        if each.name not in replaced:
            for entity in each.entities:
                about[entity].append(each)
    return tuple(fact for entity in sorted(about) for fact in fold_entity(entity, about[entity]))
