"""What metrics is told of runs over data: when they began and ended, and what they checked."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.metrics.observations import LongName, Moment, Observation

Many = Annotated[int, Field(ge=0, le=10**15)]


class DatasetResult(BaseModel):
    """What a run found in one dataset: how many checks failed, how many rows of those expected."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    dataset: LongName
    checks: Many = 0
    failed: Many = 0
    rows: Many | None = None
    expected_rows: Annotated[Many, Field(gt=0)] | None = None

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if self.failed > self.checks:
            raise ValueError("failed is more than checks: checks counts those that failed as well")
        if (self.rows is None) != (self.expected_rows is None):
            raise ValueError("rows and expected_rows go together: give both or neither")
        return self


class DataRunStarted(Observation):
    """A run began."""

    pipeline: LongName


class DataRunEnded(Observation):
    """A run ended; of several words on one run the last counts.

    `started_at` is when it began, from senders that tell no start.
    """

    rank = 1

    pipeline: LongName
    started_at: Moment | None = None
    results: tuple[DatasetResult, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.started_at is not None and self.started_at > self.occurred_at:
            raise ValueError("a run cannot end before it began: see started_at")
        if len({each.dataset for each in self.results}) < len(self.results):
            raise ValueError("a dataset stands twice among the results of a run")
        return self
