"""Group commit: what is the same work for everybody is done once for all who wait for it.

The longer a run takes, the longer the next one lets people gather: so the work takes up a bounded
share of the time, however dear it becomes and however many ask.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

Result = TypeVar("Result")

REST: Final = 4.0
"""After a run nothing is done for so many times as long as it took."""
LONGEST_REST_SECONDS: Final = 1.0


@dataclass(slots=True)
class GroupCommit(Generic[Result]):
    """Runs `work` one at a time; each run answers everybody who asked before it began."""

    work: Callable[[], Awaitable[Result]]
    _running: asyncio.Task[Result] | None = None
    _next: asyncio.Task[Result] | None = None
    _rests_until: float = 0.0

    async def done(self) -> Result:
        """What a run returned, or raised, that began after this was called.

        Whoever stops waiting does not stop the run: others may wait for it.
        """
        if self._next is None:
            self._next = asyncio.create_task(self._run_after(self._running))
        return await asyncio.shield(self._next)

    async def _run_after(self, before: "asyncio.Task[Result] | None") -> Result:
        loop = asyncio.get_running_loop()
        if before is not None:
            await asyncio.wait([before])
        await asyncio.sleep(self._rests_until - loop.time())
        # Whoever asks from here on may have changed something after this run has read it.
        self._running, self._next = self._next, None
        began = loop.time()
        try:
            return await self.work()
        finally:
            ended = loop.time()
            self._rests_until = ended + min(REST * (ended - began), LONGEST_REST_SECONDS)
