"""Latencies of inference, as a CloudEvent of our own: what each server took to answer, added up.

Its data name the service, the environment and the minute, and hold either `counts` of a DDSketch
with a relative accuracy of 0.01, by bucket index, or the `milliseconds` themselves.
"""

from decimal import Decimal
from typing import Annotated, Final, Self

from pydantic import Field, PositiveInt, model_validator

from services.metrics.ddsketch import HIGHEST, LOWEST, counted
from services.metrics.observations import LatencyMeasured, Name
from services.metrics.sources.naming import by_hour
from services.metrics.sources.own_events import OwnEvent, Said

LATENCY: Final = "inference.latency.v1"

Index = Annotated[int, Field(ge=LOWEST, le=HIGHEST)]
Milliseconds = Annotated[Decimal, Field(gt=0, le=10**9)]


class LatencyData(Said):
    service: Name
    environment: Name = "production"
    counts: dict[Index, PositiveInt] = Field(default_factory=dict[int, int], max_length=1_000)
    milliseconds: tuple[Milliseconds, ...] = Field(default=(), max_length=10_000)

    @model_validator(mode="after")
    def _either(self) -> Self:
        if bool(self.counts) == bool(self.milliseconds):
            raise ValueError("either counts or milliseconds, and some of them")
        return self


def read_latency(door: str, content: object) -> LatencyMeasured:
    """One observation of one minute of one server."""
    said = OwnEvent[LatencyData].model_validate(content)
    data = said.data
    return LatencyMeasured(
        **said.told(door, by_hour(data.environment, data.service, data.at)),
        service=data.service,
        environment=data.environment,
        counts=data.counts or counted(data.milliseconds),
    )
