# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
# (aiokafka leaves its parameters without types)
"""Kafka without the kernel: every record as it lies there, and records of any shape put there."""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from tests.e2e.line import Line

TOPICS: Final = (
    "farhand.onboarding",
    "farhand.compliance",
    "farhand.notify",
    "farhand.metrics",
    "hris.inbox",
)

Headers = Mapping[str, bytes | None]


@dataclass(frozen=True, slots=True)
class Lying:
    """A record as it lies in a topic."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]

    def header(self, name: str) -> str:
        return (dict(self.headers).get(name) or b"").decode(errors="replace")

    @property
    def type(self) -> str:
        return self.header("ce_type")

    @property
    def sequence(self) -> int:
        return int(self.header("ce_sequence"))

    @property
    def event(self) -> dict[str, Any]:
        return json.loads(self.value or b"{}")

    @property
    def raw(self) -> bytes:
        """Everything in it."""
        told = [part or b"" for header in self.headers for part in (header[0].encode(), header[1])]
        return b"\n".join((self.key or b"", self.value or b"", *told))


async def read_all(line: Line, *topics: str) -> list[Lying]:
    """All that the topics hold now, each partition in its order."""
    found: list[Lying] = []
    async with AIOKafkaConsumer(
        *topics, bootstrap_servers=line.stack.addresses.kafka, auto_offset_reset="earliest"
    ) as consumer:
        ends = await consumer.end_offsets(consumer.assignment())
        while any([await consumer.position(part) < end for part, end in ends.items()]):
            for batch in (await consumer.getmany(timeout_ms=500)).values():
                found += [Lying(r.topic, r.key, r.value, tuple(r.headers)) for r in batch]
    return found


async def events_of(line: Line, subject: object, topic: str = "farhand.onboarding") -> list[Lying]:
    """What a topic says of a subject, in order."""
    return [each for each in await read_all(line, topic) if each.key == str(subject).encode()]


class Sender:
    """Puts records into topics, whatever they hold."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        self._producer = producer

    async def put(
        self, topic: str, value: bytes | None, *, key: bytes | None, headers: Headers | None = None
    ) -> str:
        """Returns where it lies, as `topic/partition@offset`."""
        lies = await self._producer.send_and_wait(
            topic, value, key=key, headers=list((headers or {}).items())
        )
        return f"{topic}/{lies.partition}@{lies.offset}"


@asynccontextmanager
async def sender(line: Line) -> AsyncGenerator[Sender]:
    async with AIOKafkaProducer(
        bootstrap_servers=line.stack.addresses.kafka, max_request_size=2 * 1024 * 1024
    ) as producer:
        yield Sender(producer)


def envelope(type_: str, id_: str, *, source: str = "e2e") -> dict[str, bytes | None]:
    """The headers of a CloudEvent in binary mode."""
    return {
        "ce_specversion": b"1.0",
        "ce_id": id_.encode(),
        "ce_type": type_.encode(),
        "ce_source": source.encode(),
        "content-type": b"application/json",
    }
