"""The event log and the facts in PostgreSQL. Every statement handles a whole batch."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from libs.common.database import Connection
from libs.common.jsonb import storable_json
from libs.common.projection import Received
from services.metrics.buckets import Piece, Span
from services.metrics.facts import Countable, Fact
from services.metrics.observations import KINDS, EventName, Observation

# JSON is cast from and to text, so that it does not matter which codec a pool has set.
LOG_EVENTS: Final = """
insert into event_log
       (source, event_id, type, entity, also, occurred_at, recorded_at, replaces, body)
select source, event_id, type, entity, also, occurred_at, recorded_at, replaces, body::jsonb
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[],
              $6::timestamptz[], $7::timestamptz[], $8::text[], $9::text[])
       as e (source, event_id, type, entity, also, occurred_at, recorded_at, replaces, body)
on conflict (source, event_id) do nothing
returning source, event_id
"""

ENTITIES_OF: Final = """
select source, event_id, entity, also
  from event_log
 where (source, event_id) in (select * from unnest($1::text[], $2::text[]))
"""

# What has been replaced is history: it stays in the log and no longer counts.
EVENTS_OF: Final = """
select type, entity, also, body::text as body
  from event_log e
 where (entity = any ($1::text[]) or also = any ($1::text[]))
   and not exists (
           select from event_log later
            where later.source = e.source
              and later.replaces = e.event_id)
"""

FACTS_OF: Final = """
select id, entity, kind, at, dimensions::text as dimensions, measure, weight,
       causes::text as causes
  from fact
 where generation = $1
   and entity = any ($2::text[])
"""

COUNTED_WITHIN: Final = """
select kind, at, dimensions::text as dimensions, measure, weight
  from fact
 where generation = $1
   and kind = $2
   and at >= $3
   and at < $4
"""

# A bucket may be of all time, and its facts as many as there ever were; most of them are the same
# for every formula, and PostgreSQL counts those. Of a piece the last moment stands for the others.
COUNTED_TOGETHER: Final = """
select kind, max(at) as at, dimensions::text as dimensions,
       case when measured then measure end as measure, sum(weight)::bigint as weight
  from unnest($2::text[], $3::timestamptz[], $4::timestamptz[], $5::bool[])
       as piece (of_kind, starts, ends, measured)
  join fact
    on generation = $1
   and kind = of_kind
   and at >= starts
   and at < ends
 group by kind, starts, fact.dimensions, case when measured then measure end
"""

PUT_FACTS: Final = """
insert into fact (generation, id, entity, kind, at, dimensions, measure, weight, causes)
select $1, id, entity, kind, at, dimensions::jsonb, measure, weight, causes::jsonb
  from unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::numeric[],
              $8::bigint[], $9::text[])
       as f (id, entity, kind, at, dimensions, measure, weight, causes)
on conflict (generation, id) do update
   set at = excluded.at,
       dimensions = excluded.dimensions,
       measure = excluded.measure,
       weight = excluded.weight,
       causes = excluded.causes
"""


async def log_events(conn: Connection, received: Sequence[Received[Observation]]) -> set[EventName]:
    """Append to the event log what it does not know yet, and return the names of that."""
    messages = [each.message for each in received]
    rows = await conn.fetch(
        LOG_EVENTS,
        [each.source for each in messages],
        [each.event_id for each in messages],
        [each.type for each in messages],
        [each.entity for each in messages],
        [each.also for each in messages],
        [each.occurred_at for each in messages],
        [each.time for each in received],
        [each.replaces for each in messages],
        [storable_json(each.model_dump_json()) for each in messages],
    )
    return {EventName(row["source"], row["event_id"]) for row in rows}


async def entities_of(
    conn: Connection, names: Iterable[EventName]
) -> dict[EventName, tuple[str, ...]]:
    """Which entities each logged event is about; those not logged yet are absent."""
    wanted = sorted(set(names))
    rows = await conn.fetch(
        ENTITIES_OF, [each.source for each in wanted], [each.event_id for each in wanted]
    )
    return {EventName(row["source"], row["event_id"]): _entities(row) for row in rows}


def _entities(row: Any) -> tuple[str, ...]:
    return tuple(each for each in (row["entity"], row["also"]) if each is not None)


async def events_of(conn: Connection, entities: Iterable[str]) -> dict[str, list[Observation]]:
    """All that is known of each entity and was not replaced; every entity has an entry."""
    wanted = sorted(set(entities))
    found: dict[str, list[Observation]] = {entity: [] for entity in wanted}
    for row in await conn.fetch(EVENTS_OF, wanted):
        event = KINDS[row["type"]].model_validate_json(row["body"])
        for entity in set(_entities(row)) & found.keys():
            found[entity].append(event)
    return found


async def facts_of(conn: Connection, generation: int, entities: Iterable[str]) -> list[Fact]:
    """The stored facts of some entities."""
    return _facts(await conn.fetch(FACTS_OF, generation, sorted(set(entities))))


async def counted_within(
    conn: Connection, generation: int, kind: str, span: Span
) -> list[Countable]:
    """What counts of a kind within a span, one by one."""
    return _countables(await conn.fetch(COUNTED_WITHIN, generation, kind, span.start, span.end))


async def counted_together(
    conn: Connection, generation: int, pieces: Mapping[str, Iterable[Piece]]
) -> list[Countable]:
    """What counts, of each kind within its pieces; what differs in nothing that matters, as one."""
    wanted = [(kind, piece) for kind in pieces for piece in pieces[kind]]
    rows = await conn.fetch(
        COUNTED_TOGETHER,
        generation,
        [kind for kind, _ in wanted],
        [piece.span.start for _, piece in wanted],
        [piece.span.end for _, piece in wanted],
        [piece.measured for _, piece in wanted],
    )
    return _countables(rows)


def _countables(rows: Iterable[Any]) -> list[Countable]:
    return [
        Countable(
            kind=row["kind"],
            at=row["at"],
            dimensions=_dimensions(row["dimensions"]),
            measure=row["measure"],
            weight=row["weight"],
        )
        for row in rows
    ]


@lru_cache(maxsize=4096)
def _dimensions(text: str) -> Mapping[str, str]:
    # Few combinations come again and again, in thousands of rows; they are only ever read.
    return json.loads(text)


async def extent_of(
    conn: Connection, generation: int, kind: str
) -> tuple[datetime | None, datetime | None]:
    """The first and the last moment at which a fact of a kind counts; None without facts."""
    row = await conn.fetchrow(
        "select min(at), max(at) from fact where generation = $1 and kind = $2", generation, kind
    )
    return (None, None) if row is None else (row["min"], row["max"])


def _facts(rows: Iterable[Any]) -> list[Fact]:
    return [
        Fact(
            id=UUID(bytes=row["id"].bytes),
            entity=row["entity"],
            kind=row["kind"],
            at=row["at"],
            dimensions=_dimensions(row["dimensions"]),
            measure=row["measure"],
            weight=row["weight"],
            causes=tuple(EventName(*each) for each in json.loads(row["causes"])),
        )
        for row in rows
    ]


async def put_facts(conn: Connection, generation: int, facts: Sequence[Fact]) -> None:
    """Insert or overwrite facts by their ids."""
    if not facts:
        return
    await conn.execute(
        PUT_FACTS,
        generation,
        [each.id for each in facts],
        [each.entity for each in facts],
        [each.kind for each in facts],
        [each.at for each in facts],
        [storable_json(json.dumps(dict(each.dimensions))) for each in facts],
        [each.measure for each in facts],
        [each.weight for each in facts],
        [storable_json(json.dumps(each.causes)) for each in facts],
    )


async def remove_facts(conn: Connection, generation: int, ids: Sequence[UUID]) -> None:
    """Delete facts that no longer follow from the event log."""
    if ids:
        await conn.execute(
            "delete from fact where generation = $1 and id = any ($2::uuid[])", generation, ids
        )
