"""What PostgreSQL's sessions wait for while a contender works: each other, or something else."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

from libs.common.database import Connection

EVERY_SECONDS: Final = 0.05
AT_WORK: Final = "at work"
LOOK: Final = """
select coalesce(wait_event_type, $1) as waits, count(*) as sessions
  from pg_stat_activity
 where backend_type = 'client backend'
   and datname = current_database()
   and state <> 'idle'
   and pid <> pg_backend_pid()
 group by 1
"""


@asynccontextmanager
async def watching(dsn: str, seen: Counter[str]) -> AsyncGenerator[None]:
    """Count meanwhile, in samples of sessions within a transaction, the kinds of their waits.

    The kinds are those of `pg_stat_activity`: `Lock` waits for another's rows, `Client` for the
    process that has the session.
    """
    conn = await asyncpg.connect(dsn)
    looking = asyncio.create_task(_look(conn, seen))
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.wait([looking])
        await conn.close(timeout=5)
    if not looking.cancelled():
        looking.result()  # raises what ended it: half a count is none


async def _look(conn: Connection, seen: Counter[str]) -> None:
    while True:
        for row in await conn.fetch(LOOK, AT_WORK):
            seen[row["waits"]] += row["sessions"]
        await asyncio.sleep(EVERY_SECONDS)
