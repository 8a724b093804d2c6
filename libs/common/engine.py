"""The loop of the kernel: what has arrived is the batch, and one transaction settles it.

Kafka records, due timers, replies of effects and HTTP commands all come through `submit`. One
batch at a time goes through PostgreSQL; whatever arrives meanwhile is the next one.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from libs.common import outbox, telemetry, tracing
from libs.common.cursors import RaceLostError
from libs.common.database import TRANSIENT, Connection, Pool
from libs.common.handoff import Handoff
from libs.common.inbound import Dead, Inbound, Result
from libs.common.transaction import Poison, Transaction

log = logging.getLogger(__name__)

MAX_BATCH: Final = 500
FIRST_WAIT_SECONDS: Final = 0.05
LONGEST_WAIT_SECONDS: Final = 5.0

Before = Callable[[Connection], Awaitable[Sequence[Inbound]]]
"""Runs first in the transaction; the messages it returns are settled in it as well."""


@dataclass(slots=True)
class Work:
    """Messages that were submitted together, and who waits for their results."""

    messages: Sequence[Inbound]
    before: Before | None = None
    done: "asyncio.Future[list[Result]]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


@dataclass(slots=True)
class Engine:
    """Settles submitted messages, batch after batch."""

    service: str
    pool: Pool
    handoff: Handoff
    transaction: Transaction
    on_commit: Callable[[], None] = lambda: None
    heartbeat: float = field(default_factory=time.monotonic)
    troubled_since: float | None = None
    _queue: "asyncio.Queue[Work]" = field(default_factory=asyncio.Queue[Work])

    async def submit(self, messages: Sequence[Inbound]) -> list[Result]:
        """Settle messages durably; returns what became of each once that is committed."""
        return await self._wait(Work(messages))

    async def submit_after(self, before: Before) -> list[Result]:
        """Settle, in one transaction of their own, the messages that `before` returns."""
        return await self._wait(Work((), before))

    async def _wait(self, work: Work) -> list[Result]:
        if not work.messages and work.before is None:
            return []
        await self._queue.put(work)
        return await work.done

    @property
    def idle(self) -> bool:
        """Whether nothing waits to be settled."""
        return self._queue.empty()

    async def run(self) -> None:
        """Settle until cancelled; an unexpected error ends the process, and nothing is lost."""
        while True:
            self.heartbeat = time.monotonic()
            try:
                async with asyncio.timeout(1):
                    first = await self._queue.get()
            except TimeoutError:
                continue
            await self._settle(self._gather(first))

    def _gather(self, first: Work) -> list[Work]:
        works, size = [first], len(first.messages)
        while size < MAX_BATCH and not self._queue.empty() and works[-1].before is None:
            works.append(self._queue.get_nowait())
            size += len(works[-1].messages)
        return works

    async def _settle(self, works: list[Work]) -> None:
        if works[-1].before is not None:
            last = works.pop()
            results = await self._settle_batch((), last.before)
            self._answer(last, results)
        batch = [inbound for work in works for inbound in work.messages]
        if not batch:
            return
        results = iter(await self._settle_batch(batch, None))
        for work in works:
            self._answer(work, [next(results) for _ in work.messages])

    @staticmethod
    def _answer(work: Work, results: list[Result]) -> None:
        if not work.done.done():
            work.done.set_result(results)

    async def _settle_batch(self, batch: Sequence[Inbound], before: Before | None) -> list[Result]:
        """Settle a batch, halving it where one message spoils it for all.

        A message alone is tried once more before it is set aside: it may only have met another.
        """
        try:
            return await self._until_durable(batch, before, None)
        except Poison:
            if len(batch) > 1:
                middle = len(batch) // 2
                return [
                    *await self._settle_batch(batch[:middle], None),
                    *await self._settle_batch(batch[middle:], None),
                ]
        try:
            return await self._until_durable(batch, before, None)
        except Poison as poison:
            return await self._until_durable(batch, before, str(poison))

    async def _until_durable(
        self, batch: Sequence[Inbound], before: Before | None, poison: str | None
    ) -> list[Result]:
        """Repeat a transaction until it commits: what is transient never costs a message."""
        wait = FIRST_WAIT_SECONDS
        while True:
            try:
                results = await self._attempt(batch, before, poison)
            except RaceLostError:
                telemetry.RETRIES.labels(self.service, "race").inc()
                continue
            except TRANSIENT as error:
                name = type(error).__name__
                telemetry.RETRIES.labels(self.service, name).inc()
                log.warning("PostgreSQL is in trouble (%s); trying again in %.1f s", name, wait)
                self.troubled_since = self.troubled_since or time.monotonic()
                await asyncio.sleep(wait * random.uniform(0.5, 1))  # noqa: S311  # jitter
                wait = min(2 * wait, LONGEST_WAIT_SECONDS)
                self.heartbeat = time.monotonic()
                continue
            self.troubled_since = None
            return results

    async def _attempt(
        self, batch: Sequence[Inbound], before: Before | None, poison: str | None
    ) -> list[Result]:
        started = time.time_ns()
        acknowledged = self.handoff.take_acknowledged()
        try:
            async with self.pool.acquire() as conn, conn.transaction():
                if before is not None:
                    batch = await before(conn)
                await outbox.delete(conn, acknowledged)
                committed = await self.transaction.settle(conn, batch, started, poison)
        except BaseException:
            self.handoff.give_back(acknowledged)
            raise
        self.handoff.offer(committed.rows)
        tracing.close(committed.traced)
        self._measure(committed.results, started)
        self.on_commit()
        return committed.results

    def _measure(self, results: Sequence[Result], started: int) -> None:
        seconds = (time.time_ns() - started) / 1e9
        telemetry.TRANSACTION_SECONDS.labels(self.service).observe(seconds)
        telemetry.BATCH_SIZE.labels(self.service).observe(len(results))
        for result in results:
            telemetry.MESSAGES.labels(self.service, type(result).__name__.lower()).inc()
            if isinstance(result, Dead):
                log.error("dead letter: %s", result.reason)
