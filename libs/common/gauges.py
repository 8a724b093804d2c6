"""Figures that must be asked of the database: refreshed every few seconds, for Prometheus."""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

from libs.common import certificate_ends, telemetry
from libs.common.database import TRANSIENT, Pool
from libs.common.kernel import Kernel

log = logging.getLogger(__name__)

EVERY_SECONDS: Final = 5.0

FIGURES: Final = """
select (select coalesce(extract(epoch from now() - min(created_at)), 0)::float8
          from outbox) as outbox_age,
       (select count(*) from dead_letter where status = 'open') as dead_letters,
       (select count(*) from parked where cause = 'dead_letter') as parked_dead_letter,
       (select count(*) from parked where cause = 'gap') as parked_gap,
       (select count(*) from timer where due < $1) as timers_late,
       (select count(*) from effect) as effects_open,
       (select count(*) from delivery where status = 'quarantined') as quarantined
"""


@asynccontextmanager
async def measure(kernel: Kernel, pool: Pool) -> AsyncGenerator[None]:
    """Keep the gauges fresh while the body runs."""
    name, settings = kernel.service.name, kernel.tools.settings
    measuring = [
        asyncio.create_task(_measure_forever(kernel, pool)),
        asyncio.create_task(certificate_ends.watch(name, settings)),
    ]
    try:
        yield
    finally:
        for each in measuring:
            each.cancel()


async def _measure_forever(kernel: Kernel, pool: Pool) -> None:
    while True:
        try:
            await _measure(kernel.service.name, pool, kernel)
            await kernel.service.measure(kernel.tools)
        except (*TRANSIENT, asyncpg.PostgresError) as error:
            log.info("no figures now: %s", type(error).__name__)
        await asyncio.sleep(EVERY_SECONDS)


async def _measure(service: str, pool: Pool, kernel: Kernel) -> None:
    row = await pool.fetchrow(FIGURES, kernel.tools.clock.now())
    if row is None:
        return
    telemetry.OUTBOX_AGE.labels(service).set(row["outbox_age"])
    telemetry.DEAD_LETTERS.labels(service).set(row["dead_letters"])
    telemetry.PARKED.labels(service, "dead_letter").set(row["parked_dead_letter"])
    telemetry.PARKED.labels(service, "gap").set(row["parked_gap"])
    telemetry.TIMERS_LATE.labels(service).set(row["timers_late"])
    telemetry.EFFECTS_OPEN.labels(service).set(row["effects_open"])
    telemetry.QUARANTINED.labels(service).set(row["quarantined"])
