"""A running kernel over real Kafka and PostgreSQL, and a way to send it records by hand."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from libs.common import database
from libs.common.clock import Clock
from libs.common.kafka import TopicSpec, declare_topics, new_producer
from libs.common.kernel import Kernel
from libs.common.sealing import Vault
from libs.common.service import Service, Tools
from libs.common.settings import Settings
from tests.infrastructure import Infrastructure
from tests.kernel.ledger import CREDITS_TABLE

TOPIC = "farhand.ledger"
MASTER_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


@dataclass(slots=True)
class Ledger:
    """A ledger service over one database and one topic; several kernels may run it at once."""

    settings: Settings
    pool: database.Pool
    spans: InMemorySpanExporter
    running: list[Kernel] = field(default_factory=list[Kernel])

    @property
    def kernel(self) -> Kernel:
        return self.running[-1]

    @property
    def traced(self) -> Sequence[ReadableSpan]:
        return self.spans.get_finished_spans()

    @asynccontextmanager
    async def run(self, service: Service) -> AsyncGenerator[Kernel]:
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(self.spans))
        vault = Vault.with_master_key(self.pool, MASTER_KEY)
        tools = Tools(self.settings, self.pool, vault, Clock.parse(self.settings.clock))
        kernel = Kernel(service, tools, provider.get_tracer("test"))
        async with kernel.running():
            self.running.append(kernel)
            yield kernel
            self.running.remove(kernel)

    async def send(
        self, key: UUID, body: bytes, headers: Mapping[str, bytes | None] | None = None
    ) -> None:
        producer: Any = new_producer(self.settings.kafka)
        await producer.start()
        try:
            await producer.send_and_wait(
                self.settings.topic_prefix + TOPIC,
                body,
                key=str(key).encode(),
                headers=list((headers or {}).items()),
            )
        finally:
            await producer.stop()

    async def until(self, query: str, expected: object, *args: object) -> None:
        """Wait until a query answers as expected; says what it answered last if it never does."""
        answer: object = None
        for _ in range(200):
            answer = await self.pool.fetchval(query, *args)
            if answer == expected:
                return
            await asyncio.sleep(0.05)
        raise AssertionError(f"{query} answered {answer!r}, not {expected!r}")

    async def balance(self, account: UUID) -> int | None:
        return await self.pool.fetchval(
            "select (state->>'balance')::int from entity where decider = 'account' and key = $1",
            str(account),
        )

    async def until_balance(self, account: UUID, expected: int) -> None:
        await self.until(
            "select (state->>'balance')::int from entity where decider = 'account' and key = $1",
            expected,
            str(account),
        )


@pytest.fixture
async def ledger_bed(
    infrastructure: Infrastructure, kernel_database: str, tmp_path: Path
) -> AsyncGenerator[Ledger]:
    settings = Settings(
        kafka=infrastructure.kafka,
        postgres=kernel_database,
        keys=kernel_database,
        secrets=tmp_path,
        partitions=3,
        topic_prefix=f"{secrets.token_hex(4)}.",
    )
    await declare_topics(settings.kafka, [TopicSpec(settings.topic_prefix + TOPIC, 3)])
    async with AsyncExitStack() as stack:
        pool = await database.connect_pool(kernel_database, application="test", size=12)
        stack.push_async_callback(pool.close)
        await pool.execute(CREDITS_TABLE)
        yield Ledger(settings, pool, InMemorySpanExporter())
