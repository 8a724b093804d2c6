"""The loop of the kernel: what has arrived is the batch, and one transaction settles it.

Kafka records, due timers, replies of effects and HTTP commands all come through `submit`. One
batch at a time goes through PostgreSQL; whatever arrives meanwhile is the next one.
"""

import asyncio
import logging
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import asyncpg

from libs.common import telemetry
from libs.common.breaker import Breaker
from libs.common.cursors import RaceLostError
from libs.common.database import TRANSIENT, Connection, Pool
from libs.common.handoff import Handoff
from libs.common.inbound import Dead, Inbound, Result
from libs.common.transaction import Poison, Transaction

log = logging.getLogger(__name__)

MAX_BATCH: Final = 500
FIRST_WAIT_SECONDS: Final = 0.05
LONGEST_WAIT_SECONDS: Final = 5.0
ASK_SECONDS: Final = 5.0
"""How long somebody who waits for an answer is kept waiting."""

SLOW_TRIES: Final = 2
"""How often a batch may take too long before it is halved."""

Before = Callable[[Connection], Awaitable[Sequence[Inbound]]]
"""Runs first in the transaction; the messages it returns are settled in it as well."""


class UnavailableError(ConnectionError):
    """Nothing can be settled now; whoever asked is to ask again."""


class TrippedError(Exception):
    """Committing this batch would set one message of a type after the other aside."""


class SlowError(Exception):
    """The batch is more than PostgreSQL does in the time of a statement."""


@dataclass(slots=True)
class Work:
    """Messages that were submitted together, and who waits for their results."""

    messages: Sequence[Inbound]
    before: Before | None = None
    done: "asyncio.Future[list[Result]]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def answer(self, results: list[Result]) -> None:
        """Tell the results, if anybody still waits."""
        if not self.done.done():
            self.done.set_result(results)

    def fail(self, error: Exception) -> None:
        """Tell that there is no result, if anybody still waits."""
        if not self.done.done():
            self.done.set_exception(error)


@dataclass(slots=True)
class Engine:
    """Settles submitted messages, batch after batch."""

    service: str
    pool: Pool
    handoff: Handoff
    transaction: Transaction
    on_effects: Callable[[], None] = lambda: None
    heartbeat: float = field(default_factory=time.monotonic)
    troubled_since: float | None = None
    stopped: str | None = None
    _breaker: Breaker = field(default_factory=Breaker)
    _closed: bool = False
    _doubtful: bool = False
    _resumed: asyncio.Event = field(default_factory=asyncio.Event)
    _queue: "asyncio.Queue[Work]" = field(default_factory=asyncio.Queue[Work])

    async def submit(self, messages: Sequence[Inbound]) -> list[Result]:
        """Settle messages durably; returns what became of each once that is committed.

        Raises UnavailableError only where the process is about to end.
        """
        return await self._wait(Work(messages))

    async def submit_after(self, before: Before) -> list[Result]:
        """Settle, in one transaction of their own, the messages that `before` returns."""
        return await self._wait(Work((), before))

    async def ask(self, messages: Sequence[Inbound], before: Before | None = None) -> list[Result]:
        """As `submit`, for somebody who cannot wait: raises UnavailableError or TimeoutError.

        What timed out may be settled all the same; asked again under its id, it counts once.
        """
        if self.troubled_since is not None or self.stopped is not None:
            raise UnavailableError("nothing can be settled now; try again")
        async with asyncio.timeout(ASK_SECONDS):
            return await self._wait(Work(messages, before))

    async def _wait(self, work: Work) -> list[Result]:
        if self._closed:
            raise UnavailableError("the service is stopping; try again")
        if not work.messages and work.before is None:
            return []
        self._queue.put_nowait(work)
        return await work.done

    async def close(self, seconds: float) -> None:
        """Take nothing more, and finish what was taken, but no longer than this."""
        self._closed = True
        with suppress(TimeoutError):
            await asyncio.wait_for(self._queue.join(), seconds)

    def resume(self) -> None:
        """Go on after a stop: the batch at hand may set aside what it must."""
        self._resumed.set()

    async def run(self) -> None:
        """Settle until cancelled; whoever still waits then is told so."""
        works: list[Work] = []
        try:
            while True:
                works = await self._gather()
                await self._settle(works)
                self._finish(works)
        finally:
            self._closed = True
            while not self._queue.empty():
                works.append(self._queue.get_nowait())
            for work in works:
                work.fail(UnavailableError("the service is stopping; try again"))
            self._finish(works)

    def _finish(self, works: list[Work]) -> None:
        for _ in works:
            self._queue.task_done()
        works.clear()

    async def _gather(self) -> list[Work]:
        """All that has arrived, up to a batch; a work with a `before` of its own comes last."""
        self.heartbeat = time.monotonic()
        try:
            async with asyncio.timeout(1):
                works = [await self._queue.get()]
        except TimeoutError:
            return []
        size = len(works[0].messages)
        while size < MAX_BATCH and not self._queue.empty() and works[-1].before is None:
            works.append(self._queue.get_nowait())
            size += len(works[-1].messages)
        return works

    async def _settle(self, works: Sequence[Work]) -> None:
        wanted = [work for work in works if not work.done.cancelled()]
        for work in wanted:
            if work.before is not None:
                await self._settle_together([work], work.before)
        plain = [work for work in wanted if work.before is None]
        if plain:
            await self._settle_together(plain, None)

    async def _settle_together(self, works: Sequence[Work], before: Before | None) -> None:
        batch = [inbound for work in works for inbound in work.messages]
        try:
            results = await self._settle_batch(batch, before)
        except Exception as error:  # not even to be set aside, or its `before` is at fault
            if len(works) > 1:
                for work in works:
                    await self._settle_together([work], None)
                return
            log.exception("messages could neither be handled nor set aside")
            works[0].fail(error)
            return
        if before is not None:
            works[0].answer(results)
            return
        left = iter(results)
        for work in works:
            work.answer([next(left) for _ in work.messages])

    async def _settle_batch(self, batch: Sequence[Inbound], before: Before | None) -> list[Result]:
        """Settle a batch, halving it where one message spoils it for all.

        A message alone is tried once more before it is set aside: it may only have met another.
        """
        try:
            return await self._until_durable(batch, before, None)
        except (Poison, SlowError):
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
        """Repeat a transaction until it commits: what is transient never costs a message.

        A commit that was reported as failed may have happened. Repeating is safe, for the messages
        are then known as duplicates; what that commit put into the outbox is looked up there.
        """
        tries, slow, strict = 0, 0, True
        while True:
            self.heartbeat = time.monotonic()
            try:
                results = await self._attempt(batch, before, poison, strict=strict)
            except RaceLostError:
                telemetry.RETRIES.labels(self.service, "race").inc()
                continue
            except TrippedError as tripped:
                await self._stand_still(str(tripped))
                strict = False
                continue
            except TRANSIENT as error:
                tries += 1
                slow += isinstance(error, asyncpg.QueryCanceledError | TimeoutError)
                if slow >= SLOW_TRIES and len(batch) > 1:
                    raise SlowError from error
                await self._wait_out(error, tries)
                continue
            self.troubled_since = None
            return results

    async def _wait_out(self, error: Exception, tries: int) -> None:
        name = type(error).__name__
        telemetry.RETRIES.labels(self.service, name).inc()
        self.troubled_since = self.troubled_since or time.monotonic()
        wait = min(FIRST_WAIT_SECONDS * 2 ** min(tries - 1, 10), LONGEST_WAIT_SECONDS)
        log.warning("PostgreSQL is in trouble (%s); trying again in %.1f s", name, wait)
        await asyncio.sleep(wait * random.uniform(0.5, 1))  # noqa: S311  # jitter

    async def _stand_still(self, kind: str) -> None:
        """Hold everything until a person says to go on, or starts another release."""
        self.stopped = kind
        self._resumed.clear()
        log.critical("standing still: this release fails every %s; nothing more is set aside", kind)
        while not self._resumed.is_set():
            self.heartbeat = time.monotonic()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._resumed.wait(), 1)
        self.stopped, self._breaker = None, Breaker()

    async def _attempt(
        self, batch: Sequence[Inbound], before: Before | None, poison: str | None, *, strict: bool
    ) -> list[Result]:
        started = time.time_ns()
        try:
            async with self.pool.acquire() as conn, conn.transaction():
                if before is not None:
                    batch = await before(conn)
                committed = await self.transaction.settle(conn, batch, started, poison)
                breaker = self._breaker.after(zip(batch, committed.results, strict=True))
                if strict:
                    _check(breaker)
        except TRANSIENT:
            self._doubtful = True
            raise
        self._breaker = breaker if strict else Breaker()
        self.handoff.offer(committed.rows)
        if self._doubtful:
            self._doubtful = False
            self.handoff.recover()
        for span, result in committed.traced:
            self.transaction.spans.close(span, result)
        self._measure(committed.results, started)
        if committed.moves_effects:
            self.on_effects()
        return committed.results

    def _measure(self, results: Sequence[Result], started: int) -> None:
        seconds = (time.time_ns() - started) / 1e9
        telemetry.TRANSACTION_SECONDS.labels(self.service).observe(seconds)
        telemetry.BATCH_SIZE.labels(self.service).observe(len(results))
        for kind, count in Counter(map(type, results)).items():
            name = "dead" if issubclass(kind, Dead) else kind.__name__.lower()
            telemetry.MESSAGES.labels(self.service, name).inc(count)
        for result in results:
            if isinstance(result, Dead):
                log.error("dead letter: %s", result.reason)


def _check(breaker: Breaker) -> None:
    if breaker.tripped is not None:
        raise TrippedError(breaker.tripped)
