"""The ground that all contenders stand on: the embedded stack, and a database of each run's own."""

import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg
from aiokafka.admin import AIOKafkaAdminClient

from bench.contender import Contender
from bench.contenders.step import HIRES, STEPS
from farhand.bootstrap import at
from farhand.errors import StackError
from farhand.stack import Stack
from libs.common.database import Connection
from libs.common.kafka import TopicSpec, declare_topics

PARTITIONS: Final = 6
DURABLE: Final = ("fsync", "synchronous_commit", "full_page_writes")


async def keep_commit_times(stack: Stack) -> None:
    """Have PostgreSQL keep when each transaction committed, and make sure that it is durable.

    That is how the end and the latency of a run are known, without asking the contender.
    """
    conn = await asyncpg.connect(stack.addresses.postgres)
    try:
        off = [name for name in DURABLE if await conn.fetchval(f"show {name}") != "on"]
        if off:
            raise StackError(f"PostgreSQL is not durable: {', '.join(off)} is off.")
        await conn.execute("alter system set track_commit_timestamp = on")
    finally:
        await conn.close()
    await stack.child("postgres").stop()
    await stack.child("postgres").start()


@asynccontextmanager
async def database(stack: Stack, contender: Contender) -> AsyncGenerator[tuple[str, Connection]]:
    """An empty database with the contender's schema, dropped afterwards: its DSN, connected."""
    name = f"bench_{contender.name}_{secrets.token_hex(4)}"
    admin = await asyncpg.connect(stack.addresses.postgres)
    try:
        await admin.execute(f"create database {name} template template0 encoding 'UTF8'")
        dsn = at(stack.addresses.postgres, name)
        conn = await asyncpg.connect(dsn)
        try:
            for file in contender.schema:
                await conn.execute(file.read_text())
            await conn.execute("checkpoint")
            yield dsn, conn
        finally:
            await conn.close(timeout=5)
    finally:
        await admin.execute(f"drop database if exists {name} with (force)")
        await admin.close(timeout=5)


@asynccontextmanager
async def topics(stack: Stack, prefix: str) -> AsyncGenerator[None]:
    """The topics of a run, each with the same partitions for all; deleted afterwards."""
    names = (HIRES, *(step.target for step in STEPS.values()))
    await declare_topics(
        stack.addresses.kafka, [TopicSpec(prefix + name, PARTITIONS) for name in names]
    )
    try:
        yield
    finally:
        client: Any = AIOKafkaAdminClient(bootstrap_servers=stack.addresses.kafka)
        await client.start()
        try:
            await client.delete_topics(
                [name for name in await client.list_topics() if name.startswith(prefix)]
            )
        finally:
            await client.close()
