"""A service as a process: it ends in order when it is told to, and says what it lacks."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import NAMESPACE_OID, UUID, uuid5

import asyncpg
import httpx2
import pytest

from farhand.bootstrap import at
from libs.common.database import KERNEL_MIGRATIONS, read_migrations
from libs.common.settings import Settings, SettingsError
from tests.infrastructure import ROOT, Infrastructure
from tests.kernel.conftest import MASTER_KEY, Ledger
from tests.kernel.ledger import ledger
from tests.kernel.records import credit, envelope

ACCOUNTS = [UUID(int=n) for n in range(1, 31)]
ROUNDS = 20
PROGRAM = "from libs.common.run import run; from tests.kernel.ledger import ledger; run(ledger())"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def environment(bed: Ledger, port: int) -> dict[str, str]:
    bed.settings.secrets.joinpath("api_token").write_text("token")
    bed.settings.secrets.joinpath("master_key").write_text(MASTER_KEY)
    return os.environ | {
        "FARHAND_KAFKA": bed.settings.kafka,
        "FARHAND_POSTGRES": bed.settings.postgres,
        "FARHAND_KEYS": bed.settings.keys,
        "FARHAND_SECRETS": str(bed.settings.secrets),
        "FARHAND_HTTP_PORT": str(port),
        "FARHAND_TOPIC_PREFIX": bed.settings.topic_prefix,
        "FARHAND_PARTITIONS": "3",
    }


@asynccontextmanager
async def started(env: dict[str, str], *words: str) -> AsyncGenerator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, *words, cwd=ROOT, env=env, stdout=PIPE, stderr=PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def until_ready(port: int) -> None:
    async with asyncio.timeout(60), httpx2.AsyncClient() as client:
        while True:
            try:
                ready = await client.get(f"http://127.0.0.1:{port}/health/ready")
            except httpx2.TransportError:
                await asyncio.sleep(0.1)
                continue
            if ready.status_code == 200:
                return
            await asyncio.sleep(0.05)


async def test_told_to_end_it_finishes_what_is_under_way_and_hands_everything_over(
    ledger_bed: Ledger,
) -> None:
    port = free_port()
    async with started(environment(ledger_bed, port)) as process:
        await until_ready(port)
        await ledger_bed.send_all(
            (account, credit(account, 1), envelope(account, number))
            for number in range(1, ROUNDS + 1)
            for account in ACCOUNTS
        )
        await ledger_bed.until("select count(*) > 0 from entity", expected=True)
        process.send_signal(signal.SIGTERM)
        said, complained = await process.communicate()
        assert (process.returncode, complained) == (0, b"")
        assert b'"stopped"' in said
    assert await ledger_bed.pool.fetchval("select count(*) from outbox") == 0
    alive = "select count(*) from process where heartbeat_at > now() - interval '3 seconds'"
    assert await ledger_bed.pool.fetchval(alive) == 0
    async with ledger_bed.run(ledger()):
        for account in ACCOUNTS:
            await ledger_bed.until_balance(account, ROUNDS)
            await ledger_bed.until(
                "select sequence from cursor where source = 'ledger/account' and key = $1",
                ROUNDS,
                str(account),
            )


async def test_told_to_migrate_it_makes_the_schema_and_ends(
    ledger_bed: Ledger, infrastructure: Infrastructure
) -> None:
    empty = f"empty_{uuid5(NAMESPACE_OID, ledger_bed.settings.postgres).hex[:8]}"
    made = at(infrastructure.postgres, empty)
    env = environment(ledger_bed, free_port()) | {"FARHAND_POSTGRES": made}
    administrator = await asyncpg.connect(infrastructure.postgres)
    await administrator.execute(f"create database {empty}")
    try:
        for _ in ("at first", "once more, with nothing left to do"):
            async with started(env, "migrate") as process, asyncio.timeout(60):
                _, complained = await process.communicate()
            assert (process.returncode, complained) == (0, b"")
        conn = await asyncpg.connect(made)
        steps = await conn.fetchval("select count(*) from migration")
        await conn.close()
        assert steps == len(read_migrations(KERNEL_MIGRATIONS))
    finally:
        await administrator.execute(f"drop database {empty} with (force)")
        await administrator.close()


async def test_a_wrong_address_ends_it_with_one_sentence(ledger_bed: Ledger) -> None:
    env = environment(ledger_bed, free_port()) | {"FARHAND_POSTGRES": "no address"}
    async with started(env) as process, asyncio.timeout(60):
        _, complained = await process.communicate()
    assert process.returncode == 1
    assert complained.decode().startswith("ledger cannot start: FARHAND_POSTGRES or FARHAND_KEYS")
    assert "Traceback" not in complained.decode()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({"FARHAND_KAFKA": None}, "kafka: Field required", id="no broker"),
        pytest.param({"FARHAND_CLOCK": "tomorrow"}, "must read START@ANCHOR", id="no clock"),
        pytest.param({"FARHAND_HTTP_PORT": "http"}, "http_port: Input should be", id="no port"),
    ],
)
def test_a_wrong_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, changes: dict[str, str | None], says: str
) -> None:
    needed = {"FARHAND_KAFKA": "k", "FARHAND_POSTGRES": "p", "FARHAND_KEYS": "k"}
    for name, value in (needed | {"FARHAND_SECRETS": "."} | changes).items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match="FARHAND_<NAME>") as caught:
        Settings.read()
    assert says in str(caught.value)
