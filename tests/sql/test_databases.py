"""A database that one test has used is, for the next, as the migrations left it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import asyncpg

from tests.databases import Contents
from tests.infrastructure import Infrastructure

Template = Callable[[str], Awaitable[str]]


async def test_rows_and_numbers_are_those_of_the_migrations(
    infrastructure: Infrastructure, template: Template
) -> None:
    name = await template("metrics")
    fresh = infrastructure.databases.contents[name]
    async with infrastructure.databases.copy_of(name) as dsn:
        conn = await asyncpg.connect(dsn)
        await conn.execute("update generation set state = 'building'")
        await conn.execute("insert into keys.data_key (person, wrapped) values ('one', '')")
        number = await conn.fetchval(
            "insert into generation (state) values ('live') returning number"
        )
        await conn.close()

    async with infrastructure.databases.copy_of(name) as again:
        conn = await asyncpg.connect(again)
        assert replace(await Contents.of(conn), size=0) == replace(fresh, size=0)
        fresh_number = await conn.fetchval(
            "insert into generation (state) values ('building') returning number"
        )
        await conn.close()

    assert again == dsn, "it is the same database"
    assert fresh_number == number


async def test_whoever_forgot_to_leave_is_shown_out(
    infrastructure: Infrastructure, template: Template
) -> None:
    name = await template("kernel")
    async with infrastructure.databases.copy_of(name) as dsn:
        forgotten = await asyncpg.connect(dsn)

    async with infrastructure.databases.copy_of(name):
        assert forgotten.is_closed() or await _is_cut(forgotten)


async def _is_cut(conn: "asyncpg.Connection[asyncpg.Record]") -> bool:
    try:
        await conn.execute("select 1")
    except (asyncpg.PostgresConnectionError, asyncpg.InterfaceError):
        return True
    return False


async def test_a_test_that_changed_the_tables_leaves_its_database_to_nobody(
    infrastructure: Infrastructure, template: Template
) -> None:
    name = await template("kernel")
    async with infrastructure.databases.copy_of(name) as dsn:
        conn = await asyncpg.connect(dsn)
        await conn.execute("create table mine (a int)")
        await conn.close()

    async with infrastructure.databases.copy_of(name) as another:
        assert another != dsn
