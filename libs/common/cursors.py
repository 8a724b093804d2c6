"""Which messages are new: a cursor for each numbered source and key, an inbox for the others."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from libs.common.database import Connection
from libs.common.inbound import Dropped, Inbound, Parked, Result

CursorKey = tuple[str, str]
"""A source, and a key of it."""


class RaceLostError(Exception):
    """Another process decided the same key in between: do it again from what it left."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The number of the last message read, and how many wait beyond a missing one."""

    sequence: int = 0
    waiting: int = 0


def admit(
    batch: Sequence[Inbound], cursors: Mapping[CursorKey, Cursor], unseen: frozenset[CursorKey]
) -> tuple[list[Result | None], dict[CursorKey, Cursor]]:
    """Which messages to let in (None), and where the cursors stand after them.

    A number at or below the cursor is a duplicate; one above the next leaves a gap, and waits for
    the missing one. `unseen` holds the (source, id) of the messages that the inbox did not know.
    """
    moved: dict[CursorKey, Cursor] = {}
    taken: set[CursorKey] = set()
    results: list[Result | None] = []
    for inbound in batch:
        if inbound.claim is not None:
            results.append(None)
        elif inbound.sequence is None:
            name = (inbound.source, inbound.id)
            is_new = name in unseen and name not in taken
            results.append(None if is_new else Dropped("duplicate"))
            taken.add(name)
        else:
            name = (inbound.source, inbound.key)
            cursor = moved.get(name) or cursors.get(name) or Cursor()
            result, stepped = _step(inbound.sequence, cursor)
            results.append(result)
            if stepped is not cursor:
                moved[name] = stepped
    return results, moved


def _step(sequence: int, cursor: Cursor) -> tuple[Result | None, Cursor]:
    if sequence <= cursor.sequence:
        return Dropped("duplicate"), cursor
    if sequence > cursor.sequence + 1:
        return Parked("gap"), Cursor(cursor.sequence, cursor.waiting + 1)
    return None, Cursor(sequence, cursor.waiting)


def in_order(batch: Iterable[Inbound]) -> list[Inbound]:
    """Sort each numbered key by its number, leaving everything else where it came.

    A message that waited behind a gap then follows the one that was missing.
    """
    ordered: dict[CursorKey, list[Inbound]] = defaultdict(list)
    places: list[Inbound | CursorKey] = []
    for inbound in batch:
        if inbound.sequence is None or inbound.claim is not None:
            places.append(inbound)
        else:
            name = (inbound.source, inbound.key)
            ordered[name].append(inbound)
            places.append(name)
    queues = {
        name: iter(sorted(each, key=lambda inbound: inbound.sequence or 0))
        for name, each in ordered.items()
    }
    return [next(queues[place]) if isinstance(place, tuple) else place for place in places]


async def save(
    conn: Connection, before: Mapping[CursorKey, Cursor], after: Mapping[CursorKey, Cursor]
) -> None:
    """Move cursors; raises RaceLostError if another process moved one meanwhile."""
    if not after:
        return
    names = sorted(after)
    was = [before.get(name) for name in names]
    moved = await conn.fetchval(
        SAVE,
        [source for source, _ in names],
        [key for _, key in names],
        [after[name].sequence for name in names],
        [after[name].waiting for name in names],
        [None if cursor is None else cursor.sequence for cursor in was],
        [None if cursor is None else cursor.waiting for cursor in was],
    )
    if moved != len(names):
        raise RaceLostError("a cursor moved")


SAVE: Final = """
with moved as (
    select *
      from unnest($1::text[], $2::text[], $3::bigint[], $4::int[], $5::bigint[], $6::int[])
           as m (source, key, sequence, waiting, was_sequence, was_waiting)
), added as (
    insert into cursor (source, key, sequence, waiting)
    select source, key, sequence, waiting from moved where was_sequence is null
    on conflict do nothing
    returning 1
), advanced as (
    update cursor c
       set sequence = m.sequence, waiting = m.waiting
      from moved m
     where c.source = m.source
       and c.key = m.key
       and c.sequence = m.was_sequence
       and c.waiting = m.was_waiting
    returning 1
)
select (select count(*) from added) + (select count(*) from advanced)
"""


async def remember(conn: Connection, batch: Sequence[Inbound]) -> frozenset[CursorKey]:
    """Enter unnumbered messages into the inbox; the (source, id) of those it did not know.

    Waits for another process that is entering the same id, in sorted order so that two never
    wait for each other.
    """
    names = sorted({(i.source, i.id) for i in batch if i.sequence is None and i.claim is None})
    if not names:
        return frozenset()
    rows = await conn.fetch(
        """
        insert into inbox (source, id)
        select * from unnest($1::text[], $2::text[])
        on conflict do nothing
        returning source, id
        """,
        [source for source, _ in names],
        [each for _, each in names],
    )
    return frozenset((row["source"], row["id"]) for row in rows)


async def forget(conn: Connection, days: int) -> None:
    """Drop inbox entries older than any sender's last retry, a bounded number at a time."""
    while await conn.execute(FORGET, days, FORGET_LIMIT) == f"DELETE {FORGET_LIMIT}":
        pass


FORGET_LIMIT: Final = 10_000
FORGET: Final = """
delete from inbox
 where ctid = any(array(
        select ctid from inbox where received_at < now() - make_interval(days => $1) limit $2
       ))
"""
