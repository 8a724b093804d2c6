"""Effects as rows: leased, tried in order for each key and lane, removed with their reply."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from libs.common import ids
from libs.common.database import Connection, Pool
from libs.common.fold import EffectAsked
from libs.common.inbound import EffectClaim, Inbound
from libs.common.json_bytes import json_bytes
from libs.common.kept import identity

LEASE: Final = timedelta(seconds=15)
"""How long one try may take; a process that dies gives its effects back after this."""


@dataclass(frozen=True, slots=True)
class Leased:
    """An effect that this process may try now."""

    id: UUID
    decider: str
    key: str
    type: str
    body: bytes
    attempt: int
    traceparent: str | None


async def claim(pool: Pool, types: Sequence[str], limit: int) -> list[Leased]:
    """Lease effects of these types that may be tried now.

    Of each key and lane only the oldest: the next waits until that one is settled.
    """
    rows = await pool.fetch(CLAIM, list(types), limit, LEASE)
    return [
        Leased(
            id=row["id"],
            decider=row["decider"],
            key=row["key"],
            type=row["type"],
            body=row["body"],
            attempt=row["attempt"],
            traceparent=row["traceparent"],
        )
        for row in rows
    ]


# Chosen in a CTE, which is read once: as a subquery it may be read again, past its limit.
CLAIM: Final = """
with chosen as (
    select position
      from effect e
     where type = any($1::text[])
       and not_before <= now()
       and (leased_until is null or leased_until < now())
       and not exists (
            select from effect o
             where o.decider = e.decider
               and o.key = e.key
               and o.lane = e.lane
               and o.position < e.position
       )
     order by not_before
     limit $2
       for update skip locked
)
update effect
   set leased_until = now() + $3::interval, attempt = attempt + 1
  from chosen
 where effect.position = chosen.position
returning effect.id, effect.decider, effect.key, effect.type, effect.body, effect.attempt,
          effect.traceparent
"""


async def postpone(pool: Pool, effect: UUID, attempt: int, wait: timedelta, reason: str) -> None:
    """Give an effect back, to be tried again after `wait`, unless a later try has it already."""
    await pool.execute(
        """
        update effect
           set not_before = now() + $3::interval, leased_until = null, reason = $4
         where id = $1 and attempt = $2
        """,
        effect,
        attempt,
        wait,
        reason,
    )


async def give_back(pool: Pool, effect: UUID, attempt: int) -> None:
    """Give an effect back that was leased and not tried, for whoever is free to try it."""
    await pool.execute(
        """
        update effect
           set leased_until = null, attempt = attempt - 1
         where id = $1 and attempt = $2
        """,
        effect,
        attempt,
    )


async def take(conn: Connection, claims: Sequence[EffectClaim]) -> frozenset[EffectClaim]:
    """Remove effects whose reply is about to be decided; one already answered is not returned."""
    if not claims:
        return frozenset()
    rows = await conn.fetch(
        "delete from effect where id = any($1::uuid[]) returning id", [c.id for c in claims]
    )
    return frozenset(EffectClaim(row["id"]) for row in rows)


async def save(
    conn: Connection,
    asked: Sequence[EffectAsked],
    causes: Sequence[Inbound],
    traceparents: Sequence[str | None],
) -> None:
    """Enqueue effects, each under an id derived from the message that asked for it.

    `causes` holds every message of the batch.
    """
    if not asked:
        return
    await conn.execute(
        """
        insert into effect (id, decider, key, lane, type, body, traceparent)
        select *
          from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[],
                      $7::text[])
        on conflict (id) do nothing
        """,
        [
            ids.derived("effect", e.decider, e.key, identity(causes[e.cause]), e.ordinal)
            for e in asked
        ],
        [each.decider for each in asked],
        [each.key for each in asked],
        [each.effect.lane or each.effect.type for each in asked],
        [each.effect.type for each in asked],
        [json_bytes(each.effect) for each in asked],
        [traceparents[each.cause] for each in asked],
    )
