"""What metrics says of a KPI: what it means, the events behind a figure, the goals it serves.

Asked over its API when somebody looks, and kept nowhere here.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.console.operations import Operations, path_of

METRICS: Final = "metrics"
SHOWN: Final = 50
"""How many events behind a figure are shown; all are counted."""
MANY: Final = 500
OF_A_HIRE: Final = "hire/"


class Said(BaseModel):
    """A part of an answer; what else metrics says is left out."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Meaning(Said):
    """What a KPI means, who answers for it, and how it is computed."""

    meaning: str
    owner: str
    reference: str
    formula: str
    bucket: str
    timezone: str


class EventBehind(Said):
    """An event that a figure was made of; `entity` is of what, such as `hire/ID`."""

    source: str
    event_id: str
    type: str
    entity: str
    occurred_at: datetime
    recorded_at: datetime

    @property
    def hire(self) -> UUID | None:
        """The hire that it is about; None where it is about something else."""
        if not self.entity.startswith(OF_A_HIRE):
            return None
        try:
            return UUID(self.entity.removeprefix(OF_A_HIRE))
        except ValueError:
            return None


class Figure(Said):
    """A figure of one part, with the first events behind it and how many there are."""

    group: str
    events: tuple[EventBehind, ...]
    events_total: int


class Goal(Said):
    """A key result that a KPI is judged by; its figures times `scale` are in the KPI's unit."""

    name: str
    objective: str
    title: str
    owner: str
    kpi: str
    group: str
    scale: Decimal
    end: date
    target: Decimal
    status: str
    value: Decimal | None
    expected: Decimal
    forecast: Decimal | None
    review_by: date | None

    def in_unit(self, figure: Decimal) -> Decimal:
        """One of its figures in the unit of the KPI."""
        return figure * self.scale


class _Point(Said):
    bucket: date
    expected: Decimal


class _Figures(Said):
    kpi: Meaning
    figures: tuple[Figure, ...]


class _Goals(Said):
    key_results: tuple[Goal, ...]


class _Trend(Said):
    trend: tuple[_Point, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All that metrics says of one part of a KPI; `figure` is None where it knows none.

    `pace` is where the first goal of this part has it, bucket by bucket, in the KPI's unit.
    """

    meaning: Meaning
    figure: Figure | None
    goals: tuple[Goal, ...]
    here: Goal | None
    pace: Mapping[date, Decimal]


async def report_on(operations: Operations, kpi: str, part: str, bucket: date) -> Report:
    """Ask metrics about one figure; raises OperationsError."""
    dimension, _, member = part.partition("=")
    asked = {"from": bucket, "to": bucket, "limit": MANY, "events": SHOWN}
    query = urlencode({**asked, "by": dimension} if member else asked)
    figures, goals = await asyncio.gather(
        operations.get(METRICS, f"{path_of('kpis', kpi)}?{query}"),
        operations.get(METRICS, "/key-results"),
    )
    found = _Figures.model_validate(figures)
    mine = tuple(g for g in _Goals.model_validate(goals).key_results if g.kpi == kpi)
    here = next((each for each in mine if each.group == part), None)
    return Report(
        meaning=found.kpi,
        figure=next((each for each in found.figures if each.group == part), None),
        goals=mine,
        here=here,
        pace={} if here is None else await _pace(operations, here),
    )


async def _pace(operations: Operations, goal: Goal) -> Mapping[date, Decimal]:
    told = await operations.get(METRICS, path_of("key-results", goal.name))
    return {each.bucket: goal.in_unit(each.expected) for each in _Trend.model_validate(told).trend}


def hires_of(events: Sequence[EventBehind]) -> list[UUID]:
    """The hires that some events are about."""
    return sorted({each.hire for each in events if each.hire is not None})
