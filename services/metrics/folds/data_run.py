"""One run over data: how long it took, and of each dataset the checks and the rows it covered.

Checks and rows are counted by weight: a fact stands for all that failed, another for all that did
not, so that shares over many runs are shares of checks and rows and no mean of shares.
"""

from collections.abc import Iterator
from typing import Final

from services.metrics.data_runs import DataRunEnded, DataRunStarted, DatasetResult
from services.metrics.facts import (
    Fact,
    Fold,
    Observations,
    causes_of,
    fact_id,
    seconds_between,
    yes_no,
)

CHECKED: Final = "data_check"
ROWS: Final = "data_row"
RUN: Final = "data_run"
"""Its measure is the seconds from start to end, where the start is known."""


def fold_data_run(entity: str, observations: Observations) -> tuple[Fact, ...]:
    """The facts of a run that has ended; before that there is nothing to count."""
    ends = [each for each in observations if isinstance(each, DataRunEnded)]
    if not ends:
        return ()
    end = ends[-1]
    starts = [each for each in observations if isinstance(each, DataRunStarted)]
    return (
        _run(entity, end, starts),
        *(
            fact
            for result in end.results
            for fact in (*_checks(entity, end, result), *_rows(entity, end, result))
        ),
    )


def _run(entity: str, end: DataRunEnded, starts: list[DataRunStarted]) -> Fact:
    before = [each for each in starts if each.occurred_at <= end.occurred_at]
    told = [] if end.started_at is None else [end.started_at]
    began = min([*told, *(each.occurred_at for each in before)], default=None)
    return Fact(
        id=fact_id(entity, RUN),
        entity=entity,
        kind=RUN,
        at=end.occurred_at,
        dimensions={"pipeline": end.pipeline},
        measure=None if began is None else seconds_between(began, end.occurred_at),
        causes=causes_of([*before, end]),
    )


def _checks(entity: str, end: DataRunEnded, result: DatasetResult) -> Iterator[Fact]:
    counts = {"failed": result.failed, "passed": result.checks - result.failed}
    for member, count in counts.items():
        yield from _weighed(entity, end, result, (CHECKED, "result", member), count)


def _rows(entity: str, end: DataRunEnded, result: DatasetResult) -> Iterator[Fact]:
    if result.rows is None or result.expected_rows is None:
        return
    covered = min(result.rows, result.expected_rows)  # more than was expected covers no more
    counts = {True: covered, False: result.expected_rows - covered}
    for is_covered, count in counts.items():
        key = (ROWS, "covered", yes_no(is_covered))
        yield from _weighed(entity, end, result, key, count)


def _weighed(
    entity: str, end: DataRunEnded, result: DatasetResult, key: tuple[str, str, str], count: int
) -> Iterator[Fact]:
    kind, dimension, member = key
    if count:
        yield Fact(
            id=fact_id(entity, kind, result.dataset, member),
            entity=entity,
            kind=kind,
            at=end.occurred_at,
            dimensions={"pipeline": end.pipeline, "dataset": result.dataset, dimension: member},
            measure=None,
            weight=count,
            causes=causes_of([end]),
        )


DATA_RUN: Final = Fold(
    kinds={
        CHECKED: frozenset({"pipeline", "dataset", "result"}),
        ROWS: frozenset({"pipeline", "dataset", "covered"}),
        RUN: frozenset({"pipeline"}),
    },
    fold=fold_data_run,
)
