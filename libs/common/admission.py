"""Which messages of a batch are decided, and which are duplicates, stale or have to wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from libs.common import cursors, effect_queue, parking, timers
from libs.common.cursors import Cursor, CursorKey
from libs.common.database import Connection
from libs.common.fold import Target
from libs.common.inbound import (
    Dead,
    Dropped,
    EffectClaim,
    Inbound,
    Parked,
    Readmission,
    Result,
    TimerClaim,
)
from libs.common.message import Message


@dataclass(slots=True)
class Item:
    """A message of a batch, with what is known of it so far; `result` is None while it is open."""

    inbound: Inbound
    result: Result | None = None
    message: Message | Dead | None = None
    aimed: tuple[Target, ...] = ()


@dataclass(frozen=True, slots=True)
class Admission:
    """A batch with its verdicts so far, and where the cursors were and will be.

    Beside what was submitted, it holds what had waited for a number that this batch brought.
    """

    items: Sequence[Item]
    before: Mapping[CursorKey, Cursor]
    after: Mapping[CursorKey, Cursor]

    @property
    def open(self) -> list[Item]:
        """The items that are still to be decided."""
        return [item for item in self.items if item.result is None]

    def results_for(self, batch: Sequence[Inbound]) -> list[Result]:
        """What became of each submitted message, in the order of submission."""
        results = {id(item.inbound): item.result for item in self.items}
        return [results[id(inbound)] or Dropped("unhandled") for inbound in batch]


async def admit(conn: Connection, batch: Sequence[Inbound]) -> Admission:
    """Sort out duplicates, gaps, and what must wait behind a dead letter."""
    unseen = await cursors.remember(conn, batch)
    before, held = await _look_up(conn, batch)
    numbers = {(i.source, i.key, i.sequence) for i in batch}
    gapped = [
        (source, key)
        for (source, key), cursor in before.items()
        if cursor.waiting and (source, key, cursor.sequence + 1) in numbers
    ]
    waited = await parking.take_waiting(conn, gapped)
    start = before | {name: replace(before[name], waiting=0) for name in gapped}
    ordered = cursors.in_order([*batch, *waited])
    results, moved = cursors.admit(ordered, start, unseen)
    after = {name: cursor for name, cursor in (start | moved).items() if cursor != before.get(name)}
    items = [Item(inbound, result) for inbound, result in zip(ordered, results, strict=True)]
    _hold(items, held)
    return Admission(items, before, after)


async def _look_up(
    conn: Connection, batch: Sequence[Inbound]
) -> tuple[dict[CursorKey, Cursor], frozenset[str]]:
    """The cursors of a batch, and the keys that a dead letter holds or behind which others wait."""
    names = {(i.source, i.key) for i in batch if i.sequence is not None and i.claim is None}
    rows = await conn.fetch(
        LOOK_UP,
        [source for source, _ in names],
        [key for _, key in names],
        list({inbound.key for inbound in batch}),
    )
    return (
        {
            (row["source"], row["key"]): Cursor(row["sequence"], row["waiting"])
            for row in rows
            if row["source"] is not None
        },
        frozenset(row["key"] for row in rows if row["source"] is None),
    )


LOOK_UP: Final = """
select source, key, sequence, waiting
  from cursor
 where (source, key) in (select * from unnest($1::text[], $2::text[]))
 union all
select null, key, null, null
  from dead_letter
 where key = any($3::text[]) and status = 'open' and holds_key
 union all
select null, key, null, null
  from parked
 where key = any($3::text[]) and cause = 'dead_letter'
"""
"""One statement for three tables: on a quiet line a batch costs what its round trips cost."""


def _hold(items: Sequence[Item], held: frozenset[str]) -> None:
    """Park what comes for a key that a dead letter holds.

    A timer stays a row, so that what is parked before it can still move or cancel it.
    """
    for item in items:
        inbound = item.inbound
        passes = isinstance(inbound.claim, Readmission) or inbound.defect is not None
        if item.result is None and inbound.key in held and not passes:
            waits_as_row = isinstance(inbound.claim, TimerClaim)
            item.result = Dropped("stale") if waits_as_row else Parked("dead_letter")


async def claim(conn: Connection, items: Sequence[Item]) -> None:
    """Remove the timers and effects that these messages stand for; drop those that are stale.

    Called under the locks of the states, so that a timer cannot be moved at the same moment.
    """
    live = [item for item in items if item.result is None or isinstance(item.result, Parked)]
    claims = [item.inbound.claim for item in live]
    fired = await timers.take(conn, [each for each in claims if isinstance(each, TimerClaim)])
    replied = await effect_queue.take(
        conn, [each for each in claims if isinstance(each, EffectClaim)]
    )
    valid = fired | replied
    for item in live:
        mine = item.inbound.claim
        if isinstance(mine, TimerClaim | EffectClaim) and mine not in valid:
            item.result = Dropped("stale")
