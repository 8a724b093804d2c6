"""FastStream as its documentation shows it: one message a transaction, with an inbox and an outbox.

The body is validated by pydantic, as FastStream does for a typed handler. What is published is kept
in the outbox until Kafka has it; the row goes in the transaction of the next message.

`python -m bench.contenders.plain_faststream STEP`
"""

import asyncio
import signal
import sys
from typing import Any

import uvloop
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from pydantic import TypeAdapter

from bench.contenders import tables
from bench.contenders.step import STEPS, Step
from bench.contenders.wiring import Wiring
from bench.workload.steps import Passed
from libs.common.database import Connection, Pool, connect_pool

JSON: TypeAdapter[Passed] = TypeAdapter(Passed)


class Handler:
    """One service."""

    def __init__(self, step: Step, pool: Pool, broker: KafkaBroker, prefix: str) -> None:
        self.step = step
        self.pool = pool
        self.broker = broker
        self.target = prefix + step.target
        self.published: list[str] = []

    async def handle(self, passed: Passed) -> None:
        """One event: its state and what goes out, in one transaction; then publish."""
        event, event_id = self.step.decide(passed), str(passed.hire.hire_id)
        body = JSON.dump_json(event)
        async with self.pool.acquire() as conn:
            if self.step.opens is not None:
                await conn.execute(self.step.opens, *tables.opened([event]))
            parameters = await self.step.parameters([event])
            async with conn.transaction():
                if not await self._is_new(conn, event_id):
                    return
                await conn.execute(self.step.change, *parameters)
                await self._keep(conn, event_id, body)
        await self.broker.publish(body, self.target, key=event_id.encode())
        self.published.append(event_id)

    async def _is_new(self, conn: Connection, event_id: str) -> bool:
        done = await conn.execute(
            f"insert into {self.step.name}.inbox values ($1) on conflict do nothing",  # noqa: S608  # a name of ours
            event_id,
        )
        return done == "INSERT 0 1"

    async def _keep(self, conn: Connection, event_id: str, body: bytes) -> None:
        name = self.step.name
        await conn.execute(
            f"insert into {name}.outbox values ($1, $2)",  # noqa: S608  # a name of ours
            event_id,
            body.decode(),
        )
        published, self.published = self.published, []
        await conn.execute(
            f"delete from {name}.outbox where event_id = any($1::text[])",  # noqa: S608  # a name of ours
            published,
        )


async def main(step: Step) -> None:
    """Run one service until it is told to stop."""
    wiring = Wiring.read()
    pool = await connect_pool(wiring.postgres, application=step.name)
    broker = KafkaBroker(wiring.kafka, logger=None, acks="all", enable_idempotence=True)
    handler = Handler(step, pool, broker, wiring.prefix)
    subscriber = broker.subscriber(
        wiring.prefix + step.source,
        group_id=wiring.prefix + step.name,
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.NACK_ON_ERROR,
    )
    subscriber(handler.handle)
    await broker.start()
    consumer: Any = subscriber.consumer
    while not consumer.assignment():  # noqa: ASYNC110  # aiokafka tells no event
        await asyncio.sleep(0.02)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    with wiring.say_ready():
        await stop.wait()
    await broker.stop()
    await pool.close()


if __name__ == "__main__":
    uvloop.run(main(STEPS[sys.argv[1]]))
