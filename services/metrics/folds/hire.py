"""The way of one hire, from announced to ready."""

from typing import Final

from services.metrics.facts import Fact, Fold, Observations, causes_of, fact_id, seconds_between
from services.metrics.observations import HireBecameReady, HireWasAnnounced

READINESS: Final = "readiness"
UNKNOWN: Final = "unknown"


def fold_hire(entity: str, observations: Observations) -> tuple[Fact, ...]:
    """The time from the first announcement to the first readiness, once both are known.

    What was announced last says how the hire is grouped.
    """
    announced = [each for each in observations if isinstance(each, HireWasAnnounced)]
    ready = [each for each in observations if isinstance(each, HireBecameReady)]
    if not ready:
        return ()
    since = min([ready[0].announced_at, *(each.occurred_at for each in announced)])
    return (
        Fact(
            id=fact_id(entity, READINESS),
            entity=entity,
            kind=READINESS,
            at=ready[0].occurred_at,
            dimensions={
                "jurisdiction": announced[-1].jurisdiction if announced else UNKNOWN,
                "engagement": announced[-1].engagement if announced else UNKNOWN,
            },
            measure=seconds_between(since, ready[0].occurred_at),
            causes=causes_of([*announced, ready[0]]),
        ),
    )


HIRE: Final = Fold(
    kinds={READINESS: frozenset({"jurisdiction", "engagement"})},
    fold=fold_hire,
)
