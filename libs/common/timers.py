"""Timers: moments that deciders asked for, as rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from libs.common.database import Connection, Pool
from libs.common.decider import CancelTimer, SetTimer
from libs.common.fold import TimerChange
from libs.common.inbound import Inbound, TimerClaim
from libs.common.json_bytes import json_bytes

SOURCE: Final = "timer"


async def claim_due(pool: Pool, now: datetime, limit: int) -> list[Inbound]:
    """Lease the timers that are due at the product's `now`, the oldest first, as messages.

    A timer stays until the transaction that decides it; a process that dies in between gives it
    back when its lease ends. Keys held by a dead letter, and those where messages still wait
    behind a settled one, keep their timers.
    """
    rows = await pool.fetch(CLAIM, now, limit)
    return [
        Inbound(
            id=f"{row['decider']}/{row['type']}/{row['slot']}@{row['due'].isoformat()}",
            type=row["type"],
            source=SOURCE,
            key=row["key"],
            body=row["body"],
            recorded_at=now,
            origin=f"timer of {row['decider']}, due {row['due'].isoformat()}",
            traceparent=row["traceparent"],
            decider=row["decider"],
            claim=TimerClaim(row["decider"], row["key"], row["type"], row["slot"], row["due"]),
        )
        for row in sorted(rows, key=lambda row: row["due"])
    ]


# Chosen in a CTE, which is read once: as a subquery it may be read again, past its limit.
CLAIM: Final = """
with chosen as (
    select decider, key, type, slot
      from timer t
     where due <= $1
       and (leased_until is null or leased_until < now())
       and not exists (
            select from dead_letter d where d.key = t.key and d.status = 'open' and d.holds_key
       )
       and not exists (
            select from parked p where p.key = t.key and p.cause = 'dead_letter'
       )
     order by due
     limit $2
       for update skip locked
)
update timer t
   set leased_until = now() + interval '10 seconds'
  from chosen c
 where (t.decider, t.key, t.type, t.slot) = (c.decider, c.key, c.type, c.slot)
returning t.decider, t.key, t.type, t.slot, t.due, t.body, t.traceparent
"""


async def take(conn: Connection, claims: Sequence[TimerClaim]) -> frozenset[TimerClaim]:
    """Remove timers that are about to be decided; one moved or cancelled since is not returned."""
    if not claims:
        return frozenset()
    rows = await conn.fetch(
        """
        delete from timer
         where (decider, key, type, slot, due) in (
                select * from unnest($1::text[], $2::text[], $3::text[], $4::text[],
                                     $5::timestamptz[])
               )
        returning decider, key, type, slot, due
        """,
        [claim.decider for claim in claims],
        [claim.key for claim in claims],
        [claim.type for claim in claims],
        [claim.slot for claim in claims],
        [claim.due for claim in claims],
    )
    return frozenset(TimerClaim(*row) for row in rows)


async def save(
    conn: Connection, changes: Sequence[TimerChange], traceparents: Sequence[str | None]
) -> None:
    """Set, move and cancel timers; the last change to one of them counts."""
    last: dict[tuple[str, str, str, str], TimerChange] = {}
    for change in changes:
        timer = change.change.timer
        slot = timer.slot if isinstance(change.change, SetTimer) else change.change.slot
        last[change.decider, change.key, timer.type, slot] = change
    cancelled = [name for name, each in last.items() if isinstance(each.change, CancelTimer)]
    if cancelled:
        await conn.execute(CANCEL, *map(list, zip(*cancelled, strict=True)))
    due = sorted((n, c, c.change) for n, c in last.items() if isinstance(c.change, SetTimer))
    if due:
        await conn.execute(
            SET,
            *map(list, zip(*(name for name, _, _ in due), strict=True)),
            [set_timer.due for _, _, set_timer in due],
            [json_bytes(set_timer.timer) for _, _, set_timer in due],
            [traceparents[change.cause] for _, change, _ in due],
        )


CANCEL: Final = """
delete from timer
 where (decider, key, type, slot) in (
        select * from unnest($1::text[], $2::text[], $3::text[], $4::text[])
       )
"""

SET: Final = """
insert into timer (decider, key, type, slot, due, body, traceparent)
select *
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::bytea[],
              $7::text[])
on conflict (decider, key, type, slot) do update
   set due = excluded.due,
       body = excluded.body,
       traceparent = excluded.traceparent,
       leased_until = null
"""
