"""Procrastinate: four tasks for each hire on the same database; a consumer defers the first.

One process with one worker of many coroutines, as its documentation has it. A task may be repeated
after a crash, so each of them is idempotent by its SQL.

`python -m bench.contenders.procrastinate_tasks`
"""

import asyncio
import json
import signal
from collections.abc import Awaitable, Callable, Coroutine
from importlib import import_module
from typing import Any, Final

from aiokafka import AIOKafkaConsumer
from pydantic import TypeAdapter

from bench.contenders import tables
from bench.contenders.step import HIRES, STEPS, Step
from bench.contenders.wiring import Wiring
from bench.workload.steps import Passed
from libs.common.database import Pool, connect_pool

procrastinate: Any = import_module("procrastinate")
"""Only the environment of the benchmark holds it, so that it has no types here."""

CONCURRENT: Final = 20
BATCH: Final = 500
IDLE_MS: Final = 500
POLL_SECONDS: Final = 0.5
QUEUE: Final = "hires"
JSON: Final = TypeAdapter(Passed)


def task(step: Step, pool: Pool, following: Any) -> Callable[..., Awaitable[None]]:
    """The task of one service, which defers the following one."""

    async def perform(event: dict[str, Any]) -> None:
        passed = step.decide(JSON.validate_python(event, strict=False))
        if step.opens is not None:
            await pool.execute(step.opens, *tables.opened([passed]))
        await pool.execute(step.change, *await step.parameters([passed]))
        if following is not None:
            await following.defer_async(event=JSON.dump_python(passed, mode="json"))

    return perform


def register(app: Any, pool: Pool) -> Any:
    """Make the tasks, last one first; returns the first."""
    following: Any = None
    for step in reversed(STEPS.values()):
        following = app.task(task(step, pool, following), name=step.name, queue=QUEUE)
    return following


async def defer(consumer: Any, first: Any) -> None:
    """Defer the first task for each record, and commit once that is durable."""
    while True:
        read = await consumer.getmany(timeout_ms=IDLE_MS, max_records=BATCH)
        events = [{"event": json.loads(r.value)} for batch in read.values() for r in batch]
        if events:
            await first.batch_defer_async(*events)
            await consumer.commit()


async def main() -> None:
    """Run until told to stop."""
    wiring = Wiring.read()
    pool = await connect_pool(wiring.postgres, application="procrastinate", size=CONCURRENT)
    app = procrastinate.App(
        connector=procrastinate.PsycopgConnector(
            conninfo=wiring.postgres, min_size=4, max_size=CONCURRENT + 5
        )
    )
    first = register(app, pool)
    consumer: Any = AIOKafkaConsumer(
        wiring.prefix + HIRES,
        bootstrap_servers=wiring.kafka,
        group_id=f"{wiring.prefix}procrastinate",
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        await consumer.start()
        worker: Coroutine[Any, Any, None] = app.run_worker_async(
            queues=[QUEUE],
            concurrency=CONCURRENT,
            install_signal_handlers=False,
            listen_notify=True,
            fetch_job_polling_interval=POLL_SECONDS,
            delete_jobs="always",
        )
        work = asyncio.gather(defer(consumer, first), worker)
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, work.cancel)
        with wiring.say_ready():
            await asyncio.gather(work, return_exceptions=True)
        await consumer.stop()
    await pool.close()


if __name__ == "__main__":
    asyncio.run(main())
