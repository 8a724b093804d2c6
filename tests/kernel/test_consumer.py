"""Nothing of a topic is skipped, whatever the handler, the parser or the group does meanwhile."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.record.default_records import (
    _DefaultRecordBatchBuilderPy,  # pyright: ignore[reportPrivateUsage]  # writes what clients do not
)

from libs.common.cloudevents import Record
from libs.common.consumer import HungConsumerError, KafkaConsumer, Receive
from libs.common.kafka import TopicSpec, declare_topics, new_producer
from tests.infrastructure import Infrastructure
from tests.kernel.conftest import until

PARTITIONS = 3


@dataclass
class Topic:
    bootstrap: str
    name: str

    async def fill(self, values: Sequence[bytes]) -> None:
        producer: Any = new_producer(self.bootstrap)
        await producer.start()
        sent = [
            await producer.send(self.name, value, partition=number % PARTITIONS)
            for number, value in enumerate(values)
        ]
        await asyncio.gather(*sent)
        await producer.stop()

    async def fill_in_a_transaction(self, value: bytes) -> None:
        """As a sender does that writes to several topics at once."""
        producer: Any = AIOKafkaProducer(
            bootstrap_servers=self.bootstrap, transactional_id=self.name
        )
        await producer.start()
        async with producer.transaction():
            await producer.send(self.name, value, partition=0)
        await producer.stop()

    async def spoil(self, partition: int) -> None:
        """Write a record with a header name that is not UTF-8, as only a hostile client does."""
        producer: Any = AIOKafkaProducer(bootstrap_servers=self.bootstrap)
        await producer.start()
        batch = producer.create_batch()
        batch._builder = _DefaultRecordBatchBuilderPy(2, 0, 0, -1, -1, 0, 1000)  # noqa: SLF001
        batch.append(key=b"k", value=b"spoilt", timestamp=None, headers=[(NotText("x"), b"")])
        await (await producer.send_batch(batch, self.name, partition=partition))
        await producer.stop()

    @asynccontextmanager
    async def read(self, receive: Receive) -> AsyncGenerator[KafkaConsumer]:
        async with self.watched(receive) as (consumer, _):
            yield consumer

    @asynccontextmanager
    async def watched(
        self, receive: Receive
    ) -> AsyncGenerator[tuple[KafkaConsumer, "asyncio.Task[None]"]]:
        """A consumer, and what commits its offsets and sees whether it moves."""
        consumer = KafkaConsumer(self.name, self.bootstrap, {self.name: receive}, "")
        await consumer.start()
        committing = asyncio.create_task(consumer.commit_offsets())
        try:
            yield consumer, committing
        finally:
            await consumer.stop()
            committing.cancel()
            await asyncio.gather(committing, return_exceptions=True)


class NotText(str):
    __slots__ = ()

    def encode(self, encoding: str = "utf-8", errors: str = "strict") -> bytes:  # noqa: ARG002
        return b"\xff\xfe"


@dataclass(eq=False)
class Reader:
    """Keeps what it is given, once a call succeeds."""

    failures: int = 0
    slow: float = 0
    calls: int = 0
    seen: list[bytes] = field(default_factory=list[bytes])

    async def __call__(self, records: Sequence[Record]) -> None:
        self.calls += 1
        await asyncio.sleep(self.slow)
        if self.calls <= self.failures:
            raise KeyError("a defect of the kernel")
        self.seen += [record.value for record in records]


@pytest.fixture
async def topic(infrastructure: Infrastructure) -> Topic:
    name = f"topic-{secrets.token_hex(4)}"
    await declare_topics(infrastructure.kafka, [TopicSpec(name, PARTITIONS)])
    return Topic(infrastructure.kafka, name)


async def test_a_batch_whose_handler_raised_is_read_again_before_anything_else(
    topic: Topic,
) -> None:
    reader = Reader(failures=2)
    await topic.fill([b"%d" % n for n in range(3)])
    async with topic.read(reader):
        await until(lambda: reader.calls >= 1)
        await topic.fill([b"%d" % n for n in range(3, 6)])
        await until(lambda: len(reader.seen) >= 6)
    assert sorted(reader.seen) == [b"%d" % n for n in range(6)]


async def test_what_came_with_a_new_partition_is_read_again_as_well(topic: Topic) -> None:
    stays, leaves = Reader(), Reader(failures=1_000)
    async with topic.read(stays):
        async with topic.read(leaves) as leaving:
            await until(lambda: leaving.assigned, 20)
            await topic.fill([b"%d" % n for n in range(30)])
            await until(lambda: leaves.calls > 0 and len(stays.seen) >= 10)
            stays.failures = stays.calls + 1
        await until(lambda: len(stays.seen) >= 30, 20)
    assert sorted(stays.seen) == sorted(b"%d" % n for n in range(30))


async def test_a_record_that_cannot_be_parsed_stops_its_own_partition_and_loses_nothing(
    topic: Topic,
) -> None:
    await topic.spoil(partition=0)
    values = [b"%d" % n for n in range(60)]
    await topic.fill(values)
    reader = Reader()
    readable = {value for n, value in enumerate(values) if n % PARTITIONS}
    async with topic.read(reader) as consumer:
        await until(lambda: set(reader.seen) == readable, 20)
        await until(lambda: consumer.stuck() is not None)
        assert consumer.stuck() == f"a record of {topic.name}/0 cannot be parsed"
        await topic.fill([b"", b"later", b"later"])
        await until(lambda: reader.seen.count(b"later") == 2)
    assert len(reader.seen) == len(readable) + 2


async def test_the_mark_that_a_transaction_leaves_is_no_lag(
    topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libs.common.consumer.HUNG_SECONDS", 1)
    reader = Reader()
    async with topic.watched(reader) as (consumer, watching):
        await topic.fill_in_a_transaction(b"1")
        await until(lambda: reader.seen == [b"1"], 20)
        await asyncio.sleep(3)
        assert not watching.done()
        assert consumer.stuck() is None


async def test_what_is_under_way_at_a_stop_is_finished_and_not_read_again(topic: Topic) -> None:
    await topic.fill([b"%d" % n for n in range(30)])
    first, second = Reader(slow=0.5), Reader()
    async with topic.read(first):
        await until(lambda: first.calls >= 1)
    assert first.seen
    async with topic.read(second):
        await until(lambda: len(first.seen + second.seen) >= 30)
        await asyncio.sleep(0.2)
    assert len(first.seen + second.seen) == 30


async def test_a_reader_that_does_not_move_while_there_is_more_is_stuck(
    topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libs.common.consumer.STUCK_SECONDS", 1.5)
    monkeypatch.setattr("libs.common.consumer.STOP_SECONDS", 0.2)
    reader = Reader()
    async with topic.read(reader) as consumer:
        await topic.fill([b"1", b"2", b"3"])
        await until(lambda: len(reader.seen) == 3)
        await asyncio.sleep(2.5)
        assert consumer.stuck() is None
        reader.slow = 60
        await topic.fill([b"4"])
        await until(lambda: consumer.stuck() is not None)
        assert "nothing was read" in (consumer.stuck() or "")


async def test_a_read_that_is_cut_off_from_within_is_repeated(
    topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, reads = Reader(), count()
    read: Any = vars(AIOKafkaConsumer)["getmany"]

    async def cut_off_once(*args: Any, **options: Any) -> Any:
        if next(reads) == 0:
            raise asyncio.CancelledError
        return await read(*args, **options)

    monkeypatch.setattr(AIOKafkaConsumer, "getmany", cut_off_once)
    async with topic.read(reader):
        await topic.fill([b"1", b"2", b"3"])
        await until(lambda: len(reader.seen) == 3)


async def test_a_process_whose_reading_hangs_while_kafka_answers_is_to_be_started_anew(
    topic: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libs.common.consumer.HUNG_SECONDS", 1)
    hangs = asyncio.Event()
    read: Any = vars(AIOKafkaConsumer)["getmany"]

    async def hang(*args: Any, **options: Any) -> Any:
        if hangs.is_set():
            await asyncio.Event().wait()
        return await read(*args, **options)

    monkeypatch.setattr(AIOKafkaConsumer, "getmany", hang)
    reader = Reader(slow=2)
    async with topic.watched(reader) as (_, watching):
        await topic.fill([b"1", b"2", b"3"])
        await until(lambda: len(reader.seen) == 3, 20)
        assert not watching.done()  # slow is not hung
        hangs.set()
        await asyncio.sleep(2)
        assert not watching.done()  # nor is who has nothing to read
        await topic.fill([b"4"])
        with pytest.raises(HungConsumerError):
            await asyncio.wait_for(watching, 20)
