"""A service of some tree as a process of its own, on the infrastructure of the tests."""

import asyncio
import base64
import os
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from secrets import token_bytes, token_hex

from tests.infrastructure import Infrastructure

PORT = int(os.environ.get("FARHAND_TEST_PORT_BASE", "27100")) + 51
"""One service at a time."""


def environment(infrastructure: Infrastructure, dsn: str, folder: Path) -> dict[str, str]:
    """What a service reads; secrets that are not in the folder yet are made."""
    secrets = folder / "secrets"
    secrets.mkdir(exist_ok=True)
    made = {"api_token": token_hex(), "master_key": base64.b64encode(token_bytes(32)).decode()}
    for name, secret in made.items():
        if not (secrets / name).exists():
            (secrets / name).write_text(secret)
    return {
        "FARHAND_KAFKA": infrastructure.kafka,
        "FARHAND_POSTGRES": dsn,
        "FARHAND_KEYS": dsn,
        "FARHAND_SECRETS": str(secrets),
        "FARHAND_HOME": str(folder),
        "FARHAND_HTTP_PORT": str(PORT),
        "FARHAND_TOPIC_PREFIX": f"{token_hex(4)}.",
        "FARHAND_PARTITIONS": "2",
    }


@asynccontextmanager
async def running(
    service: str, tree: Path, env: Mapping[str, str], log: Path
) -> AsyncGenerator[None]:
    """Run it until the body ends; it must then end by itself, and with 0."""
    with log.open("w") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", f"services.{service}"),
            cwd=tree,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **env},
            stdout=output,
            stderr=output,
        )
    try:
        async with asyncio.timeout(30):
            while '"ready"' not in said(log):
                assert process.returncode is None, said(log)
                await asyncio.sleep(0.05)
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        assert await process.wait() == 0, said(log)


def said(log: Path) -> str:
    return log.read_text()
