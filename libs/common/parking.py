"""Parking: messages that wait, in order, behind a dead letter or for a number still missing."""

from collections.abc import Sequence
from typing import Any, Literal

from libs.common.database import Connection, Pool
from libs.common.inbound import Inbound
from libs.common.kept import ENVELOPE, columns, from_row

Cause = Literal["dead_letter", "gap"]


async def park(conn: Connection, batch: Sequence[tuple[Inbound, Cause]]) -> None:
    """Keep messages that must wait, in their order; one that already waits is not doubled."""
    if not batch:
        return
    await conn.execute(
        f"""
        insert into parked ({ENVELOPE}, cause)
        select *
          from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[],
                      $6::timestamptz[], $7::text[], $8::text[], $9::bytea[], $10::text[],
                      $11::text[])
        on conflict do nothing
        """,  # noqa: S608  # a constant of ours
        *columns([inbound for inbound, _ in batch]),
        [cause for _, cause in batch],
    )


async def take_waiting(conn: Connection, names: Sequence[tuple[str, str]]) -> list[Inbound]:
    """Take out what waits for a missing number of these sources and keys, to look at it again."""
    if not names:
        return []
    rows = await conn.fetch(
        f"""
        delete from parked
         where cause = 'gap'
           and (source, key) in (select * from unnest($1::text[], $2::text[]))
        returning {ENVELOPE}
        """,  # noqa: S608  # a constant of ours
        [source for source, _ in names],
        [key for _, key in names],
    )
    return [from_row(row) for row in rows]


async def released_keys(pool: Pool) -> list[str]:
    """Keys that wait behind a dead letter which has been settled since."""
    rows = await pool.fetch(
        """
        select distinct key
          from parked p
         where cause = 'dead_letter'
           and not exists (
                select from dead_letter d where d.key = p.key and d.status = 'open' and d.holds_key
           )
         limit 100
        """
    )
    return [row["key"] for row in rows]


async def next_released(conn: Connection, key: str) -> list[Inbound]:
    """Take out the message of a released key whose turn it is; empty if none, or held again."""
    rows = await conn.fetch(
        f"""
        delete from parked
         where position = (
                select position
                  from parked
                 where key = $1 and cause = 'dead_letter'
                 order by position
                 limit 1
                   for update
               )
           and not exists (
                select from dead_letter where key = $1 and status = 'open' and holds_key
           )
        returning {ENVELOPE}
        """,  # noqa: S608  # a constant of ours
        key,
    )
    return [from_row(row).readmitted() for row in rows]


async def gaps(pool: Pool, limit: int) -> list[dict[str, Any]]:
    """The keys that wait for a missing number, oldest first, with the numbers on either side."""
    rows = await pool.fetch(
        """
        select source, key, coalesce(c.sequence, 0) as read_up_to, min(p.sequence) as waiting_from,
               count(*) as waiting, min(p.parked_at) as since
          from parked p
          left join cursor c using (source, key)
         where p.cause = 'gap'
         group by source, key, c.sequence
         order by since
         limit $1
        """,
        limit,
    )
    return [dict(row) for row in rows]


async def skip_gap(conn: Connection, source: str, key: str) -> list[Inbound]:
    """Give missing numbers up: move the cursor past them, and take out the message after them.

    What waits behind that one follows it. Empty if nothing waits there.
    """
    rows = await conn.fetch(
        f"""
        delete from parked
         where position = (
                select position
                  from parked
                 where source = $1 and key = $2 and cause = 'gap'
                 order by sequence
                 limit 1
                   for update
               )
        returning {ENVELOPE}
        """,  # noqa: S608  # a constant of ours
        source,
        key,
    )
    await conn.executemany(
        "update cursor set sequence = $3 - 1 where source = $1 and key = $2 and sequence < $3 - 1",
        [(source, key, row["sequence"]) for row in rows],
    )
    return [from_row(row) for row in rows]
