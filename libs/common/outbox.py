"""The outbox: events are committed with the state, then handed straight to the producer.

A row carries the process that owns its hand-off. Acknowledged rows are deleted once a second, many
at a time; what a dead process left behind is adopted by whoever looks first. Publishing twice is
harmless, since consumers go by the number of each event.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from libs.common import ids
from libs.common.cloudevents import MAX_BODY_BYTES, Envelope
from libs.common.database import Connection, Pool
from libs.common.fold import ContractError, Emitted
from libs.common.json_bytes import json_bytes

OWNER_DEAD_AFTER: Final = timedelta(seconds=5)
"""Without a heartbeat for this long, a process no longer owns what it has not published."""

ADOPT_LIMIT: Final = 5_000


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One event on its way to Kafka."""

    position: int
    topic: str
    envelope: Envelope
    body: bytes


async def put(
    conn: Connection,
    owner: UUID,
    emitted: Sequence[Emitted],
    traceparents: Sequence[str | None],
    now: datetime,
) -> list[OutboxRow]:
    """Record events to be published if, and only if, this transaction commits.

    Raises ContractError for an event too large for Kafka: once here, it would block all others.
    """
    if not emitted:
        return []
    told = [
        Envelope(
            id=ids.derived(each.source, each.key, each.sequence),
            type=each.event.type,
            source=each.source,
            subject=each.key,
            sequence=each.sequence,
            time=now,
            traceparent=traceparents[each.cause],
        )
        for each in emitted
    ]
    bodies = [json_bytes(each.event) for each in emitted]
    topics = [each.event.topic for each in emitted]
    for envelope, body in zip(told, bodies, strict=True):
        if len(body) > MAX_BODY_BYTES:
            raise ContractError(
                f"{envelope.type} has {len(body)} bytes, and {MAX_BODY_BYTES} are allowed"
            )
    rows = await conn.fetch(PUT, owner, now, topics, *_columns(told), bodies)
    positions = [row["position"] for row in rows]
    return [OutboxRow(*each) for each in zip(positions, topics, told, bodies, strict=True)]


def _columns(envelopes: Sequence[Envelope]) -> tuple[list[object], ...]:
    return (
        [envelope.subject for envelope in envelopes],
        [envelope.id for envelope in envelopes],
        [envelope.type for envelope in envelopes],
        [envelope.source for envelope in envelopes],
        [envelope.sequence for envelope in envelopes],
        [envelope.traceparent for envelope in envelopes],
    )


PUT: Final = """
insert into outbox (owner, recorded_at, topic, key, id, type, source, sequence, traceparent, body)
select $1, $2, topic, key, id, type, source, sequence, traceparent, body
  from unnest($3::text[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::bigint[],
              $9::text[], $10::bytea[])
       with ordinality
       as e (topic, key, id, type, source, sequence, traceparent, body, place)
 order by place
returning position
"""


async def delete(pool: Pool, positions: Sequence[int]) -> None:
    """Forget events that Kafka has acknowledged."""
    if positions:
        await pool.execute("delete from outbox where position = any($1::bigint[])", positions)


async def beat(pool: Pool, owner: UUID) -> None:
    """Say that a process is alive, by the database's clock."""
    await pool.execute(
        """
        insert into process (owner) values ($1)
        on conflict (owner) do update set heartbeat_at = now()
        """,
        owner,
    )


async def forget_dead(pool: Pool) -> None:
    """Drop the names of processes that are long gone; what they left was adopted."""
    await pool.execute("delete from process where heartbeat_at < now() - interval '1 day'")


async def retire(pool: Pool, owner: UUID) -> None:
    """Say that a process has gone, so that what it left is adopted at once."""
    await pool.execute("delete from process where owner = $1", owner)


async def adopt(pool: Pool, owner: UUID) -> bool:
    """Take over the events that dead processes left behind; True if there were any."""
    adopted = await pool.execute(
        """
        with orphaned as (
            select position
              from outbox o
             where owner <> $1
               and not exists (
                    select from process p
                     where p.owner = o.owner and p.heartbeat_at > now() - $2::interval
               )
             order by position
             limit $3
               for update skip locked
        )
        update outbox
           set owner = $1
          from orphaned
         where outbox.position = orphaned.position
        """,
        owner,
        OWNER_DEAD_AFTER,
        ADOPT_LIMIT,
    )
    return adopted != "UPDATE 0"


async def owned(pool: Pool, owner: UUID, after: int, limit: int) -> list[OutboxRow]:
    """Unpublished events of a process beyond a position, in order."""
    rows = await pool.fetch(
        """
        select position, topic, key, id, type, source, sequence, recorded_at, traceparent, body
          from outbox
         where owner = $1 and position > $2
         order by position
         limit $3
        """,
        owner,
        after,
        limit,
    )
    return [
        OutboxRow(
            position=row["position"],
            topic=row["topic"],
            envelope=Envelope(
                id=row["id"],
                type=row["type"],
                source=row["source"],
                subject=row["key"],
                sequence=row["sequence"],
                time=row["recorded_at"],
                traceparent=row["traceparent"],
            ),
            body=row["body"],
        )
        for row in rows
    ]
