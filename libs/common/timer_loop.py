"""Ask for due timers again and again, and have them decided."""

import asyncio
import logging
from typing import Final

from libs.common import timers
from libs.common.clock import Clock
from libs.common.database import TRANSIENT, Pool
from libs.common.engine import Engine

log = logging.getLogger(__name__)

SHORTEST_POLL_SECONDS: Final = 0.05
LONGEST_POLL_SECONDS: Final = 0.5
LATE_SECONDS: Final = 300
"""How late a timer may be by the product's clock, if that runs fast."""
TROUBLE_SECONDS: Final = 1.0
LIMIT: Final = 500


async def fire_due_timers(pool: Pool, engine: Engine, clock: Clock) -> None:
    """Run until cancelled."""
    poll = LONGEST_POLL_SECONDS
    if clock.speed * poll > LATE_SECONDS:
        poll = max(SHORTEST_POLL_SECONDS, LATE_SECONDS / clock.speed)
    while True:
        try:
            due = await timers.claim_due(pool, clock.now(), LIMIT)
        except TRANSIENT as error:
            log.warning("timers are out of reach: %s", type(error).__name__)
            await asyncio.sleep(TROUBLE_SECONDS)
            continue
        await engine.submit(due)
        if len(due) < LIMIT:
            await asyncio.sleep(poll)
