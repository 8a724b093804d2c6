"""Numbers for events that no decider emits, so that their readers see each once and in order."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from libs.common import entities
from libs.common.database import Connection
from libs.common.entities import Entity
from libs.common.fold import Emitted
from libs.common.message import Event


async def number(
    conn: Connection, service: str, emitter: str, caused: Sequence[tuple[int, Event]], now: datetime
) -> list[Emitted]:
    """Number events for each subject, under the lock of its counter.

    Each comes with the place in the batch of the message that caused it.
    """
    names = [(emitter, event.subject) for _, event in caused]
    counters = await entities.load(conn, names, {})
    emitted: list[Emitted] = []
    for name, (cause, event) in zip(names, caused, strict=True):
        counter = counters.get(name, Entity())
        counters[name] = replace(counter, sequence=counter.sequence + 1)
        emitted.append(
            Emitted(
                event=event,
                source=f"{service}/{emitter}",
                key=event.subject,
                sequence=counters[name].sequence,
                cause=cause,
            )
        )
    await entities.save(conn, counters, now)
    return emitted
