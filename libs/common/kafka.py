"""Kafka by aiokafka, as far as the kernel uses it directly, with types."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Protocol, cast

import aiokafka
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from libs.common.kafka_access import OPEN, KafkaAccess

FOREVER_MS: Final = "-1"
SEGMENTS: Final = 24
"""Kafka drops whole segments only: this many to a retention keep it from being much exceeded."""
OF_TOPIC: Final = 1
"""What Kafka calls the source of a setting that was made for the one topic."""


class RecordsKeptError(Exception):
    """Kafka did not remove records, for the reason that is told; it may later."""


class Producer(Protocol):
    """An idempotent producer: acks from all replicas, order kept over its own retries."""

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def send(
        self,
        topic: str,
        value: bytes,
        *,
        key: bytes,
        headers: Sequence[tuple[str, bytes]],
    ) -> "asyncio.Future[Any]": ...


def new_producer(bootstrap: str, access: KafkaAccess = OPEN) -> Producer:
    """A producer for events, not yet started."""
    producer: Any = aiokafka.AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        enable_idempotence=True,
        max_batch_size=256 * 1024,
        request_timeout_ms=10_000,
        **access.options,
    )
    return cast("Producer", producer)


async def answers(bootstrap: str, access: KafkaAccess, seconds: float) -> bool:
    """Whether Kafka tells a stranger, on a connection of its own, who it is made of."""
    client: Any = AIOKafkaClient(bootstrap_servers=bootstrap, **access.options)
    try:
        async with asyncio.timeout(seconds):
            await client.bootstrap()
    except (KafkaError, TimeoutError):
        return False
    else:
        return True
    finally:
        await client.close()


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """A topic to be declared before anything starts: its partition count never changes.

    `retention` is how long a record is kept. None is for ever, and leaves alone what exists.
    """

    name: str
    partitions: int
    replicas: int = 1
    retention: timedelta | None = None

    @property
    def settings(self) -> dict[str, str]:
        """What Kafka is told of how long records are kept, in milliseconds."""
        if self.retention is None:
            return {"retention.ms": FOREVER_MS}
        kept = self.retention // timedelta(milliseconds=1)
        return {"retention.ms": str(kept), "segment.ms": str(kept // SEGMENTS)}


async def declare_topics(
    bootstrap: str, topics: Sequence[TopicSpec], access: KafkaAccess = OPEN
) -> None:
    """Create the topics that do not exist, and have those that do keep records no longer than said.

    Raises ValueError if a topic exists with another number of partitions: the keys would move.
    """
    client: Any = AIOKafkaAdminClient(bootstrap_servers=bootstrap, **access.options)
    await client.start()
    try:
        existing = frozenset(await client.list_topics())
        await _create(client, [topic for topic in topics if topic.name not in existing])
        await _confirm(client, {topic.name: topic.partitions for topic in topics})
        for topic in topics:
            # One that was just made is as declared, and a broker may not know it for a moment.
            if topic.name in existing and topic.retention is not None:
                await _keep_no_longer(client, topic)
    finally:
        await client.close()


async def drop_read_records(
    bootstrap: str, group: str, topic: str, access: KafkaAccess = OPEN
) -> None:
    """Remove from a topic what a group has read of it, before its retention would.

    Raises RecordsKeptError where the broker refuses, or does not answer.
    """
    client: Any = AIOKafkaAdminClient(bootstrap_servers=bootstrap, **access.options)
    try:
        await client.start()
        read: Any = await client.list_consumer_group_offsets(group)
        await client.delete_records(
            {
                partition: RecordsToDelete(position.offset)
                for partition, position in read.items()
                if partition.topic == topic and position.offset > 0
            }
        )
    except KafkaError as error:
        raise RecordsKeptError(type(error).__name__) from error
    finally:
        await client.close()


async def _create(client: Any, topics: Sequence[TopicSpec]) -> None:
    if not topics:
        return
    wanted = [
        NewTopic(
            name=topic.name,
            num_partitions=topic.partitions,
            replication_factor=topic.replicas,
            topic_configs=topic.settings,
        )
        for topic in topics
    ]
    response: Any = await client.create_topics(wanted)
    for name, code, *_ in response.topic_errors:
        error: Any = for_code(code)
        if code and error is not TopicAlreadyExistsError:
            raise error(f"could not create the topic {name}")


async def _confirm(client: Any, partitions: Mapping[str, int]) -> None:
    described: Any = await client.describe_topics(list(partitions))
    for topic in described:
        found = len(topic["partitions"])
        if found and found != partitions[topic["topic"]]:
            raise ValueError(
                f"the topic {topic['topic']} has {found} partitions and should have "
                f"{partitions[topic['topic']]}: set FARHAND_PARTITIONS={found}, or keys would move"
            )


async def _keep_no_longer(client: Any, topic: TopicSpec) -> None:
    """Settle how long a topic keeps records; its other settings stay, which an alteration resets.

    Raises KafkaError if the broker refuses.
    """
    [described] = await client.describe_configs(
        [ConfigResource(ConfigResourceType.TOPIC, topic.name)]
    )
    [(code, _, _, name, entries)] = described.resources
    _raise_for(code, name)
    found = {key: value for key, value, _, source, *_ in entries if source == OF_TOPIC}
    if found.items() >= topic.settings.items():
        return
    wanted = ConfigResource(ConfigResourceType.TOPIC, topic.name, found | topic.settings)
    [altered] = await client.alter_configs([wanted])
    [(code, *_)] = altered.resources
    _raise_for(code, name)


def _raise_for(code: int, topic: str) -> None:
    if code:
        error: Any = for_code(code)
        raise error(f"could not settle how long the topic {topic} keeps records")


class Consumer(Protocol):
    """What the kernel asks of the consumer that FastStream drives."""

    async def commit(self, offsets: Mapping[Any, int]) -> None: ...
    def assignment(self) -> frozenset[Any]: ...
    def highwater(self, partition: Any) -> int | None: ...
    def position(self, partition: Any) -> Awaitable[int]: ...
