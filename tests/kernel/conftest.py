"""A running kernel over real Kafka and PostgreSQL, and a way to send it records by hand."""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx2
import pytest
from aiokafka import AIOKafkaConsumer
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from libs.common import database
from libs.common.clock import Clock
from libs.common.contracts.operations import DeadLetterKept
from libs.common.http_app import create_app
from libs.common.kafka import TopicSpec, declare_topics, new_producer
from libs.common.kernel import Kernel
from libs.common.message import Event
from libs.common.rate_limit import RateLimit
from libs.common.running import Running
from libs.common.sealing import Vault
from libs.common.service import Service, Tools
from libs.common.settings import Settings
from tests.infrastructure import Infrastructure
from tests.kernel.ledger import CREDITS_TABLE, DESK_TOPIC

TOPIC = "farhand.ledger"
API_TOKEN = "the-api-token"  # noqa: S105  # of no other service
MASTER_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

Headers = Mapping[str, bytes | None]

E = TypeVar("E", bound=Event)


@dataclass(slots=True)
class Ledger:
    """A ledger service over one database and one topic; several kernels may run it at once."""

    settings: Settings
    pool: database.Pool
    spans: InMemorySpanExporter
    producer: Any
    running: list[Kernel] = field(default_factory=list[Kernel])

    @property
    def kernel(self) -> Kernel:
        return self.running[-1]

    @property
    def traced(self) -> Sequence[ReadableSpan]:
        return self.spans.get_finished_spans()

    @property
    def provider(self) -> TracerProvider:
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(self.spans))
        return provider

    @property
    def tools(self) -> Tools:
        vault = Vault.with_master_key(self.pool, MASTER_KEY)
        return Tools(self.settings, self.pool, vault, Clock.parse(self.settings.clock))

    def make(self, service: Service, pool: database.Pool | None = None) -> Kernel:
        tools = self.tools
        if pool is not None:
            tools = Tools(tools.settings, pool, tools.vault, tools.clock)
        return Kernel(service, tools, self.provider.get_tracer("test"))

    @asynccontextmanager
    async def run(
        self, service: Service, pool: database.Pool | None = None
    ) -> AsyncGenerator[Kernel]:
        kernel = self.make(service, pool)
        async with kernel.running():
            self.running.append(kernel)
            yield kernel
            self.running.remove(kernel)

    @asynccontextmanager
    async def serve(self, service: Service) -> AsyncGenerator[httpx2.AsyncClient]:
        """Run a service with its HTTP side; the client sends the API token."""
        app = create_app(service, API_TOKEN, self.provider)
        async with self.run(service) as kernel, AsyncExitStack() as stack:
            limit = RateLimit(self.settings.redis)
            stack.push_async_callback(limit.close)
            app.state.running = Running(kernel, self.tools, limit)
            yield await stack.enter_async_context(
                httpx2.AsyncClient(
                    transport=httpx2.ASGITransport(app=app),
                    base_url="http://ledger",
                    headers={"Authorization": f"Bearer {API_TOKEN}"},
                )
            )

    async def send(self, key: UUID, body: bytes | None, headers: Headers | None = None) -> None:
        await self.send_all([(key, body, headers or {})])

    async def send_all(self, records: Iterable[tuple[UUID, bytes | None, Headers]]) -> None:
        """Send records in order, and return once Kafka has them all."""
        sent = [
            await self.send_raw(str(key).encode(), body, headers) for key, body, headers in records
        ]
        await asyncio.gather(*sent)

    async def send_raw(
        self, key: bytes | None, body: bytes | None, headers: Headers, topic: str = TOPIC
    ) -> Awaitable[Any]:
        return await self.producer.send(
            self.settings.topic_prefix + topic, body, key=key, headers=list(headers.items())
        )

    async def until(self, query: str, expected: object, *args: object) -> None:
        """Wait until a query answers as expected; says what it answered last if it never does."""
        answer: object = None
        for _ in range(600):
            try:
                answer = await self.pool.fetchval(query, *args)
            except database.TRANSIENT as error:
                answer = error
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

    async def told(self, contract: type[E], count: int) -> list[E]:
        """The first events of a contract that the line was told."""
        name = self.settings.topic_prefix + contract.topic
        found: list[E] = []
        consumer: Any = AIOKafkaConsumer(
            name, bootstrap_servers=self.settings.kafka, auto_offset_reset="earliest"
        )
        async with consumer:
            while len(found) < count:
                for batch in (await consumer.getmany(timeout_ms=500)).values():
                    found += [contract.model_validate_json(r.value or b"") for r in batch]
        return found

    async def notes(self, account: UUID) -> list[str]:
        return await self.pool.fetchval(
            """
            select array(select jsonb_array_elements_text(state->'notes'))
              from entity
             where decider = 'account' and key = $1
            """,
            str(account),
        )


async def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Wait until a condition holds; raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not condition():  # what is waited for knows no event
            await asyncio.sleep(0.02)


@pytest.fixture
async def ledger_bed(
    infrastructure: Infrastructure, kernel_database: str, tmp_path: Path
) -> AsyncGenerator[Ledger]:
    settings = Settings(
        kafka=infrastructure.kafka,
        postgres=kernel_database,
        keys=kernel_database,
        secrets=tmp_path,
        redis=infrastructure.redis,
        partitions=3,
        topic_prefix=f"{secrets.token_hex(4)}.",
    )
    (tmp_path / "hook_desk").write_text("first-secret\nsecond-secret\n")
    prefix = settings.topic_prefix
    topics = (TOPIC, DeadLetterKept.topic)
    await declare_topics(settings.kafka, [TopicSpec(prefix + topic, 3) for topic in topics])
    async with AsyncExitStack() as stack:
        pool = await database.connect_pool(kernel_database, application="test", size=12)
        stack.push_async_callback(pool.close)
        await pool.execute(CREDITS_TABLE)
        producer: Any = new_producer(settings.kafka)
        await producer.start()
        stack.push_async_callback(producer.stop)
        yield Ledger(settings, pool, InMemorySpanExporter(), producer)


@pytest.fixture
async def desk_topic(ledger_bed: Ledger) -> str:
    """The topic of the ledger's front door, declared."""
    prefix = ledger_bed.settings.topic_prefix
    await declare_topics(ledger_bed.settings.kafka, [TopicSpec(prefix + DESK_TOPIC, 3)])
    return DESK_TOPIC
