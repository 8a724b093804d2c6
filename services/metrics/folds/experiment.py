"""One experiment: when it first ran, and what became of it.

The last word counts: an experiment that was decided and runs again is open again, and one that
its owners removed never was.
"""

from typing import Final, TypeAlias

from services.metrics.experiments import (
    ExperimentDecided,
    ExperimentDeleted,
    ExperimentStarted,
    Verdict,
)
from services.metrics.facts import (
    Fact,
    Fold,
    Observations,
    causes_of,
    fact_id,
    seconds_between,
    yes_no,
)

EXPERIMENT: Final = "experiment"
DECISION: Final = "experiment_decision"
"""Its measure is the seconds since the experiment started, where that is known."""

RUNNING: Final = "running"

Said: TypeAlias = ExperimentStarted | ExperimentDecided


def fold_experiment(entity: str, observations: Observations) -> tuple[Fact, ...]:
    """A fact for the start, if it is known, and one for the end, if it has ended."""
    said = sorted(observations, key=lambda each: (each.position, each.order))
    if not said or isinstance(said[-1], ExperimentDeleted):
        return ()
    last: Said = said[-1]
    began = _start([each for each in said if isinstance(each, ExperimentStarted)])
    starts = [] if began is None else [_started(entity, began, last)]
    ends = [_decided(entity, began, last)] if isinstance(last, ExperimentDecided) else []
    return (*starts, *ends)


def _start(said: list[ExperimentStarted]) -> ExperimentStarted | None:
    """The first start, by the newest word on it."""
    return min(said, key=lambda each: (-each.position, each.order), default=None)


def _started(entity: str, began: ExperimentStarted, last: Said) -> Fact:
    state = last.verdict.value if isinstance(last, ExperimentDecided) else RUNNING
    return Fact(
        id=fact_id(entity, EXPERIMENT),
        entity=entity,
        kind=EXPERIMENT,
        at=began.occurred_at,
        dimensions={"team": last.team, "state": state},
        measure=None,
        causes=causes_of([began, last]),
    )


def _decided(entity: str, began: ExperimentStarted | None, last: ExperimentDecided) -> Fact:
    known = began if began is not None and began.occurred_at <= last.occurred_at else None
    return Fact(
        id=fact_id(entity, DECISION),
        entity=entity,
        kind=DECISION,
        at=last.occurred_at,
        dimensions={
            "team": last.team,
            "verdict": last.verdict.value,
            "decided": yes_no(last.verdict is not Verdict.ABANDONED),
        },
        measure=None if known is None else seconds_between(known.occurred_at, last.occurred_at),
        causes=causes_of([last] if known is None else [known, last]),
    )


EXPERIMENTS: Final = Fold(
    kinds={
        EXPERIMENT: frozenset({"team", "state"}),
        DECISION: frozenset({"team", "verdict", "decided"}),
    },
    fold=fold_experiment,
)
