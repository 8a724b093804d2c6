"""How long answers took within one hour: the counts of all who measured, added up.

An hour holds one fact for each bucket of the sketch, so that a day is a few hundred of them
however many answers were given.
"""

from collections import Counter, defaultdict
from typing import Final

from services.metrics.ddsketch import value_of
from services.metrics.facts import Fact, Fold, Observations, fact_id
from services.metrics.observations import EventName, LatencyMeasured

INFERENCE: Final = "latency"
"""Its measure is in milliseconds, its weight how many answers took as long."""


def fold_latency(entity: str, observations: Observations) -> tuple[Fact, ...]:
    """A fact for each bucket of the sketch that holds anything."""
    said = [each for each in observations if isinstance(each, LatencyMeasured)]
    counts: Counter[int] = Counter()
    causes: defaultdict[int, list[EventName]] = defaultdict(list)
    for each in said:
        for index, count in each.counts.items():
            counts[index] += count
            causes[index].append(each.name)
    return tuple(
        Fact(
            id=fact_id(entity, INFERENCE, str(index)),
            entity=entity,
            kind=INFERENCE,
            at=said[0].occurred_at.replace(minute=0, second=0, microsecond=0),
            dimensions={"service": said[0].service, "environment": said[0].environment},
            measure=value_of(index),
            weight=count,
            causes=tuple(causes[index]),
        )
        for index, count in sorted(counts.items())
    )


LATENCY: Final = Fold(kinds={INFERENCE: frozenset({"service", "environment"})}, fold=fold_latency)
