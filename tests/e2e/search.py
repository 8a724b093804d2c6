# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
# (redis-py leaves its parameters without types)
"""Everything that a running Farhand holds, as bytes to be searched."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import asyncpg
from redis.asyncio import Redis

from farhand.bootstrap import DATABASE, KEYS, at
from tests.e2e.line import Line


def words_in(content: bytes, words: Sequence[str]) -> list[str]:
    """Which of the words stand in it, in any case."""
    lower = content.lower()
    return [each for each in words if each.lower().encode() in lower]


async def tables(line: Line) -> AsyncGenerator[tuple[str, bytes]]:
    """Every table with its content in PostgreSQL's binary form: texts stand in it as they are."""
    for database in (DATABASE, KEYS):
        conn = await asyncpg.connect(at(line.stack.addresses.postgres, database))
        try:
            found = await conn.fetch(
                "select schemaname, tablename from pg_tables"
                " where schemaname not in ('pg_catalog', 'information_schema')"
            )
            for schema, table in found:
                content = BytesIO()
                await conn.copy_from_table(
                    table, schema_name=schema, output=content, format="binary"
                )
                yield f"{schema}.{table}", content.getvalue()
        finally:
            await conn.close()


async def redis(line: Line) -> bytes:
    """Every key of Redis with what it holds."""
    async with Redis.from_url(line.stack.addresses.redis) as client:
        held = [key + (await client.dump(key) or b"") async for key in client.scan_iter()]
    return b"\n".join(held)


async def traces(line: Line) -> bytes:
    """Every span that Zipkin keeps."""
    url = f"{line.stack.addresses.zipkin}/zipkin/api/v2/traces"
    return (await line.doors.http.get(url, params={"limit": 100_000})).content


def files(folder: Path, *but: str) -> Iterator[tuple[str, bytes]]:
    """Every file of the state folder but those below some names, and but Kafka's indexes.

    The indexes hold numbers only, and are large.
    """
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        if name.startswith(but) or name.endswith("index") or not path.is_file():
            continue
        with suppress(FileNotFoundError):  # gone meanwhile, as PostgreSQL's old files go
            yield name, path.read_bytes()
