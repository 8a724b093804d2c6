"""Hand committed events straight to Kafka, in order, and recover by the outbox when that fails."""

import asyncio
import logging
import time
from asyncio import Future
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

from aiokafka.errors import KafkaError, KafkaTimeoutError

from libs.common import outbox
from libs.common.database import TRANSIENT, Pool
from libs.common.kafka import Producer, answers, new_producer
from libs.common.kafka_access import OPEN, KafkaAccess
from libs.common.outbox import OutboxRow

log = logging.getLogger(__name__)

MAX_IN_FLIGHT: Final = 10_000
MAX_QUEUED: Final = 10_000
PAGE: Final = 1_000
HEARTBEAT_SECONDS: Final = 1.0
RETRY_SECONDS: Final = 0.5
STOP_SECONDS: Final = 3.0
STILL_SECONDS: Final = 5.0
ANSWER_SECONDS: Final = 2.0
HUNG_SECONDS: Final = 30.0
"""Longer than a producer needs to find a broker again that was away."""


class HungProducerError(Exception):
    """A producer neither sends what it has nor says that it cannot: only a new start helps."""


class Handoff:
    """One process's way to Kafka.

    Rows are sent in the order they were committed. When a send fails, everything in flight is
    forgotten and read again from the outbox: the table is the truth, the memory a short cut.
    """

    def __init__(
        self,
        pool: Pool,
        bootstrap: str,
        owner: UUID,
        topic_prefix: str = "",
        access: KafkaAccess = OPEN,
    ) -> None:
        self._pool = pool
        self._bootstrap = bootstrap
        self._access = access
        self._owner = owner
        self._prefix = topic_prefix
        self._queue: deque[OutboxRow] = deque()
        self._offered = asyncio.Event()
        self._acknowledged: list[int] = []
        self._in_flight: set[int] = set()
        self._settled = asyncio.Event()
        self._failure: BaseException | None = None
        self._recover = True
        self._moved_at: float | None = None
        self._hangs_since: float | None = None

    def offer(self, rows: Sequence[OutboxRow]) -> None:
        """Send rows that were just committed; returns at once.

        While Kafka is away, no more than `MAX_QUEUED` are remembered: the table has them all.
        """
        if len(self._queue) + len(rows) > MAX_QUEUED:
            self._queue.clear()
            self._recover = True
        else:
            self._queue.extend(rows)
        self._offered.set()

    def recover(self) -> None:
        """Look into the outbox: it may hold rows that were committed without being offered."""
        self._recover = True
        self._offered.set()

    async def run(self) -> None:
        """Send until cancelled, with a new producer after each failure."""
        while True:
            producer = new_producer(self._bootstrap, self._access)
            try:
                await producer.start()
                await self._send_forever(producer)
            except (KafkaError, *TRANSIENT) as error:
                log.warning("publishing stopped, will resume: %s", type(error).__name__)
            finally:
                self._moved_at = None
                await _stop(producer)
            await asyncio.sleep(RETRY_SECONDS)

    async def _send_forever(self, producer: Producer) -> None:
        self._failure, self._recover = None, True
        self._in_flight.clear()
        self._moved_at = time.monotonic()
        while True:
            if self._failure is not None:
                raise self._failure
            if self._recover:
                await self._send_owned(producer)
            while self._queue:
                await self._send(producer, self._queue.popleft())
            self._offered.clear()
            if not self._queue and not self._recover and self._failure is None:
                await self._offered.wait()

    async def _send_owned(self, producer: Producer) -> None:
        """Send all that the outbox holds for this process; what is queued is among it."""
        self._recover = False
        self._queue.clear()
        done = self._in_flight.union(self._acknowledged)
        position = 0
        while rows := await outbox.owned(self._pool, self._owner, position, PAGE):
            for row in rows:
                if row.position not in done:
                    await self._send(producer, row)
            position = rows[-1].position

    async def _send(self, producer: Producer, row: OutboxRow) -> None:
        if row.position in self._in_flight:
            return
        while len(self._in_flight) >= MAX_IN_FLIGHT and self._failure is None:
            self._settled.clear()
            await self._settled.wait()
        if self._failure is not None:
            raise self._failure
        if not self._in_flight:
            self._moved_at = time.monotonic()
        self._in_flight.add(row.position)
        sent = await self._hand_over(producer, row)
        sent.add_done_callback(lambda future: self._settle(row.position, future))

    async def _hand_over(self, producer: Producer, row: OutboxRow) -> "Future[Any]":
        envelope = row.envelope
        while True:
            try:
                return await producer.send(
                    self._prefix + row.topic,
                    row.body,
                    key=envelope.subject.encode(),
                    headers=envelope.headers(),
                )
            except KafkaTimeoutError:  # not taken: the buffer is full, since the broker is away
                log.info("publishing waits for Kafka")

    def _settle(self, position: int, sent: "Future[Any]") -> None:
        """Called once a row is with Kafka, or is not going to be."""
        self._in_flight.discard(position)
        self._settled.set()
        self._moved_at = time.monotonic()
        error = KafkaError("cut off") if sent.cancelled() else sent.exception()
        if error is None:
            self._acknowledged.append(position)
        else:
            self._failure = error
            self._offered.set()

    async def keep_alive(self) -> None:
        """Beat, adopt what dead processes left, and tidy acknowledged rows, until cancelled.

        Raises HungProducerError where the process is to be started anew.
        """
        while True:
            await self._see_that_it_moves()
            try:
                await outbox.beat(self._pool, self._owner)
                if await outbox.adopt(self._pool, self._owner):
                    self.recover()
                await self.tidy()
            except TRANSIENT as error:
                log.warning("the outbox is out of reach: %s", type(error).__name__)
            await asyncio.sleep(HEARTBEAT_SECONDS)

    async def _see_that_it_moves(self) -> None:
        """Tell a producer that hangs from a broker that is away: then it rightly waits."""
        moved_at = self._moved_at
        now = time.monotonic()
        stands = moved_at is not None and self._in_flight and now - moved_at > STILL_SECONDS
        if not stands or not await answers(self._bootstrap, self._access, ANSWER_SECONDS):
            self._hangs_since = None
            return
        self._hangs_since = self._hangs_since or now
        if now - self._hangs_since > HUNG_SECONDS:
            raise HungProducerError(
                f"nothing was sent for {HUNG_SECONDS:.0f} s in which Kafka answered"
            )

    async def tidy(self) -> None:
        """Delete the rows that Kafka has acknowledged."""
        positions, self._acknowledged = self._acknowledged, []
        try:
            await outbox.delete(self._pool, positions)
        except BaseException:  # cancelled as well: whoever drains then deletes them
            self._acknowledged += positions
            raise

    async def drain(self, seconds: float) -> None:
        """Wait until everything offered is acknowledged, but no longer than this.

        What is left is adopted by the next process that looks.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self._queue or self._in_flight:
                    self._settled.clear()
                    await self._settled.wait()
        with suppress(*TRANSIENT):
            await self.tidy()
            await outbox.retire(self._pool, self._owner)


async def _stop(producer: Any) -> None:
    """Flush and close a producer; while Kafka is away that never ends, so it is then cut off."""
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await producer.flush()
            await producer.stop()
    except (KafkaError, *TRANSIENT) as error:
        log.info("a producer is cut off: %s", type(error).__name__)
        await _cut_off(producer)


async def _cut_off(producer: Any) -> None:
    # aiokafka knows no way to close without a flush, so its parts are closed one by one. What it
    # had not sent is in the outbox.
    producer._closed = True  # noqa: SLF001
    for part in (producer._sender, producer.client):  # noqa: SLF001
        with suppress(KafkaError, *TRANSIENT):
            async with asyncio.timeout(STOP_SECONDS):
                await part.close()
