"""The limit: a batch loop written by hand for this one workload, without a framework.

One statement for each batch moves the offsets, writes the state, keeps what goes out as one row and
forgets what Kafka has acknowledged. Offsets live in the database; there is no table of ids, no
check of the body beyond its types, no trace, no timer, no dead letter, and one partition owner at a
time is taken for granted: a zombie ends at the offsets that moved under it.

`python -m bench.contenders.by_hand STEP`
"""

import asyncio
import signal
import sys
from asyncio import Future
from collections import deque
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any, Final

import asyncpg
import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from bench.contenders import tables
from bench.contenders.step import STEPS, Step
from bench.contenders.wiring import Wiring
from bench.workload.steps import Passed
from libs.common.database import Connection

msgspec: Any = import_module("msgspec")
"""Only the environment of the benchmark holds it, so that it has no types here."""

MAX_BATCH: Final = 500
IN_FLIGHT_BATCHES: Final = 8
IDLE_MS: Final = 1_000

WRITE: Final = """
with moved as (
    update {step}.position p
       set next_offset = t.next
      from unnest($1::int[], $2::bigint[], $3::bigint[]) as t (partition, first, next)
     where p.partition = t.partition and p.next_offset = t.first
    returning 1
), changed as (
    {change}
    returning 1
), kept as (
    insert into {step}.outgoing (keys, bodies) values ($4, $5) returning id
), forgotten as (
    delete from {step}.outgoing where id = any($6::bigint[])
)
select id, (select count(*) from moved) as moved from kept
"""
BEGIN: Final = """
insert into {step}.position (partition, next_offset)
select partition, 0 from unnest($1::int[]) as t (partition)
on conflict (partition) do update set partition = excluded.partition
returning partition, next_offset
"""


class Loop:
    """One service."""

    def __init__(self, wiring: Wiring, step: Step, conn: Connection) -> None:
        self.step = step
        self.conn = conn
        self.target = wiring.prefix + step.target
        self.decode = msgspec.json.Decoder(Passed).decode
        self.encode = msgspec.json.Encoder().encode
        self.sent: deque[tuple[int, Sequence[Future[Any]]]] = deque()
        self.acknowledged: list[int] = []
        own = {"step": step.name, "change": _renumbered(step.change)}
        self.write = WRITE.format_map(own)
        self.begin = BEGIN.format_map(own)
        self.consumer: Any = AIOKafkaConsumer(
            wiring.prefix + step.source,
            bootstrap_servers=wiring.kafka,
            group_id=wiring.prefix + step.name,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            max_poll_records=MAX_BATCH,
        )
        self.producer: Any = AIOKafkaProducer(
            bootstrap_servers=wiring.kafka,
            acks="all",
            enable_idempotence=True,
            max_batch_size=256 * 1024,
        )

    async def start(self) -> None:
        """Join, and go on where the database says."""
        await self.producer.start()
        await self.consumer.start()
        while not (mine := self.consumer.assignment()):  # noqa: ASYNC110  # aiokafka tells no event
            await asyncio.sleep(0.02)
        topic = next(iter(mine)).topic
        for row in await self.conn.fetch(self.begin, [each.partition for each in mine]):
            self.consumer.seek(TopicPartition(topic, row["partition"]), row["next_offset"])
        for row in await self.conn.fetch(
            f"select id, keys, bodies from {self.step.name}.outgoing order by id"  # noqa: S608  # a name of ours
        ):
            await self.send(row["id"], row["keys"], row["bodies"])

    async def run(self) -> None:
        """Take what is there, settle it, and pass it on, until cancelled."""
        while True:
            read = await self.consumer.getmany(timeout_ms=IDLE_MS, max_records=MAX_BATCH)
            if read:
                await self.settle(read)

    async def settle(self, read: Mapping[TopicPartition, Sequence[Any]]) -> None:
        """One batch: one statement, or two where the adapter is called in between."""
        step = self.step
        records = [record for batch in read.values() for record in batch]
        events = [step.decide(self.decode(record.value)) for record in records]
        if step.opens is not None:
            await self.conn.execute(step.opens, *tables.opened(events))
        keys, bodies = [r.key for r in records], [self.encode(event) for event in events]
        forget, self.acknowledged = self.acknowledged, []
        row = await self.conn.fetchrow(
            self.write,
            [partition.partition for partition in read],
            [batch[0].offset for batch in read.values()],
            [batch[-1].offset + 1 for batch in read.values()],
            keys,
            bodies,
            forget,
            *await step.parameters(events),
        )
        if row is None or row["moved"] != len(read):
            raise RuntimeError("another process has read on here: this one has to start again")
        await self.send(row["id"], keys, bodies)

    async def send(self, row: int, keys: Sequence[bytes], bodies: Sequence[bytes]) -> None:
        """Hand a batch to Kafka, without waiting for any but the oldest."""
        futures = [
            await self.producer.send(self.target, body, key=key)
            for key, body in zip(keys, bodies, strict=True)
        ]
        self.sent.append((row, futures))
        while len(self.sent) > IN_FLIGHT_BATCHES or (self.sent and self.sent[0][1][-1].done()):
            oldest, futures = self.sent.popleft()
            for each in futures:
                await each
            self.acknowledged.append(oldest)


def _renumbered(change: str) -> str:
    """The SQL of a change with its parameters after those of the frame."""
    for number in (3, 2, 1):
        change = change.replace(f"${number}", f"${number + 6}")
    return change


async def main(step: Step) -> None:
    """Run one service until it is told to stop."""
    wiring = Wiring.read()
    conn = await asyncpg.connect(wiring.postgres)
    loop = Loop(wiring, step, conn)
    await loop.start()
    running = asyncio.create_task(loop.run())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    with wiring.say_ready():
        await asyncio.gather(running, return_exceptions=True)
    await loop.consumer.stop()
    await loop.producer.stop()
    await conn.close()
    if not running.cancelled():
        running.result()


if __name__ == "__main__":
    uvloop.run(main(STEPS[sys.argv[1]]))
