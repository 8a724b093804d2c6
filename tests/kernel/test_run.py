"""A service as a process: it ends in order when it is told to, and may be killed at any time."""

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from uuid import UUID

import httpx2
import pytest

from tests.infrastructure import ROOT
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
async def started(env: dict[str, str]) -> AsyncGenerator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, cwd=ROOT, env=env, stdout=PIPE, stderr=PIPE
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


async def test_one_copy_is_killed_the_other_told_to_end_and_the_ledger_is_exact(
    ledger_bed: Ledger,
) -> None:
    ports = free_port(), free_port()
    envs = [environment(ledger_bed, port) for port in ports]
    async with started(envs[0]) as killed, started(envs[1]) as told:
        await asyncio.gather(*map(until_ready, ports))
        for number in range(1, ROUNDS + 1):
            await ledger_bed.send_all((a, credit(a, 1), envelope(a, number)) for a in ACCOUNTS)
            if number == ROUNDS // 2:
                killed.kill()
        for account in ACCOUNTS:
            await ledger_bed.until_balance(account, ROUNDS)
        await ledger_bed.until("select count(*) from outbox", 0)

        await ledger_bed.send_all((a, credit(a, 1), envelope(a, ROUNDS + 1)) for a in ACCOUNTS)
        told.send_signal(signal.SIGTERM)
        said, complained = await told.communicate()
        assert (told.returncode, complained) == (0, b"")
        assert b'"stopped"' in said
    assert await ledger_bed.pool.fetchval("select count(*) from outbox") == 0
    alive = "select count(*) from process where heartbeat_at > now() - interval '3 seconds'"
    assert await ledger_bed.pool.fetchval(alive) == 0
    async with ledger_bed.run(ledger()):
        for account in ACCOUNTS:
            await ledger_bed.until_balance(account, ROUNDS + 1)
            await ledger_bed.until(
                "select sequence from cursor where source = 'ledger/account' and key = $1",
                ROUNDS + 1,
                str(account),
            )


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        pytest.param({"FARHAND_POSTGRES": "not an address"}, "FARHAND_POSTGRES", id="no address"),
        pytest.param({"FARHAND_CLOCK": "tomorrow"}, "must read START@ANCHOR", id="no clock"),
        pytest.param({"FARHAND_SECRETS": "/nowhere"}, "secret api_token", id="no secrets"),
    ],
)
async def test_a_wrong_setting_ends_it_with_one_sentence(
    ledger_bed: Ledger, changes: dict[str, str], says: str
) -> None:
    env = environment(ledger_bed, free_port()) | changes
    async with started(env) as process:
        async with asyncio.timeout(30):
            _, complained = await process.communicate()
        assert process.returncode == 1
        assert says in complained.decode()
        assert "Traceback" not in complained.decode()
