"""Databases for tests: cloned from a migrated template, and emptied for the next test.

Cloning and dropping write and sync some hundred files; deleting a test's few rows does not.
"""

import secrets
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import asyncpg

from farhand.bootstrap import at

OURS: Final = "not in ('pg_catalog', 'information_schema')"
TABLES: Final = f"""
select schemaname || '.' || quote_ident(tablename) as name from pg_tables where schemaname {OURS}
"""
SEQUENCES: Final = f"""
select format('%I.%I', schemaname, sequencename) as name, last_value from pg_sequences
where schemaname {OURS}
"""
GROWN_BYTES: Final = 8 * 2**20
"""What is larger than its template by so much is quicker cloned than emptied."""
SIZE: Final = "select pg_database_size(current_database())"
STRANGERS_OUT: Final = """
select pg_terminate_backend(pid, 5000) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()
"""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a template holds beside its schema: the rows and the numbers its migrations left.

    `size` is in bytes.
    """

    rows: dict[str, str | None]
    numbers: dict[str, int | None]
    size: int

    @classmethod
    async def of(cls, conn: "asyncpg.Connection[asyncpg.Record]") -> "Contents":
        """Rows as JSON by table, None where there are none."""
        tables = [each["name"] for each in await conn.fetch(TABLES)]
        return cls(
            {name: await conn.fetchval(f"select json_agg(t) from {name} t") for name in tables},
            {each["name"]: each["last_value"] for each in await conn.fetch(SEQUENCES)},
            await conn.fetchval(SIZE),
        )


@dataclass(slots=True)
class Databases:
    """Clones of templates; `server` is an administrator's DSN."""

    server: str
    contents: dict[str, Contents] = field(default_factory=dict[str, Contents])
    spare: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    async def adopt(self, template: str) -> None:
        """Learn what a fresh copy of a template holds."""
        conn = await asyncpg.connect(at(self.server, template))
        try:
            self.contents[template] = await Contents.of(conn)
        finally:
            await conn.close()

    @asynccontextmanager
    async def copy_of(self, template: str) -> AsyncGenerator[str]:
        """The DSN of a copy that nobody else uses, as the template is."""
        spare = self.spare[template]
        name = spare.pop() if spare else await self._clone(template)
        yield at(self.server, name)
        if await self._restore(name, self.contents[template]):
            spare.append(name)

    async def _clone(self, template: str) -> str:
        name = f"test_{secrets.token_hex(6)}"
        conn = await asyncpg.connect(self.server)
        try:
            await conn.execute(f"create database {name} template {template}")
        finally:
            await conn.close()
        return name

    async def _restore(self, name: str, contents: Contents) -> bool:
        """Make a copy as it was; False where a test has changed its tables or filled them."""
        conn = await asyncpg.connect(at(self.server, name))
        try:
            await conn.execute(STRANGERS_OUT)
            grown = await conn.fetchval(SIZE) - contents.size > GROWN_BYTES
            tables = {each["name"] for each in await conn.fetch(TABLES)}
            if grown or tables != contents.rows.keys():
                return False
            async with conn.transaction():
                await _put_back(conn, contents)
        finally:
            await conn.close()
        return True


async def _put_back(conn: "asyncpg.Connection[asyncpg.Record]", contents: Contents) -> None:
    await conn.execute("set local session_replication_role = replica")  # in any order of tables
    await conn.execute(";".join(f"delete from {table}" for table in contents.rows))
    for table, rows in contents.rows.items():
        if rows is not None:
            await conn.execute(
                f"insert into {table} overriding system value "
                f"select * from json_populate_recordset(null::{table}, $1)",
                rows,
            )
    for sequence, number in contents.numbers.items():
        await conn.execute(
            "select setval($1::text::regclass, coalesce($2, 1), $2 is not null)", sequence, number
        )
