"""The Kafka side of a service: FastStream drives the consumer, the kernel settles its batches.

What FastStream does by default is set otherwise on purpose: offsets are committed explicitly and
only after the database, headers that are not text do not stop the parser, nothing of a record is
ever logged, and a batch that was not settled, for whatever reason, is read again.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final, cast

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaMessage

from libs.common import telemetry
from libs.common.cloudevents import Record
from libs.common.kafka_access import OPEN, KafkaAccess
from libs.common.settled_consumer import SettledConsumer

log = logging.getLogger(__name__)

MAX_RECORDS: Final = 500
EMPTY_POLL_MS: Final = 10
"""FastStream sleeps blindly for this long after an empty poll: it is half of a quiet hop's time."""

COMMIT_SECONDS: Final = 1.0
CALL_SECONDS: Final = 5.0
STOP_SECONDS: Final = 8.0
STUCK_SECONDS: Final = 60.0
HUNG_SECONDS: Final = 30.0
"""Longer than a group takes to find out that a member is dead, and to share its partitions out."""

Receive = Callable[[Sequence[Record]], Awaitable[None]]
"""Settle records durably; returns once they need not be read again. If it raises, they are."""


class HungConsumerError(Exception):
    """Kafka answers and has records for this process, but none comes: only a new start helps."""


class KafkaConsumer:
    """Reads topics in a group, a batch at a time, each partition in order."""

    def __init__(
        self,
        service: str,
        bootstrap: str,
        topics: Mapping[str, Receive],
        prefix: str,
        access: KafkaAccess = OPEN,
    ) -> None:
        self._service = service
        self._prefix = prefix
        self._receive = topics
        self._access = access
        self._committed: dict[TopicPartition, int] = {}
        self._measured: set[TopicPartition] = set()
        self._stopping = False
        self._progress = 0
        self._moved_at = self._read_at = time.monotonic()
        self._handling = False
        self._broker = KafkaBroker(
            bootstrap,
            logger=None,
            apply_types=False,
            graceful_timeout=STOP_SECONDS,
            consumer_only=True,
        )
        self._subscriber = self._broker.subscriber(
            *(prefix + topic for topic in topics),
            group_id=prefix + service,
            batch=True,
            max_records=MAX_RECORDS,
            batch_timeout_ms=EMPTY_POLL_MS,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.MANUAL,
            no_reply=True,
            parser=self._parse,
            decoder=self._decode,
            session_timeout_ms=10_000,
            heartbeat_interval_ms=2_000,
            max_poll_interval_ms=600_000,
        )
        self._subscriber(self._consume)

    @property
    def _consumer(self) -> SettledConsumer | None:
        return cast("SettledConsumer | None", self._subscriber.consumer)

    async def _parse(self, records: Any) -> KafkaMessage:
        # The parser of FastStream would raise on a header that is null or not UTF-8, and the
        # whole batch would be lost: headers are read by `libs.common.cloudevents` instead.
        return KafkaMessage(body=b"", raw_message=records, consumer=cast("Any", self._consumer))

    async def _decode(self, message: KafkaMessage) -> Any:
        return message.raw_message

    async def _consume(self, records: Any) -> None:
        batches: dict[Receive, list[Record]] = {}
        for record in records:
            receive = self._receive[record.topic.removeprefix(self._prefix)]
            batches.setdefault(receive, []).append(record)
        self._handling = True
        try:
            for receive, batch in batches.items():
                await receive(batch)
        except Exception:  # FastStream would drop it without a word
            log.exception("a batch could not be settled; it is read again")
            raise
        finally:
            self._handling = False
        if self._consumer is not None:
            self._consumer.settle(records)
        self._progress += len(records)
        if self._stopping:
            await self._commit_surely()

    async def start(self) -> None:
        """Join the group; raises KafkaError while the broker is away."""
        build: Any = await self._broker.connect()
        config: Any = self._broker.config.broker_config
        config.builder = partial(SettledConsumer, **{**build.keywords, **self._access.options})
        await self._broker.start()
        self._moved_at = self._read_at = time.monotonic()

    async def stop(self) -> None:
        """Finish the batch under way, commit, and leave the group, as far as Kafka is there."""
        self._stopping = True
        await self._commit_surely()
        with suppress(KafkaError, TimeoutError):
            async with asyncio.timeout(STOP_SECONDS + CALL_SECONDS):
                await self._broker.stop()

    @property
    def assigned(self) -> bool:
        """Whether this process has partitions to read."""
        return self._consumer is not None and bool(self._consumer.assignment())

    def stuck(self) -> str | None:
        """Why this process is to be taken for stuck, if so: connected or not, nothing moves."""
        unreadable = None if self._consumer is None else self._consumer.unreadable
        if unreadable is not None:
            return f"a record of {unreadable.topic}/{unreadable.partition} cannot be parsed"
        if time.monotonic() - self._moved_at > STUCK_SECONDS:
            return f"nothing was read for {STUCK_SECONDS:.0f} s, and Kafka is away or has more"
        return None

    async def commit_offsets(self) -> None:
        """Commit what was settled once a second, until cancelled, and look whether it moves.

        Offsets only say where to go on: what counts as read is decided by the cursors, so a commit
        that is late or lost costs nothing but a look at records already known. Raises
        HungConsumerError where the process is to be started anew.
        """
        while True:
            await asyncio.sleep(COMMIT_SECONDS)
            await self._commit_surely()
            try:
                async with asyncio.timeout(CALL_SECONDS):
                    await self._watch()
            except (KafkaError, TimeoutError) as error:
                self._read_at = time.monotonic()  # it is Kafka that does not answer
                log.info("the lag is not known now: %s", type(error).__name__)

    async def _commit_surely(self) -> None:
        try:
            async with asyncio.timeout(CALL_SECONDS):
                await self._commit()
        except (KafkaError, TimeoutError) as error:
            log.info("offsets will be committed later: %s", type(error).__name__)

    async def _commit(self) -> None:
        if (consumer := self._consumer) is None:
            return
        mine = consumer.assignment()
        fresh = {
            partition: offset
            for partition, offset in consumer.settled.items()
            if partition in mine and self._committed.get(partition, 0) != offset
        }
        if fresh:
            await consumer.commit(fresh)
            self._committed.update(fresh)

    async def _watch(self) -> None:
        """Ask Kafka itself how much there is: what the consumer knows may be as stale as it is."""
        if (consumer := self._consumer) is None:
            return
        progress, self._progress = self._progress, 0
        lags = await consumer.lags()
        for partition, lag in lags.items():
            telemetry.LAG.labels(self._service, partition.topic, partition.partition).set(lag)
        for gone in self._measured - lags.keys():
            telemetry.LAG.remove(self._service, gone.topic, gone.partition)
            self._committed.pop(gone, None)
        self._measured = set(lags)
        if progress or not any(lags.values()):
            self._moved_at = time.monotonic()
        waits = consumer.is_joining or (consumer.unreadable is None and any(lags.values()))
        if progress or self._handling or not waits:
            self._read_at = time.monotonic()
        elif time.monotonic() - self._read_at > HUNG_SECONDS:
            raise HungConsumerError(
                f"Kafka has had records for {HUNG_SECONDS:.0f} s, none was read"
            )
