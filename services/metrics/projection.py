"""From a batch of messages to figures: event log, fold, facts, recomputed buckets.

All in the batch's own transaction, which must be READ COMMITTED (PostgreSQL's default): each
statement after a lock sees what its former holder wrote.

1. Append to the event log; what is known already stops here.
2. Fold every entity that was touched again, from all that is known of it, and store what differs.
3. Compute again every figure that the changed facts were in or are in now.
4. Write the figures that are other than before, and tell the others; with them, whatever a
   rebuild has restated.
5. Judge the key results that these figures belong to, and all of them when the clock strikes.

Because every step starts from the whole truth below it, the order of arrival leaves no trace: late,
repeated, corrected and retracted events come to the same figures as a replay in order.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from libs.common.database import Connection
from libs.common.message import Event, Message
from libs.common.projection import Received
from services.metrics import ledger, store
from services.metrics.figures import (
    Cell,
    Revision,
    Shift,
    compute,
    dirty_cells,
    pieces_of,
    revise,
)
from services.metrics.folds import fold_entity
from services.metrics.key_results import concerned, review
from services.metrics.kpi import Definition, by_name
from services.metrics.locks import Locked, lock, lock_live_generation
from services.metrics.observations import KINDS, EventName, Observation
from services.metrics.okr import KeyResult
from services.metrics.review_clock import ReviewDue
from services.metrics.sources.line import ASKED, LINE, observe

MESSAGES: Final[tuple[type[Message], ...]] = (*KINDS.values(), *LINE, *ASKED, ReviewDue)
"""Everything that the projection reads: observations, events of the line, and the clock."""


def projecting(
    definitions: Sequence[Definition], key_results: Sequence[KeyResult] = ()
) -> Callable[[Connection, Sequence[Received[Any]]], Awaitable[Sequence[Event]]]:
    """The projection that keeps the figures of these definitions, and judges key results."""
    known = by_name(definitions)

    async def project(conn: Connection, batch: Sequence[Received[Any]]) -> Sequence[Event]:
        if not batch:
            return ()
        now = max(each.time for each in batch)
        told = [each for each in batch if not isinstance(each.message, ReviewDue)]
        revisions = await revise_figures(conn, definitions, told, now)
        struck = len(told) < len(batch)
        due = key_results if struck else concerned(key_results, revisions)
        reviewed = await review(conn, due, now)
        return [*(each.event(known.get(each.figure.cell.kpi)) for each in revisions), *reviewed]

    return project


async def revise_figures(
    conn: Connection,
    definitions: Sequence[Definition],
    batch: Sequence[Received[Any]],
    now: datetime,
) -> list[Revision]:
    """Log a batch and bring every figure up to date; what a rebuild restated goes first."""
    generation = await lock_live_generation(conn)
    restated = await ledger.take_untold(conn)
    touched = await log_batch(conn, batch)
    shifts = await refold(conn, generation, touched)
    dirty = dirty_cells(definitions, shifts, touched)
    return [*restated, *await recompute(conn, generation, definitions, dirty, now)]


async def log_batch(conn: Connection, batch: Iterable[Received[Message]]) -> dict[str, EventName]:
    """Append a batch to the event log; the entities it touched, each with its newest event.

    An event that replaces another also touches the entities of that other.
    """
    received = [Received(each.id, each.time, observe(each.message, each.id)) for each in batch]
    received = list({each.message.name: each for each in reversed(received)}.values())
    received.sort(key=lambda each: each.message.name)
    events = [each.message for each in received]
    replaced = [name for each in events if (name := each.replaced) is not None]
    await lock(conn, Locked.EVENT, ["\0".join(name) for name in _names(events, replaced)])
    elsewhere = await store.entities_of(conn, replaced)
    named = [entity for each in events for entity in each.entities]
    replaced_there = [entity for entities in elsewhere.values() for entity in entities]
    await lock(conn, Locked.ENTITY, {*named, *replaced_there})
    fresh = await store.log_events(conn, received)
    touched: dict[str, EventName] = {}
    for event in sorted(events, key=lambda each: each.order):
        if event.name in fresh:
            there = () if event.replaced is None else elsewhere.get(event.replaced, ())
            touched |= dict.fromkeys((*event.entities, *there), event.name)
    return touched


def _names(events: Iterable[Observation], replaced: Iterable[EventName]) -> set[EventName]:
    return {*(each.name for each in events), *replaced}


async def refold(conn: Connection, generation: int, entities: Iterable[str]) -> list[Shift]:
    """Fold entities again from the event log, store what differs, and return just that."""
    wanted = set(entities)
    if not wanted:
        return []
    known = await store.events_of(conn, wanted)
    before = {each.id: each for each in await store.facts_of(conn, generation, wanted)}
    after = {
        fact.id: fact for entity, events in known.items() for fact in fold_entity(entity, events)
    }
    gone = sorted(before.keys() - after.keys())
    changed = [fact for fact in after.values() if before.get(fact.id) != fact]
    await store.remove_facts(conn, generation, gone)
    await store.put_facts(conn, generation, changed)
    return [
        *(Shift(before[each], None) for each in gone),
        *(Shift(before.get(fact.id), fact) for fact in changed),
    ]


async def recompute(
    conn: Connection,
    generation: int,
    definitions: Sequence[Definition],
    dirty: dict[Cell, EventName],
    now: datetime,
) -> list[Revision]:
    """Compute cells again from the facts, write the figures that changed, and return those."""
    if not dirty:
        return []
    await lock(conn, Locked.BUCKET, [f"{cell.kpi} {cell.bucket}" for cell in dirty])
    counted = await store.counted_together(conn, generation, pieces_of(definitions, dirty))
    computed = compute(definitions, dirty, counted)
    revisions = revise(computed, await ledger.standing_at(conn, dirty), dirty, now)
    await ledger.enter(conn, revisions, told=True)
    return revisions
