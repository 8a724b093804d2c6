# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
# (aiokafka leaves its parameters without types)
"""Kafka without the kernel: topics read from their beginning to now, record by record."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from tests.chaos.heard import Event, Heard, Line

SEQUENCE: Final = "ce_sequence"
RETRY_SECONDS: Final = 1.0


async def records(bootstrap: str, *topics: str) -> AsyncGenerator[Any]:
    """All that the topics hold now, each partition in its order."""
    consumer = AIOKafkaConsumer(*topics, bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    async with consumer:
        ends = await consumer.end_offsets(consumer.assignment())
        while any([await consumer.position(part) < end for part, end in ends.items()]):
            for batch in (await consumer.getmany(timeout_ms=500)).values():
                for record in batch:
                    yield record


async def hear(bootstrap: str, *topics: str) -> Heard:
    """What the topics tell, of what is numbered: all that Farhand itself publishes."""
    heard = Heard()
    async with aclosing(records(bootstrap, *topics)) as lying:
        async for record in lying:
            if (event := event_of(record)) is not None:
                heard.hear(event)
    return heard


async def unread(bootstrap: str, group: str) -> int:
    """How many records a group has yet to settle."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        offsets = await admin.list_consumer_group_offsets(group)
    finally:
        await admin.close()
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap) as consumer:
        ends = await consumer.end_offsets(list(offsets))
    return sum(ends[part] - known.offset for part, known in offsets.items())


def event_of(record: Any) -> Event | None:
    """A record as an event; None for what Farhand did not publish."""
    headers = {name: value or b"" for name, value in record.headers}
    if not (number := headers.get(SEQUENCE, b"")).isdigit():
        return None
    told = {name: value.decode(errors="replace") for name, value in headers.items()}
    return Event(
        line=Line(told.get("ce_source", ""), (record.key or b"").decode(errors="replace")),
        sequence=int(number),
        id=told.get("ce_id", ""),
        type=told.get("ce_type", ""),
        trace=told.get("traceparent", "--").split("-")[1],
        at=record.timestamp,
        body=record.value or b"",
    )


async def replay_topic(bootstrap: str, topic: str) -> int:
    """Put all that a topic holds into it once more, as it lies there; returns how much it was."""
    while True:
        with suppress(KafkaError, OSError):
            return await _replay_once(bootstrap, topic)
        await asyncio.sleep(RETRY_SECONDS)  # it is down at this moment


async def _replay_once(bootstrap: str, topic: str) -> int:
    """What Farhand did not number was put there by a fault, and need not come twice."""
    count = 0
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, max_request_size=2 * 1024 * 1024)
    async with producer, aclosing(records(bootstrap, topic)) as lying:
        async for record in lying:
            if event_of(record) is not None:
                count += 1
                await producer.send(
                    topic, record.value, key=record.key, headers=list(record.headers)
                )
        await producer.flush()
    return count
