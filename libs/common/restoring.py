"""After a restore: the numbers of a service go on after those that Kafka has of it already.

A database older than what was published from it would give the same numbers once more, to other
events, and whoever reads them would take those for duplicates. What only that time knew stays lost;
what is read again is decided again, and told under numbers of its own.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from aiokafka import AIOKafkaConsumer

from libs.common.cloudevents import read_record
from libs.common.database import Pool
from libs.common.fold import EntityKey
from libs.common.kafka_access import OPEN, KafkaAccess


async def newest_numbers(
    service: str,
    bootstrap: str,
    topics: Sequence[str],
    now: datetime,
    access: KafkaAccess = OPEN,
) -> dict[EntityKey, int]:
    """The highest number that topics hold of each emitter of a service and each key.

    Reads all of them once; raises KafkaError while the broker is away.
    """
    found: dict[EntityKey, int] = {}
    consumer: Any = AIOKafkaConsumer(
        *topics, bootstrap_servers=bootstrap, auto_offset_reset="earliest", **access.options
    )
    await consumer.start()
    try:
        ends = await consumer.end_offsets(consumer.assignment())
        while any([await consumer.position(place) < end for place, end in ends.items()]):
            for batch in (await consumer.getmany(timeout_ms=500)).values():
                for event in (read_record(record, now) for record in batch):
                    emitter = event.source.removeprefix(f"{service}/")
                    if emitter != event.source and event.sequence is not None:
                        name = (emitter, event.key)
                        found[name] = max(event.sequence, found.get(name, 0))
    finally:
        await consumer.stop()
    return found


async def go_on_after(pool: Pool, newest: Mapping[EntityKey, int], now: datetime) -> int:
    """Raise every number that is behind what was published; returns how many were.

    A key that the database never saw has no state yet, but a number to go on from.
    """
    names = sorted(newest)
    raised = await pool.execute(
        """
        insert into entity (decider, key, version, sequence, changed_at)
        select decider, key, 0, sequence, $4
          from unnest($1::text[], $2::text[], $3::bigint[]) as e (decider, key, sequence)
        on conflict (decider, key) do update
           set sequence = excluded.sequence
         where entity.sequence < excluded.sequence
        """,
        [emitter for emitter, _ in names],
        [key for _, key in names],
        [newest[name] for name in names],
        now,
    )
    return int(raised.rpartition(" ")[2])
