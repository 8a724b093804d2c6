"""Databases, roles and schemas before a service starts. Done twice, it changes nothing."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import TypeAlias
from urllib.parse import quote, urlsplit

import asyncpg

from farhand.errors import StackError

DATABASE = "farhand"
KEYS = "farhand_keys"
"""the wrapped data keys of persons: apart, so that their backups can be short-lived"""

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


def at(dsn: str, database: str, user: str | None = None, password: str | None = None) -> str:
    """The same server under another database, and another role if one is named."""
    parts = urlsplit(dsn)
    login, _, host = parts.netloc.rpartition("@")
    if user is not None:
        login = f"{quote(user, safe='')}:{quote(password or '', safe='')}"
    netloc = f"{login}@{host}" if login else host
    return parts._replace(netloc=netloc, path=f"/{database}").geturl()


async def bootstrap(admin: str, passwords: Mapping[str, str]) -> None:
    """For each service, named with its password: a role, a schema and its place among the keys."""
    try:
        async with _connected(admin) as connection:
            await connection.execute("select pg_advisory_lock(hashtext('farhand bootstrap'))")
            await make_roles(connection, passwords)
            await make_databases(connection, passwords)
            async with _connected(at(admin, DATABASE)) as farhand:
                await make_schemas(farhand, passwords)
            async with _connected(at(admin, KEYS)) as keys:
                await make_key_table(keys, passwords)
    except asyncpg.InsufficientPrivilegeError as error:
        raise StackError(
            f"PostgreSQL at {place(admin)} cannot be prepared: {error.args[0]}. "
            "The role in FARHAND_POSTGRES has to be allowed to create roles and databases."
        ) from error
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise StackError(
            f"PostgreSQL at {place(admin)} does not answer as it should: {error}. "
            "Is the address in FARHAND_POSTGRES right, and does it run?"
        ) from error


def place(dsn: str) -> str:
    """Host and port, without the password."""
    return urlsplit(dsn).netloc.rpartition("@")[2]


@asynccontextmanager
async def _connected(dsn: str) -> AsyncGenerator[Connection]:
    connection = await asyncpg.connect(dsn, timeout=10, command_timeout=30)
    try:
        yield connection
    finally:
        await connection.close(timeout=5)


async def make_roles(connection: Connection, passwords: Mapping[str, str]) -> None:
    for role, password in passwords.items():
        if not await connection.fetchval("select true from pg_roles where rolname = $1", role):
            await _do(connection, "create role %I", role)
        await _do(connection, "alter role %I with login password %L", role, password)


async def make_databases(connection: Connection, roles: Mapping[str, str]) -> None:
    for database in (DATABASE, KEYS):
        exists = "select true from pg_database where datname = $1"
        if not await connection.fetchval(exists, database):
            await _do(connection, "create database %I template template0 encoding 'UTF8'", database)
        await _do(connection, "revoke all on database %I from public", database)
        for role in roles:
            await _do(connection, "grant connect on database %I to %I", database, role)


async def make_schemas(connection: Connection, roles: Mapping[str, str]) -> None:
    """Each role owns the schema of its name and sees no other."""
    await connection.execute("revoke all on schema public from public")
    for role in roles:
        # who creates a schema for another role has to be a member of it
        await _do(connection, "grant %I to current_user", role)
        await _do(connection, "create schema if not exists %I authorization %I", role, role)
        await _do(connection, "revoke all on schema %I from public", role)
        path = "alter role %I in database %I set search_path = %I"
        await _do(connection, path, role, DATABASE, role)


async def make_key_table(connection: Connection, roles: Mapping[str, str]) -> None:
    await connection.execute("""
        revoke all on schema public from public;
        create schema if not exists keys;
        create table if not exists keys.data_key (
            person     text        primary key,
            wrapped    bytea       not null,
            created_at timestamptz not null default now()
        );
    """)
    for role in roles:
        await _do(connection, "grant usage on schema keys to %I", role)
        await _do(connection, "grant select, insert, delete on keys.data_key to %I", role)
        await _do(connection, "alter role %I in database %I set search_path = keys", role, KEYS)


async def _do(connection: Connection, statement: str, *names: str) -> None:
    """A statement that takes no parameters, with its names quoted by PostgreSQL."""
    await connection.execute(
        await connection.fetchval("select format($1, variadic $2::text[])", statement, list(names))
    )
