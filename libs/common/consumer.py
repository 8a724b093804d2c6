"""The Kafka side of a service: FastStream drives the consumer, the kernel settles its batches.

What FastStream does by default is set otherwise on purpose: offsets are committed explicitly and
only after the database, headers that are not text do not stop the parser, and nothing of a record
is ever logged.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, cast

from aiokafka import TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaMessage

from libs.common import telemetry
from libs.common.cloudevents import Record
from libs.common.kafka import Consumer

log = logging.getLogger(__name__)

MAX_RECORDS: Final = 500
EMPTY_POLL_MS: Final = 10
"""FastStream sleeps blindly for this long after an empty poll: it is half of a quiet hop's time."""

COMMIT_SECONDS: Final = 1.0

Receive = Callable[[Sequence[Record]], Awaitable[None]]
"""Settle records durably; it must not raise, and returns once they need not be read again."""


class KafkaConsumer:
    """Reads topics in a group, a batch at a time, each partition in order."""

    def __init__(
        self, service: str, bootstrap: str, topics: Mapping[str, Receive], prefix: str
    ) -> None:
        self._service = service
        self._prefix = prefix
        self._receive = topics
        self._read: dict[TopicPartition, int] = {}
        self._committed: dict[TopicPartition, int] = {}
        self._broker = KafkaBroker(
            bootstrap, logger=None, apply_types=False, graceful_timeout=20, consumer_only=True
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
    def _consumer(self) -> Consumer | None:
        return cast("Consumer | None", self._subscriber.consumer)

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
        for receive, batch in batches.items():
            await receive(batch)
        for record in records:
            self._read[TopicPartition(record.topic, record.partition)] = record.offset + 1

    async def start(self) -> None:
        """Join the group; raises KafkaError while the broker is away."""
        await self._broker.start()

    async def stop(self) -> None:
        """Finish the batch under way, commit, and leave the group."""
        with suppress(KafkaError, IllegalStateError):
            await self._commit()
        await self._broker.stop()

    @property
    def assigned(self) -> bool:
        """Whether this process has partitions to read."""
        return self._consumer is not None and bool(self._consumer.assignment())

    async def commit_offsets(self) -> None:
        """Commit what was read once a second, until cancelled.

        Offsets only say where to go on: what counts as read is decided by the cursors, so a commit
        that is late or lost costs nothing but a look at records already known.
        """
        while True:
            await asyncio.sleep(COMMIT_SECONDS)
            try:
                await self._commit()
                self._measure_lag()
            except (KafkaError, IllegalStateError) as error:
                log.info("offsets will be committed later: %s", type(error).__name__)

    async def _commit(self) -> None:
        if (consumer := self._consumer) is None:
            return
        mine = consumer.assignment()
        fresh = {
            partition: offset
            for partition, offset in self._read.items()
            if partition in mine and self._committed.get(partition) != offset
        }
        if fresh:
            await consumer.commit(fresh)
            self._committed.update(fresh)

    def _measure_lag(self) -> None:
        if (consumer := self._consumer) is None:
            return
        for partition in consumer.assignment():
            end = consumer.highwater(partition)
            if end is not None:
                lag = telemetry.LAG.labels(self._service, partition.topic, partition.partition)
                lag.set(max(0, end - self._read.get(partition, end)))
