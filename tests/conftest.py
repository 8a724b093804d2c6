"""One real Kafka, PostgreSQL and Redis for the whole run; for each test a database of its own.

`FARHAND_INFRA=containers` takes them from testcontainers instead of the embedded stack, but for
`tests/e2e` and `tests/house`, which are about that stack itself; addresses given by
`FARHAND_KAFKA`, `FARHAND_POSTGRES` and `FARHAND_REDIS` are used as they are.

`make test` runs two such stacks beside each other, each with half of the files; what drives a whole
line runs afterwards, alone.
"""

import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import asyncpg
import hypothesis
import pytest

from libs.common import database
from libs.common.database import Pool
from tests.infrastructure import Infrastructure, provided

ROOT = Path(__file__).parent.parent

WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
PORTS_A_WORKER = 100
if WORKER:  # before anything reads it
    first = int(os.environ.get("FARHAND_TEST_PORT_BASE", "27100"))
    os.environ["FARHAND_TEST_PORT_BASE"] = str(first + PORTS_A_WORKER * WORKER)

# How long one example takes tells how busy the machine is, and nothing of the code.
hypothesis.settings.register_profile("farhand", deadline=None)
hypothesis.settings.load_profile("farhand")

OpenDatabase = Callable[[str], AbstractAsyncContextManager[str]]


@pytest.fixture(scope="session")
async def infrastructure() -> AsyncGenerator[Infrastructure]:
    async with provided() as infrastructure:
        yield infrastructure


@pytest.fixture(scope="session")
async def template(infrastructure: Infrastructure) -> Callable[[str], Awaitable[str]]:
    """The name of a database that holds the migrated schema of a service, made once."""
    made: dict[str, str] = {}

    async def of(service: str) -> str:
        if service not in made:
            made[service] = await infrastructure.create_template(service)
        return made[service]

    return of


@pytest.fixture
async def databases(
    infrastructure: Infrastructure, template: Callable[[str], Awaitable[str]]
) -> OpenDatabase:
    """Open a fresh copy of a service's database (`kernel` for none but the kernel's tables)."""

    @asynccontextmanager
    async def fresh(service: str) -> AsyncGenerator[str]:
        async with infrastructure.databases.copy_of(await template(service)) as dsn:
            yield dsn

    return fresh


@pytest.fixture
async def kernel_database(databases: OpenDatabase) -> AsyncGenerator[str]:
    async with databases("kernel") as dsn:
        yield dsn


@pytest.fixture
async def pool(kernel_database: str) -> AsyncGenerator[Pool]:
    pool = await database.connect_pool(kernel_database, application="test", size=8)
    yield pool
    await pool.close()


@pytest.fixture
def service_pool(
    databases: OpenDatabase,
) -> Callable[[str], AbstractAsyncContextManager["asyncpg.Pool[asyncpg.Record]"]]:
    """Open a pool on a fresh database of a service."""

    @asynccontextmanager
    async def opened(service: str) -> AsyncGenerator[Pool]:
        async with databases(service) as dsn:
            pool = await database.connect_pool(dsn, application="test", size=8)
            try:
                yield pool
            finally:
                await pool.close()

    return opened
