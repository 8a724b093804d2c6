"""Dead letters: messages that could not be handled, kept whole until a person settles them.

The table has the whole message; the topic `farhand.operations` says that there is one, and why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from libs.common import ids
from libs.common.cloudevents import MAX_NAME, storable
from libs.common.contracts.operations import DeadLetterKept
from libs.common.database import Connection, Pool
from libs.common.inbound import Dead, Inbound
from libs.common.kept import ENVELOPE, columns, from_row, identity

EMITTER: Final = "dead-letters"
MAX_REASON: Final = 2_000


def letter_id(inbound: Inbound) -> UUID:
    """The id of a message's dead letter, the same however often it fails."""
    return ids.derived("dead letter", identity(inbound))


def told(service: str, inbound: Inbound, dead: Dead, now: datetime) -> DeadLetterKept:
    """What operations are told of a dead letter."""
    return DeadLetterKept(
        letter_id=letter_id(inbound),
        service=service,
        message=storable(inbound.type, MAX_NAME),
        reason=storable(dead.reason, MAX_REASON),
        holds_key=dead.holds_key,
        kept_at=now,
    )


async def bury(conn: Connection, dead: Sequence[tuple[Inbound, Dead]]) -> None:
    """Keep messages that could not be handled.

    A message that fails again after a replay opens its old dead letter once more.
    """
    if not dead:
        return
    await conn.execute(
        f"""
        insert into dead_letter (id, {ENVELOPE}, reason, holds_key)
        select *
          from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[],
                      $7::timestamptz[], $8::text[], $9::text[], $10::bytea[], $11::text[],
                      $12::text[], $13::bool[])
        on conflict (id) do update
           set status = 'open', body = excluded.body, reason = excluded.reason,
               holds_key = excluded.holds_key, settled_at = null
        """,  # noqa: S608  # a constant of ours
        [letter_id(inbound) for inbound, _ in dead],
        *columns([inbound for inbound, _ in dead]),
        [storable(each.reason, MAX_REASON) for _, each in dead],
        [each.holds_key for _, each in dead],
    )


@dataclass(frozen=True, slots=True)
class Mended:
    """What a person puts in the place of what a dead letter had; None leaves it as it came."""

    body: bytes | None = None
    type: str | None = None
    key: str | None = None


async def reopen(conn: Connection, letter: UUID, mended: Mended, why: str) -> list[Inbound]:
    """Settle a dead letter as replayed, and return its message as mended.

    Empty if there is no such open letter.
    """
    rows = await conn.fetch(
        f"""
        update dead_letter
           set status = 'replayed', settled_at = now(), settled_why = $2,
               body = coalesce($3, body), type = coalesce($4, type), key = coalesce($5, key)
         where id = $1 and status = 'open'
        returning {ENVELOPE}
        """,  # noqa: S608  # a constant of ours
        letter,
        why,
        mended.body,
        mended.type,
        mended.key,
    )
    return [from_row(row).readmitted() for row in rows]


async def discard(pool: Pool, letter: UUID, why: str) -> bool:
    """Give a dead letter up, with a reason; False if there is no such open letter."""
    status = await pool.execute(
        """
        update dead_letter
           set status = 'discarded', settled_at = now(), settled_why = $2
         where id = $1 and status = 'open'
        """,
        letter,
        why,
    )
    return status == "UPDATE 1"


async def open_letters(pool: Pool, limit: int, after: UUID | None) -> list[dict[str, Any]]:
    """The open dead letters, oldest first, with how many messages wait behind each.

    `after` is the last letter of the page before; it need not be open any more.
    """
    rows = await pool.fetch(
        """
        select d.id, d.source, d.key, d.message_id, d.type, d.origin, d.reason, d.holds_key,
               d.traceparent, d.created_at,
               (select count(*) from parked p where p.key = d.key) as parked
          from dead_letter d
         where d.status = 'open'
           and ($2::uuid is null or (d.created_at, d.id) > (
                select l.created_at, l.id from dead_letter l where l.id = $2
               ))
         order by d.created_at, d.id
         limit $1
        """,
        limit,
        after,
    )
    return [dict(row) for row in rows]


async def body_of(pool: Pool, letter: UUID) -> bytes | None:
    """The body of a dead letter as it came, or was last mended; None if there is no such letter."""
    return await pool.fetchval("select body from dead_letter where id = $1", letter)
