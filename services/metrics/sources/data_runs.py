"""Runs that check data, as a CloudEvent of our own.

Its data name the run and the pipeline, say when it began and ended, and hold for each dataset how
many checks there were and failed, and how many rows of those expected it covered.
"""

from typing import Final

from pydantic import Field

from services.metrics.data_runs import DataRunEnded, DatasetResult
from services.metrics.observations import Moment, Name
from services.metrics.sources.naming import by_data_run
from services.metrics.sources.own_events import OwnEvent, Said

CHECKED: Final = "data.checked.v1"


class CheckedData(Said):
    run: Name
    pipeline: Name
    started_at: Moment | None = None
    datasets: tuple[DatasetResult, ...] = Field(min_length=1, max_length=500)


def read_checked(door: str, content: object) -> DataRunEnded:
    """A run that checked data ended."""
    said = OwnEvent[CheckedData].model_validate(content)
    data = said.data
    return DataRunEnded(
        **said.told(door, by_data_run(said.source, data.run)),
        pipeline=data.pipeline,
        started_at=data.started_at,
        results=data.datasets,
    )
