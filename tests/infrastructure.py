"""Where the tests' Kafka, PostgreSQL and Redis come from, and databases cloned from templates."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
from aiokafka.errors import KafkaError

from farhand import probes
from farhand.bootstrap import at
from farhand.settings import OFFSETS, Given, Settings
from farhand.stack import Stack, running
from libs.common import database
from libs.common.database import TRANSIENT
from tests.databases import Databases

ROOT = Path(__file__).parent.parent
KEYS_SCHEMA = """
create schema keys;
create table keys.data_key (
    person     text        primary key,
    wrapped    bytea       not null,
    created_at timestamptz not null default now()
);
"""


@dataclass(frozen=True, slots=True)
class Crashable:
    """A container that listens on a port of its own choice, so that it is found there again.

    `probe` raises while the part is not ready.
    """

    container: Any
    probe: Callable[[], Awaitable[object]]

    async def crash(self) -> None:
        await asyncio.to_thread(self.container.get_wrapped_container().kill)

    async def start_again(self) -> None:
        await asyncio.to_thread(self.container.get_wrapped_container().start)
        async with asyncio.timeout(60):
            while True:
                with suppress(probes.NotReadyError, KafkaError, *TRANSIENT):
                    await self.probe()
                    return
                await asyncio.sleep(0.1)


@dataclass(frozen=True, slots=True)
class Infrastructure:
    """Addresses that a test may use; `postgres` is an administrator's."""

    kafka: str
    postgres: str
    redis: str
    zipkin: str = ""
    scim: str = ""
    stack: Stack | None = None
    """what was started here, for tests that break it"""
    containers: Mapping[str, "Crashable"] = field(default_factory=dict[str, "Crashable"])
    """the same, where parts are containers"""
    databases: Databases = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "databases", Databases(self.postgres))

    def can_crash(self, *parts: str) -> bool:
        """Whether these were started here; what was given by address is not ours to break."""
        ours = self.containers if self.stack is None else self.stack.children
        return all(part in ours for part in parts)

    async def crash(self, part: str) -> None:
        """Kill a part at once, as a power cut would; returns as soon as it is dead."""
        if part in self.containers:
            return await self.containers[part].crash()
        assert self.stack is not None, "the parts were not started here"
        child = self.stack.child(part)
        restarts = child.restarts
        child.kill()
        while child.ready.is_set() and child.restarts == restarts:
            await asyncio.sleep(0.01)
        return None

    async def until_back(self, part: str) -> None:
        """Wait for a part that was killed; a container is started again by this."""
        if part in self.containers:
            return await self.containers[part].start_again()
        assert self.stack is not None, "the parts were not started here"
        return await self.stack.until_ready(part)

    async def create_template(self, service: str) -> str:
        """Make a database with the migrated schema of a service, to be cloned for each test."""
        name = f"template_{service}"
        await self._execute(f"drop database if exists {name}", f"create database {name}")
        conn = await asyncpg.connect(at(self.postgres, name))
        try:
            steps = database.read_migrations(database.KERNEL_MIGRATIONS)
            steps += database.read_migrations(ROOT / "services" / service / "migrations")
            await database.migrate(conn, steps)
            await conn.execute(KEYS_SCHEMA)
        finally:
            await conn.close()
        await self.databases.adopt(name)
        return name

    async def _execute(self, *statements: str) -> None:
        conn = await asyncpg.connect(self.postgres)
        try:
            for statement in statements:
                await conn.execute(statement)
        finally:
            await conn.close()


@asynccontextmanager
async def provided() -> AsyncGenerator[Infrastructure]:
    """The infrastructure that the environment asks for, torn down afterwards."""
    if os.environ.get("FARHAND_INFRA") == "containers":
        async with _containers() as infrastructure:
            yield infrastructure
    else:
        async with _embedded() as infrastructure:
            yield infrastructure


@asynccontextmanager
async def _embedded() -> AsyncGenerator[Infrastructure]:
    home = _new_home()
    settings = Settings.from_env().evolve(
        home=home, port_base=_port_base(), given=Given.from_env(os.environ)
    )
    try:
        async with running(settings, services=()) as stack:
            yield Infrastructure(
                kafka=stack.addresses.kafka,
                postgres=stack.addresses.postgres,
                redis=stack.addresses.redis,
                zipkin=stack.addresses.zipkin,
                scim=stack.addresses.scim,
                stack=stack,
            )
            stack.kill_for_good()  # what it holds is thrown away: it need not put it in order
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _new_home() -> Path:
    # Not below a folder of root's: PostgreSQL runs as another user and must be able to enter.
    home = Path(tempfile.mkdtemp(prefix="farhand-test-", dir="/tmp"))
    home.chmod(0o755)
    return home


@asynccontextmanager
async def _containers() -> AsyncGenerator[Infrastructure]:
    from testcontainers.community.kafka import KafkaContainer  # noqa: PLC0415  # only where it is asked for
    from testcontainers.community.postgres import PostgresContainer  # noqa: PLC0415
    from testcontainers.community.redis import RedisContainer  # noqa: PLC0415

    base = _port_base()
    ports = {part: base + OFFSETS[part] for part in ("postgres", "kafka")}
    with (
        PostgresContainer("postgres:18", driver=None).with_bind_ports(
            5432, ports["postgres"]
        ) as postgres,
        KafkaContainer("confluentinc/cp-kafka:8.1.0")
        .with_kraft()
        .with_env("KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR", "1")
        .with_env("KAFKA_TRANSACTION_STATE_LOG_MIN_ISR", "1")
        .with_bind_ports(9093, ports["kafka"]) as kafka,
        RedisContainer("redis:8") as redis,
    ):
        address = f"redis://{redis.get_container_host_ip()}:{redis.get_exposed_port(6379)}/0"
        dsn = postgres.get_connection_url()
        yield Infrastructure(
            kafka=kafka.get_bootstrap_server(),
            postgres=dsn,
            redis=address,
            containers={
                "postgres": Crashable(postgres, lambda: probes.postgres(dsn)),
                "kafka": Crashable(kafka, lambda: probes.kafka(ports["kafka"])),
            },
        )


def _port_base() -> int:
    return int(os.environ.get("FARHAND_TEST_PORT_BASE", "27100"))
