"""A read model once more from its log, beside the one in use: compared, and put in place."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from zlib import crc32

from libs.common.database import Connection


class RebuildRunningError(RuntimeError):
    """Somebody else is rebuilding; nothing was done."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The digests of a read model as it stood and as its log makes it.

    They are equal exactly if `corrected`, the number of rows or figures put right, is 0.
    """

    before: str
    after: str
    corrected: int


@asynccontextmanager
async def rebuild_held(conn: Connection, service: str) -> AsyncGenerator[None]:
    """Hold the right to rebuild a service's read model; raises RebuildRunningError if another has.

    It belongs to the session, so that nobody holds it who is no more.
    """
    name = crc32(f"{service}.rebuild".encode()) & 0x7FFF_FFFF
    if not await conn.fetchval("select pg_try_advisory_lock($1, 0)", name):
        raise RebuildRunningError("another rebuild is running; wait for it to end")
    try:
        yield
    except BaseException:
        conn.terminate()  # in whatever state it is: the lock goes with the session
        raise
    await conn.execute("select pg_advisory_unlock($1, 0)", name)
