"""A PostgreSQL for these tests, with a migrated database for each of them."""

import shutil
import subprocess
import tempfile
from collections.abc import AsyncGenerator, Generator
from itertools import count
from pathlib import Path

import asyncpg
import pytest

from farhand.embedded.unprivileged import Place
from libs.common.database import Pool, connect_pool, migrate, read_migrations

MIGRATIONS = Path(__file__).parents[2] / "services" / "metrics" / "migrations"
TEMPLATE = "metrics_template"
# Reached by a socket in its own folder, so that no port is taken.
OPTIONS = "-c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
NUMBERS = count(1)


@pytest.fixture(scope="session")
def server() -> Generator[Path]:
    """A PostgreSQL server; the folder of its socket."""
    # Not pytest's folder: as root that is closed to the user that runs PostgreSQL.
    home = Path(tempfile.mkdtemp(prefix="farhand-metrics-"))
    home.chmod(0o755)
    place = Place.inside(home)
    place.make()

    def run(program: str, *words: str) -> None:
        subprocess.run(  # noqa: S603  # our own words
            [place.programs / program, "-D", place.folder / "data", *words],
            check=True,
            stdout=subprocess.DEVNULL,
            user=place.user,
            cwd="/",
        )

    run("initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "-N")
    log = str(place.folder / "log")
    run("pg_ctl", "start", "--wait", "-l", log, "-o", f"{OPTIONS} -k {place.folder}")
    try:
        yield place.folder
    finally:
        run("pg_ctl", "stop", "--mode=immediate")
        shutil.rmtree(home)
        if place.outside is not None:
            shutil.rmtree(place.outside)


def dsn(server: Path, database: str) -> str:
    return f"postgresql://postgres@/{database}?host={server}"


@pytest.fixture(scope="session")
async def template(server: Path) -> Path:
    """The server, with a database that has every migration and nothing else."""
    admin = await asyncpg.connect(dsn(server, "postgres"))
    await admin.execute(f"create database {TEMPLATE}")
    await admin.close()
    conn = await asyncpg.connect(dsn(server, TEMPLATE))
    await migrate(conn, read_migrations(MIGRATIONS))
    await conn.close()
    return server


@pytest.fixture
async def pool(template: Path) -> AsyncGenerator[Pool]:
    """A database of its own for a test."""
    name = f"metrics_{next(NUMBERS)}"
    admin = await asyncpg.connect(dsn(template, "postgres"))
    await admin.execute(f"create database {name} template {TEMPLATE}")
    async with await connect_pool(dsn(template, name), application="tests") as pool:
        yield pool
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()
