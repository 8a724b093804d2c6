"""OpenLineage: runs over data, and the assertions on what they read.

Of the facets only `dataQualityAssertions` is read: which of the assertions on an input held. How
many rows there should have been no facet says, so coverage is known from others only. A run is
one `runId`, whatever job it is of; `START` begins it, `COMPLETE` and `FAIL` end it.
https://openlineage.io/docs/spec/facets/dataset-facets/data_quality_assertions
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeGuard

from pydantic import Field

from services.metrics.data_runs import DataRunEnded, DataRunStarted, DatasetResult
from services.metrics.observations import Moment, Name, Observation
from services.metrics.sources.naming import by_data_run
from services.metrics.sources.reading import Camel, reading

OPENLINEAGE: Final = "openlineage"
START: Final = "START"
ENDS: Final = frozenset({"COMPLETE", "FAIL"})


class Assertion(Camel):
    success: bool


class Assertions(Camel):
    assertions: tuple[Assertion, ...] = Field(default=(), max_length=100_000)


class InputFacets(Camel):
    data_quality_assertions: Assertions | None = None


class Input(Camel):
    namespace: Name
    name: Name
    input_facets: InputFacets = InputFacets()


class Run(Camel):
    run_id: Name


class Job(Camel):
    namespace: Name
    name: Name


class RunEvent(Camel):
    event_type: str
    event_time: Moment
    run: Run
    job: Job
    inputs: tuple[Input, ...] = Field(default=(), max_length=1_000)


def is_run_event(content: object) -> TypeGuard[Mapping[str, Any]]:
    """Whether a body is a run event: no other form that is read here has both of these."""
    return isinstance(content, Mapping) and {"eventTime", "run"} <= content.keys()


def read_run_event(source: str, content: Mapping[str, Any]) -> Sequence[Observation]:
    """One observation, or none for what neither begins nor ends a run; raises Unreadable."""
    with reading("the run event"):
        said = RunEvent.model_validate(content)
        if said.event_type == START:
            return (_started(source, said),)
        return (_ended(source, said),) if said.event_type in ENDS else ()


def _started(source: str, said: RunEvent) -> DataRunStarted:
    return DataRunStarted(
        source=source,
        event_id=_event_id(said),
        entity=by_data_run(OPENLINEAGE, said.run.run_id),
        occurred_at=said.event_time,
        pipeline=_pipeline(said.job),
    )


def _ended(source: str, said: RunEvent) -> DataRunEnded:
    return DataRunEnded(
        source=source,
        event_id=_event_id(said),
        entity=by_data_run(OPENLINEAGE, said.run.run_id),
        occurred_at=said.event_time,
        pipeline=_pipeline(said.job),
        results=tuple(_results(said.inputs)),
    )


def _results(inputs: Sequence[Input]) -> list[DatasetResult]:
    """One result for each dataset that was asserted on; read twice, its assertions add up."""
    asserted: dict[str, list[bool]] = {}
    for each in inputs:
        facet = each.input_facets.data_quality_assertions
        if facet is not None and facet.assertions:
            held = asserted.setdefault(f"{each.namespace}/{each.name}", [])
            held += [assertion.success for assertion in facet.assertions]
    return [
        DatasetResult(dataset=name, checks=len(held), failed=held.count(False))
        for name, held in asserted.items()
    ]


def _pipeline(job: Job) -> str:
    return f"{job.namespace}/{job.name}"


def _event_id(said: RunEvent) -> str:
    return f"{said.run.run_id}/{said.event_type}@{said.event_time.isoformat()}"
