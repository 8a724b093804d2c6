"""What the API reads: figures of a KPI, newest first, with the events behind each."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from libs.common.database import Connection, Pool
from services.metrics.buckets import span_of
from services.metrics.figures import Cell
from services.metrics.kpi import ALL, Definition
from services.metrics.observations import EventName

# Buckets from the newest to the oldest, and within each the members by name.
FIGURES: Final = """
select kpi, bucket, dimension, member, value, definition, revision, changed_at,
       cause_source, cause_id
  from kpi_value
 where superseded_at is null
   and kpi = $1
   and dimension = $2
   and bucket between $3 and $4
   and (bucket < $5 or (bucket = $5 and member > $6))
 order by bucket desc, member
 limit $7
"""

NEWEST: Final = """
select distinct on (kpi)
       kpi, bucket, dimension, member, value, definition, revision, changed_at,
       cause_source, cause_id
  from kpi_value
 where superseded_at is null
   and value is not null
   and dimension = $1
 order by kpi, bucket desc
"""

NEWEST_OF_GROUPS: Final = """
select distinct on (kpi, dimension, member)
       kpi, bucket, dimension, member, value, definition, revision, changed_at,
       cause_source, cause_id
  from kpi_value
 where superseded_at is null
   and value is not null
 order by kpi, dimension, member, bucket desc
"""

# `wanted` is what the dimensions of a fact must contain to count in the cell.
EVENTS_BEHIND: Final = """
select cell.place, behind.*
  from unnest($2::int[], $3::timestamptz[], $4::timestamptz[], $5::text[])
       as cell (place, starts, ends, wanted)
 cross join lateral (
       select log.source, log.event_id, log.type, log.entity, log.occurred_at, log.recorded_at,
              count(*) over () as total
         from event_log log
        where (log.source, log.event_id) in (
                  select cause ->> 0, cause ->> 1
                    from fact
                   cross join lateral jsonb_array_elements(causes) as cause
                   where generation = (select number from generation where state = 'live')
                     and kind = $1
                     and at >= starts
                     and at < ends
                     and dimensions @> wanted::jsonb)
        order by log.occurred_at, log.source, log.event_id
        limit $6) as behind
"""


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A figure as it stands, with its revision and what brought it about."""

    cell: Cell
    value: Decimal | None
    definition: str
    revision: int
    changed_at: datetime
    cause: EventName


@dataclass(frozen=True, slots=True)
class EventBehind:
    """An event that a figure was made of."""

    name: EventName
    type: str
    entity: str
    occurred_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Behind:
    """The first events behind a figure, by when they happened, and how many there are in all."""

    events: tuple[EventBehind, ...] = ()
    total: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the next begins after this bucket and member."""

    bucket: date
    member: str


START: Final = Place(date.max, "")


async def figures_of(
    conn: Connection,
    kpi: str,
    dimension: str,
    between: tuple[date, date],
    after: Place,
    limit: int,
) -> list[FigureRow]:
    """What stands for a KPI, by one dimension, in the buckets that begin between two days."""
    rows = await conn.fetch(FIGURES, kpi, dimension, *between, after.bucket, after.member, limit)
    return [_figure(row) for row in rows]


async def newest_of_each(conn: Connection | Pool) -> dict[str, FigureRow]:
    """For each KPI the newest figure over everything that is one."""
    rows = await conn.fetch(NEWEST, ALL)
    return {row["kpi"]: _figure(row) for row in rows}


async def newest_of_each_group(conn: Connection | Pool) -> list[FigureRow]:
    """For each KPI and each group the newest figure that is one."""
    return [_figure(row) for row in await conn.fetch(NEWEST_OF_GROUPS)]


def _figure(row: Any) -> FigureRow:
    return FigureRow(
        cell=Cell(row["kpi"], row["bucket"], row["dimension"], row["member"]),
        value=row["value"],
        definition=row["definition"],
        revision=row["revision"],
        changed_at=row["changed_at"],
        cause=EventName(row["cause_source"], row["cause_id"]),
    )


async def events_behind(
    conn: Connection, definition: Definition, cells: Sequence[Cell], limit: int
) -> list[Behind]:
    """What each cell was made of, in the order of the cells; `limit` bounds the events of one."""
    spans = [span_of(each.bucket, definition.bucket, definition.zone) for each in cells]
    rows = await conn.fetch(
        EVENTS_BEHIND,
        definition.fact,
        list(range(len(cells))),
        [span.start for span in spans],
        [span.end for span in spans],
        [json.dumps(_wanted(definition, each)) for each in cells],
        max(limit, 1),  # one at least, since every row carries the count of all
    )
    found: list[list[Any]] = [[] for _ in cells]
    for row in rows:
        found[row["place"]].append(row)
    return [_behind(each, limit) for each in found]


def _wanted(definition: Definition, cell: Cell) -> dict[str, str]:
    grouped = {} if cell.dimension == ALL else {cell.dimension: cell.member}
    return {**definition.where, **grouped}


def _behind(rows: Sequence[Any], limit: int) -> Behind:
    events = tuple(
        EventBehind(
            name=EventName(row["source"], row["event_id"]),
            type=row["type"],
            entity=row["entity"],
            occurred_at=row["occurred_at"],
            recorded_at=row["recorded_at"],
        )
        for row in rows[:limit]
    )
    return Behind(events, rows[0]["total"] if rows else 0)
