"""The inbox read for people: what a reader was told, newest first, and what is still asked."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.contracts.values import Owner
from libs.common.database import Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which messages: of one reader, perhaps of one hire, perhaps only some of them.

    `before` is where the page before ended.
    """

    reader: Owner
    hire_id: UUID | None
    unread: bool
    still_open: bool
    before: tuple[datetime, UUID] | None
    limit: int


async def page(pool: Pool, wanted: Wanted) -> list[dict[str, Any]]:
    """Messages with their asks; an ask is open until it is settled or a later message repeats it.

    News are never open: there is nothing to do about them.
    """
    rows = await pool.fetch(
        PAGE,
        wanted.reader,
        wanted.hire_id,
        wanted.unread,
        wanted.still_open,
        *(wanted.before or (None, None)),
        wanted.limit,
    )
    return [dict(row) for row in rows]


async def hire_and_reader(pool: Pool, message_id: UUID) -> tuple[UUID, Owner] | None:
    """Whose message it is; None if there is no such message."""
    row = await pool.fetchrow(
        "select hire_id, recipient from inbox_message where message_id = $1", message_id
    )
    return None if row is None else (row["hire_id"], Owner(row["recipient"]))


PAGE = """
with asked as (
    select m.message_id,
           jsonb_agg(
               to_jsonb(a) - 'message_id' - 'place' || jsonb_build_object('open', o.open)
               order by a.place
           ) as asks,
           bool_or(o.open) as open
      from inbox_message m
      join inbox_ask a using (message_id)
     cross join lateral (
           select a.urgency <> 'announcement'
              and not exists (
                  select from inbox_settled s
                   where s.hire_id = m.hire_id
                     and s.topic in (a.topic, '*')
                     and s.settled_at >= m.written_at)
              and not exists (
                  select from inbox_message n
                    join inbox_ask b using (message_id)
                   where n.hire_id = m.hire_id
                     and n.recipient = m.recipient
                     and b.topic = a.topic
                     and n.written_at > m.written_at) as open
           ) o
     where m.recipient = $1
       and ($2::uuid is null or m.hire_id = $2)
       and not ($3 and m.read_at is not null)
       and ($5::timestamptz is null or (m.written_at, m.message_id) < ($5, $6::uuid))
     group by m.message_id
    having not $4 or bool_or(o.open)
     order by m.written_at desc, m.message_id desc
     limit $7
)
select m.message_id, m.hire_id, m.written_at, m.about, m.link, m.held, m.read_at,
       asked.open, asked.asks::text as asks
  from asked
  join inbox_message m using (message_id)
 order by m.written_at desc, m.message_id desc
"""
