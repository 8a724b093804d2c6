"""Work that many ask for at once is done once for all of them, and never earlier than they asked.

Whoever asks while it is being done waits for the next time: what is being done may have looked
before something changed. So nothing is kept, and nobody is shown what is out of date.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class Sharing(Generic[T]):
    """Work by what it is about; at most one is done and one waits of each."""

    _doing: "dict[Hashable, asyncio.Task[T]]" = field(
        default_factory=dict[Hashable, "asyncio.Task[T]"]
    )
    _waiting: "dict[Hashable, asyncio.Task[T]]" = field(
        default_factory=dict[Hashable, "asyncio.Task[T]"]
    )

    async def once(self, about: Hashable, work: Callable[[], Awaitable[T]]) -> T:
        """What the work comes to that begins from now on; raises what it raises."""
        task = self._waiting.get(about)
        if task is None:
            before = self._doing.get(about)
            task = asyncio.create_task(self._do(about, work, before))
            (self._doing if before is None else self._waiting)[about] = task
        return await asyncio.shield(task)  # who leaves takes it from nobody else

    async def _do(
        self,
        about: Hashable,
        work: Callable[[], Awaitable[T]],
        before: "asyncio.Task[T] | None",
    ) -> T:
        if before is not None:
            await asyncio.wait([before])
            self._doing[about] = self._waiting.pop(about)
        try:
            return await work()
        finally:
            del self._doing[about]
