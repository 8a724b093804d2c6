"""The way of one hire: where it stands, from announced to ready, from left to no access."""

from typing import Final

from services.metrics.facts import Fact, Fold, Observations, causes_of, fact_id, seconds_between
from services.metrics.observations import (
    AccessWasRevoked,
    HireBecameReady,
    HireHasLeft,
    HireStatusWas,
    HireWasAnnounced,
)

STATE: Final = "hire-state"
READINESS: Final = "readiness"
ACCESS_END: Final = "access-end"
UNKNOWN: Final = "unknown"


def fold_hire(entity: str, observations: Observations) -> tuple[Fact, ...]:
    """Where the hire stands, how long it took until it could work, and until it no longer could."""
    return (
        *_standing(entity, observations),
        *_readiness(entity, observations),
        *_access_end(entity, observations),
    )


def _standing(entity: str, observations: Observations) -> tuple[Fact, ...]:
    """Where the hire stands now, since when."""
    said = [each for each in observations if isinstance(each, HireStatusWas)]
    announced = [each for each in observations if isinstance(each, HireWasAnnounced)]
    if not said:
        return ()
    return (
        Fact(
            id=fact_id(entity, STATE),
            entity=entity,
            kind=STATE,
            at=said[-1].occurred_at,
            dimensions={
                "status": said[-1].status,
                "jurisdiction": announced[-1].jurisdiction if announced else UNKNOWN,
            },
            measure=None,
            causes=causes_of([said[-1]]),
        ),
    )


def _readiness(entity: str, observations: Observations) -> tuple[Fact, ...]:
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


def _access_end(entity: str, observations: Observations) -> tuple[Fact, ...]:
    """The time from the end of the last day until each resource was read back as closed."""
    left = [each for each in observations if isinstance(each, HireHasLeft)]
    if not left:
        return ()
    gone = left[-1]
    revoked = {
        each.resource: each
        for each in reversed(observations)
        if isinstance(each, AccessWasRevoked) and each.occurred_at >= gone.occurred_at
    }
    return tuple(
        Fact(
            id=fact_id(entity, ACCESS_END, resource),
            entity=entity,
            kind=ACCESS_END,
            at=each.occurred_at,
            dimensions={"resource": resource},
            measure=seconds_between(gone.occurred_at, each.occurred_at),
            causes=causes_of([gone, each]),
        )
        for resource, each in sorted(revoked.items())
    )


HIRE: Final = Fold(
    kinds={
        STATE: frozenset({"status", "jurisdiction"}),
        READINESS: frozenset({"jurisdiction", "engagement"}),
        ACCESS_END: frozenset({"resource"}),
    },
    fold=fold_hire,
)
