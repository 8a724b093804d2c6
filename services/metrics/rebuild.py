"""Rebuilding: all facts once more from the event log, all figures from them, and a comparison.

Run after a definition or a fold has changed, and every night as a check on itself: figures that
were kept up batch by batch must be equal, to the last digit, to those made in one go.
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from libs.common.contracts.metrics import KpiChanged
from libs.common.database import Connection, Pool
from libs.common.rebuilding import RebuildRunningError, rebuild_held
from services.metrics import ledger, store
from services.metrics.buckets import windows
from services.metrics.figures import Cell, Figure, compute_all, digest, revise
from services.metrics.folds import VERSION, fold_entity
from services.metrics.kpi import Definition
from services.metrics.locks import stop_projecting
from services.metrics.observations import EventName
from services.metrics.projection import refold

PAGE: Final = 500
DISCARDED_AT_ONCE: Final = 20_000
SOURCE: Final = "rebuild"

ENTITIES_AFTER: Final = """
select entity
  from ((select distinct entity from event_log where entity > $1 order by entity limit $2)
         union
        (select distinct also from event_log where also > $1 order by also limit $2)) as named
 order by entity
 limit $2
"""

# An event that replaces another changes what is known of that one's entities as well.
TOUCHED_SINCE: Final = """
with fresh as (
    select source, entity, also, replaces
      from event_log
     where not pg_visible_in_snapshot(transaction, $1::text::pg_snapshot))
select entity from fresh
 union
select also from fresh where also is not null
 union
select named.entity
  from fresh
  join event_log earlier
    on earlier.source = fresh.source
   and earlier.event_id = fresh.replaces
 cross join lateral unnest(array[earlier.entity, earlier.also]) as named (entity)
 where named.entity is not null
"""

DISCARD_FACTS: Final = """
delete from fact
 where (generation, id) in (
           select generation, id
             from fact
            where generation in (select number from generation where state <> 'live')
            limit $1)
"""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild found: the digests are equal exactly if nothing had to be put right.

    `restated` are the figures that differed. They stand, and the next batch tells the others.
    """

    generation: int
    digest_before: str
    digest_after: str
    restated: tuple[KpiChanged, ...]


async def rebuild_if_redefined(
    pool: Pool, definitions: Sequence[Definition], now: datetime
) -> Rebuilt | None:
    """Rebuild where the live generation was made by other folds or definitions than these.

    None where there is nothing to do, or another process is at it already.
    """
    if await pool.fetchval("select made_by from generation where state = 'live'") == _makers(
        definitions
    ):
        return None
    try:
        return await rebuild(pool, definitions, now)
    except RebuildRunningError:
        return None


async def rebuild(pool: Pool, definitions: Sequence[Definition], now: datetime) -> Rebuilt:
    """Make the next generation beside the live one, compare, and put it in its place.

    Facts are folded while batches go on; only the end, what arrived meanwhile and the figures,
    holds them up. `now` is the product's time (UTC) from which restated figures stand. Raises
    RebuildRunningError; what an earlier rebuild left behind when it was broken off is removed.
    """
    async with pool.acquire() as conn, rebuild_held(conn, "metrics"):
        await _discard_all_but_live(conn)
        generation: int = await conn.fetchval(
            "insert into generation (state, made_by) values ('building', $1) returning number",
            _makers(definitions),
        )
        snapshot: str = await conn.fetchval("select pg_current_snapshot()::text")
        async for entities in _pages(conn):
            await _fold_into(conn, generation, entities)
        async with conn.transaction():
            rebuilt = await _take_over(conn, generation, snapshot, definitions, now)
        await _discard_all_but_live(conn)
    return rebuilt


def _makers(definitions: Sequence[Definition]) -> list[str]:
    return [VERSION, *sorted(each.id for each in definitions)]


async def _take_over(
    conn: Connection,
    generation: int,
    snapshot: str,
    definitions: Sequence[Definition],
    now: datetime,
) -> Rebuilt:
    """Hold all batches, catch up with what they logged, and put the generation in its place."""
    live = await stop_projecting(conn)
    await refold(conn, generation, await _touched_since(conn, snapshot))
    rebuilt = await _settle(conn, generation, definitions, now)
    await conn.execute("update generation set state = 'retired' where number = $1", live)
    await conn.execute("update generation set state = 'live' where number = $1", generation)
    return rebuilt


async def _discard_all_but_live(conn: Connection) -> None:
    """Remove the generations that nothing reads, in steps too short for any time-out."""
    while await conn.execute(DISCARD_FACTS, DISCARDED_AT_ONCE) != "DELETE 0":
        pass
    await conn.execute("delete from generation where state <> 'live'")


async def _pages(conn: Connection) -> AsyncGenerator[list[str]]:
    """Every entity of the event log, some at a time, in the order of their names."""
    last = ""
    while rows := await conn.fetch(ENTITIES_AFTER, last, PAGE):
        entities: list[str] = [row["entity"] for row in rows]
        yield entities
        last = entities[-1]


async def _fold_into(conn: Connection, generation: int, entities: Sequence[str]) -> None:
    known = await store.events_of(conn, entities)
    facts = [fact for entity, events in known.items() for fact in fold_entity(entity, events)]
    await store.put_facts(conn, generation, facts)


async def _touched_since(conn: Connection, snapshot: str) -> list[str]:
    return [row["entity"] for row in await conn.fetch(TOUCHED_SINCE, snapshot)]


async def _settle(
    conn: Connection, generation: int, definitions: Sequence[Definition], now: datetime
) -> Rebuilt:
    """Compare every figure with the one that stands, and write those that differ."""
    names = {each.name for each in definitions}
    standing = {c: s for c, s in (await ledger.standing(conn)).items() if c.kpi in names}
    figures = [f for each in definitions for f in await _figures(conn, generation, each)]
    lost = standing.keys() - {each.cell for each in figures}
    known = {each.name: each for each in definitions}
    emptied = [Figure(cell, known[cell.kpi].id, None) for cell in sorted(lost)]
    cause = EventName(SOURCE, f"generation/{generation}")
    causes: dict[Cell, EventName] = dict.fromkeys(
        (*standing, *(each.cell for each in figures)), cause
    )
    revisions = revise([*figures, *emptied], standing, causes, now)
    await ledger.enter(conn, revisions, told=False)
    return Rebuilt(
        generation=generation,
        digest_before=digest(each.figure for each in standing.values()),
        digest_after=digest(figures),
        restated=tuple(each.event(known.get(each.figure.cell.kpi)) for each in revisions),
    )


async def _figures(conn: Connection, generation: int, definition: Definition) -> list[Figure]:
    """Every figure of one definition, some buckets at a time."""
    first, last = await store.extent_of(conn, generation, definition.fact)
    figures: list[Figure] = []
    for window in windows(first, last, definition.bucket, definition.zone):
        counted = await store.counted_within(conn, generation, definition.fact, window)
        figures += compute_all([definition], counted)
    return figures
