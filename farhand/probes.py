"""Is it ready? Each asks a part in its own protocol, and raises while the answer is no."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import asyncpg
import httpx2
from aiokafka.client import AIOKafkaClient

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class NotReadyError(Exception):
    """It answered, but not that it is ready."""


@asynccontextmanager
async def connected(port: int) -> AsyncGenerator[Streams]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def kafka(port: int) -> None:
    """A broker that is registered and not fenced."""
    async with connected(port):  # the driver logs an error for each refused connection
        pass
    client = AIOKafkaClient(bootstrap_servers=f"127.0.0.1:{port}", request_timeout_ms=1500)
    try:
        await client.bootstrap()
        if not client.cluster.brokers():
            raise NotReadyError("no broker is registered")
    finally:
        await client.close()


async def postgres(dsn: str) -> None:
    connection = await asyncpg.connect(dsn, timeout=1.5)
    try:
        await connection.fetchval("select 1", timeout=1.5)
    finally:
        await connection.close(timeout=1)


async def redis(port: int, password: str) -> None:
    async with connected(port) as (reader, writer):
        writer.write(f"AUTH {password}\r\nPING\r\n".encode())
        await _expect(reader, b"+OK")
        await _expect(reader, b"+PONG")


async def smtp(port: int) -> None:
    async with connected(port) as (reader, writer):
        await _expect(reader, b"220")
        writer.write(b"QUIT\r\n")
        await _expect(reader, b"221")


async def http(url: str) -> None:
    async with httpx2.AsyncClient(trust_env=False, verify=False, timeout=1.5) as client:
        (await client.get(url)).raise_for_status()


async def _expect(reader: asyncio.StreamReader, start: bytes) -> None:
    line = await reader.readline()
    if not line.startswith(start):
        raise NotReadyError(line.decode(errors="replace"))
