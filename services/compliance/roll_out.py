"""A roll-out: hires that were decided by other law are decided anew, till all are.

While processes of the old law still run, they take some of the hires that were woken and decide
them as before. So whoever started last wakes them again, about once a minute, for longer than a
roll-out takes; not for ever, lest two laws that run side by side undo each other's decisions.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from libs.common.service import Tools
from services.compliance import law_doubts
from services.compliance.change_of_law import decide_anew
from services.compliance.law import Law

log = logging.getLogger(__name__)

EVERY_SECONDS: Final = 60.0
FOR_SECONDS: Final = 3600.0
"""Of the process's own time, whatever the product's clock."""


def process_time() -> float:
    """Seconds of the process's own clock."""
    return asyncio.get_running_loop().time()


@dataclass(slots=True)
class RollOut:
    """The law that a process decides by, and what older ones may have left out, from its start."""

    law: Law
    seconds: Callable[[], float] = process_time
    _started: float = field(default=0.0, init=False)
    _woken: float = field(default=0.0, init=False)

    async def begin(self, tools: Tools) -> None:
        """Wake every hire that was decided by other law."""
        self._started = self.seconds()
        await self._wake(tools)

    async def go_on(self, tools: Tools) -> None:
        """Wake them again, if it is time to."""
        now = self.seconds()
        if now - self._started < FOR_SECONDS and now - self._woken >= EVERY_SECONDS:
            await self._wake(tools)

    async def _wake(self, tools: Tools) -> None:
        self._woken = self.seconds()
        await law_doubts.catch_up(tools.pool)
        woken = await decide_anew(tools.pool, self.law, tools.clock.now())
        if woken:
            log.info("the law has changed: %d hires are decided anew", woken)
