"""PostgreSQL: the pool, and migrations that only go forward. SQL lives with who owns the table."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import asyncpg

if TYPE_CHECKING:
    from asyncpg.pool import PoolConnectionProxy

    Pool: TypeAlias = asyncpg.Pool[asyncpg.Record]
    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
else:
    Pool, Connection = asyncpg.Pool, asyncpg.Connection

KERNEL_MIGRATIONS: Final = Path(__file__).parent / "migrations"
MIGRATION_SECONDS: Final = 3600.0
LEDGER: Final = """
create table if not exists migration (
    file       text        primary key,
    checksum   text        not null,
    applied_at timestamptz not null default now()
)
"""

TRANSIENT: Final = (
    OSError,  # connection refused or reset, host unreachable
    TimeoutError,
    asyncpg.InterfaceError,  # the connection was closed under us
    asyncpg.InternalClientError,  # it was closed in the middle of a message
    asyncpg.PostgresConnectionError,  # class 08
    asyncpg.TransactionRollbackError,  # class 40: deadlock, serialization
    asyncpg.InsufficientResourcesError,  # class 53: disk full, too many connections
    asyncpg.LockNotAvailableError,
    asyncpg.OperatorInterventionError,  # class 57: shutdown, crash recovery, time-out
    asyncpg.PostgresSystemError,  # class 58: the disk
    asyncpg.ReadOnlySQLTransactionError,  # a failover in progress: this is a standby now
    asyncpg.IdleInTransactionSessionTimeoutError,  # this process was asleep
    asyncpg.InvalidCachedStatementError,  # a migration ran beside us
)
"""Errors that pass by themselves: the work is repeated, never given up."""


class EditedMigrationError(RuntimeError):
    """A migration that already ran has a different text now: add a new file instead."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One forward step of a schema: `NNN_what.sql`, never edited once released."""

    file: str
    sql: str

    @property
    def checksum(self) -> str:
        """What tells an edited file from the one that ran."""
        return sha256(self.sql.encode()).hexdigest()


def read_migrations(folder: Path) -> tuple[Migration, ...]:
    """Every migration of a folder, in order; none if there is no such folder."""
    return tuple(
        Migration(f"{folder.parent.name}/{path.name}", path.read_text())
        for path in sorted(folder.glob("*.sql"))
    )


async def _nothing_to_reset(_conn: Connection) -> None:
    """What asyncpg would send on each release costs as much as a small query, for nothing here."""


async def connect_pool(dsn: str, *, application: str, size: int = 8) -> Pool:
    """Open a pool on which no call can hang for ever.

    An open transaction is rolled back when its connection is given back. Nothing else is undone:
    whoever changes a session, or locks in it, changes it back. Raises what asyncpg raises while the
    server is away; the caller retries.
    """
    return await asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=size,
        timeout=5,
        command_timeout=30,
        reset=_nothing_to_reset,
        server_settings={
            "application_name": application,
            "timezone": "UTC",
            "statement_timeout": "25s",
            "lock_timeout": "10s",
            "idle_in_transaction_session_timeout": "60s",
            "jit": "off",  # costs more than it gives on queries of a millisecond
        },
    )


async def migrate(conn: Connection, migrations: Sequence[Migration]) -> list[str]:
    """Apply what was not yet applied, each step in its own transaction; one process at a time."""
    await conn.execute("select pg_advisory_lock(hashtext('migration ' || current_schema()))")
    try:
        await conn.execute(LEDGER)
        rows = await conn.fetch("select file, checksum from migration")
        applied: dict[str, str] = {row["file"]: row["checksum"] for row in rows}
        for step in migrations:
            if applied.get(step.file, step.checksum) != step.checksum:
                raise EditedMigrationError(f"{step.file} was edited after it ran; add a new file")
        pending = [step for step in migrations if step.file not in applied]
        for step in pending:
            await _apply(conn, step)
        return [step.file for step in pending]
    finally:
        await conn.execute("select pg_advisory_unlock(hashtext('migration ' || current_schema()))")


async def _apply(conn: Connection, step: Migration) -> None:
    async with conn.transaction():
        await conn.execute("set local statement_timeout = 0")  # an index may take its time
        await conn.execute(step.sql, timeout=MIGRATION_SECONDS)
        await conn.execute(
            "insert into migration (file, checksum) values ($1, $2)", step.file, step.checksum
        )
