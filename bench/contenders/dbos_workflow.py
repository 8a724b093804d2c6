"""DBOS: one durable workflow for each hire, five steps, started from Kafka by DBOS's own consumer.

DBOS keeps its state in the same database, and all of it runs in one process, as its documentation
has it. A step may be repeated after a crash, so each of them is idempotent by its SQL.

`python -m bench.contenders.dbos_workflow`
"""

import asyncio
import re
import signal
import threading
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final

from pydantic import TypeAdapter

from bench.contenders import tables
from bench.contenders.step import HIRES
from bench.contenders.tables import Columns
from bench.contenders.wiring import Wiring
from bench.workload.steps import Passed, provision, ruled

# Only the environment of the benchmark holds these, so that they have no types here.
dbos: Any = import_module("dbos")
psycopg_pool: Any = import_module("psycopg_pool")

THREADS: Final = 8
CONCURRENT: Final = 100
POLL_SECONDS: Final = 0.05
BATCH: Final = 500
QUEUE: Final = "hires"
JSON: Final = TypeAdapter(Passed)
SQL: Final[Mapping[str, str]] = {
    name: re.sub(r"\$\d", "%s", sql)
    for name, sql in {**tables.CHANGES, "open": tables.OPEN_TASKS}.items()
}


def steps(pool: Any) -> Mapping[str, Any]:
    """The five steps by name; each commits before DBOS notes that it is done."""

    def write(name: str, columns: Columns) -> None:
        with pool.connection() as conn:
            conn.execute(SQL[name], columns)

    def begin(passed: Passed) -> None:
        write("journeys", tables.begun([passed]))

    def decide(passed: Passed) -> Passed:
        decided = ruled(passed)
        write("decisions", tables.decided([decided]))
        return decided

    def open_tasks(passed: Passed) -> None:
        write("open", tables.opened([passed]))

    def complete(passed: Passed) -> None:
        write("tasks", tables.done([passed], asyncio.run(provision([passed.hire]))))

    def tell(passed: Passed) -> None:
        write("notices", tables.told([passed]))

    made = (begin, decide, open_tasks, complete, tell)
    return {step.__name__: dbos.DBOS.step()(step) for step in made}


def register(wiring: Wiring, step: Mapping[str, Any]) -> None:
    """Make the workflow, and have DBOS start it for each record."""

    def onboard(message: Any) -> None:
        passed = JSON.validate_json(message.value)
        step["begin"](passed)
        decided = step["decide"](passed)
        step["open_tasks"](decided)
        step["complete"](decided)
        step["tell"](decided)

    consume = dbos.DBOS.kafka_consumer(
        {
            "bootstrap.servers": wiring.kafka,
            "group.id": f"{wiring.prefix}dbos",
            "auto.offset.reset": "earliest",
        },
        [wiring.prefix + HIRES],
        ordering="none",
        batch_size=BATCH,
        queue_name=QUEUE,
    )
    consume(dbos.DBOS.workflow()(onboard))


def main() -> None:
    """Run until told to stop."""
    wiring = Wiring.read()
    dbos.DBOS(
        config={
            "name": "bench",
            "system_database_url": wiring.postgres,
            "sys_db_pool_size": THREADS + 10,
            "max_executor_threads": THREADS,
            "kafka_queue_polling_interval_sec": POLL_SECONDS,
            "log_level": "ERROR",
            "application_version": "1",
        }
    )
    stop = threading.Event()

    def end(_signal: int, _frame: object) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    with psycopg_pool.ConnectionPool(
        wiring.postgres, min_size=4, max_size=THREADS, kwargs={"prepare_threshold": 1}
    ) as pool:
        register(wiring, steps(pool))
        dbos.DBOS.launch()
        dbos.DBOS.register_queue(
            QUEUE, worker_concurrency=CONCURRENT, polling_interval_sec=POLL_SECONDS
        )
        with wiring.say_ready():
            stop.wait()
        dbos.DBOS.destroy()


if __name__ == "__main__":
    main()
