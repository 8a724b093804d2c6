"""Group commit: what is the same work for everybody is done once for all who wait for it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

Result = TypeVar("Result")


@dataclass(slots=True)
class GroupCommit(Generic[Result]):
    """Runs `work` one at a time; each run answers everybody who asked before it began."""

    work: Callable[[], Awaitable[Result]]
    _running: asyncio.Task[Result] | None = None
    _next: asyncio.Task[Result] | None = None

    async def done(self) -> Result:
        """What a run returned, or raised, that began after this was called.

        Whoever stops waiting does not stop the run: others may wait for it.
        """
        if self._next is None:
            self._next = asyncio.create_task(self._run_after(self._running))
        return await asyncio.shield(self._next)

    async def _run_after(self, before: "asyncio.Task[Result] | None") -> Result:
        if before is not None:
            await asyncio.wait([before])
        # Whoever asks from here on may have changed something after this run has read it.
        self._running, self._next = self._next, None
        return await self.work()
