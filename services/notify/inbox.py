"""The in-app inbox: a read model of what was written, what was read, and what is still asked."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from libs.common.contracts.notify import MessageRead, MessageWritten
from libs.common.contracts.onboarding import (
    HireCancelled,
    HireStatus,
    HireStatusChanged,
    TaskDone,
    TaskDropped,
)
from libs.common.database import Connection
from libs.common.message import Event
from libs.common.projection import Received, projection
from services.notify.asks import BLOCKED

EVERYTHING: Final = "*"
"""The topic that stands for all topics of a hire."""


@projection(
    "inbox",
    MessageWritten,
    MessageRead,
    TaskDone,
    TaskDropped,
    HireCancelled,
    HireStatusChanged,
)
async def inbox(conn: Connection, batch: Sequence[Received[Any]]) -> Sequence[Event]:
    """File messages, mark those that were read, and settle what is no longer asked."""
    written = [each.message for each in batch if isinstance(each.message, MessageWritten)]
    await _file(conn, written)
    read = {e.message.message_id: e.message.read_at for e in batch if _is(e, MessageRead)}
    await _mark_read(conn, read)
    settled: dict[tuple[UUID, str], datetime] = {}
    for each in batch:
        for name, moment in settles(each):
            settled[name] = max(moment, settled.get(name, moment))
    await _settle(conn, settled)
    return ()


def settles(received: Received[Any]) -> Sequence[tuple[tuple[UUID, str], datetime]]:
    """The topics of which an event says that nothing is asked any more, and when that was."""
    match received.message:
        case TaskDone(hire_id=hire, task_id=task, done_at=moment):
            return [((hire, f"task:{task}"), moment)]
        case TaskDropped(hire_id=hire, task_id=task):
            return [((hire, f"task:{task}"), received.time)]
        case HireCancelled(hire_id=hire, cancelled_at=moment):
            return [((hire, EVERYTHING), moment)]
        case HireStatusChanged(hire_id=hire, status=status, changed_at=moment) if (
            status is not HireStatus.BLOCKED
        ):
            return [((hire, BLOCKED), moment)]
        case _:
            return []


def _is(received: Received[Any], kind: type[Event]) -> bool:
    return isinstance(received.message, kind)


async def _file(conn: Connection, written: Sequence[MessageWritten]) -> None:
    if not written:
        return
    await conn.execute(
        """
        insert into inbox_message (message_id, hire_id, recipient, written_at, about, link, held)
        select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::text[],
                             $6::text[], $7::text[])
        on conflict do nothing
        """,
        [each.message_id for each in written],
        [each.hire_id for each in written],
        [each.recipient for each in written],
        [each.written_at for each in written],
        [each.about for each in written],
        [each.link for each in written],
        [each.held for each in written],
    )
    asks = [(each, place, ask) for each in written for place, ask in enumerate(each.asks)]
    await conn.execute(
        """
        insert into inbox_ask (message_id, place, topic, "of", urgency, text, why, due_on, zone)
        select * from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[],
                             $7::text[], $8::date[], $9::text[])
        on conflict do nothing
        """,
        [message.message_id for message, _, _ in asks],
        [place for _, place, _ in asks],
        [ask.topic for _, _, ask in asks],
        [ask.of for _, _, ask in asks],
        [ask.urgency for _, _, ask in asks],
        [ask.text for _, _, ask in asks],
        [ask.why for _, _, ask in asks],
        [ask.due_on for _, _, ask in asks],
        [ask.zone for _, _, ask in asks],
    )


async def _mark_read(conn: Connection, read: dict[UUID, datetime]) -> None:
    if read:
        await conn.execute(
            """
            update inbox_message
               set read_at = coalesce(read_at, r.moment)
              from unnest($1::uuid[], $2::timestamptz[]) as r (id, moment)
             where message_id = r.id
            """,
            list(read),
            list(read.values()),
        )


async def _settle(conn: Connection, settled: dict[tuple[UUID, str], datetime]) -> None:
    if settled:
        await conn.execute(
            """
            insert into inbox_settled (hire_id, topic, settled_at)
            select * from unnest($1::uuid[], $2::text[], $3::timestamptz[])
            on conflict (hire_id, topic) do update
               set settled_at = greatest(inbox_settled.settled_at, excluded.settled_at)
            """,
            [hire for hire, _ in settled],
            [topic for _, topic in settled],
            list(settled.values()),
        )
