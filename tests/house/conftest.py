import os
import shutil
import socket
import tempfile
from collections.abc import AsyncGenerator, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from farhand.settings import OFFSETS, Settings, cache_folder
from farhand.stack import Stack, running


@contextmanager
def open_folder() -> Generator[Path]:
    """Not pytest's: as root its folders are closed to the user that runs PostgreSQL."""
    folder = Path(tempfile.mkdtemp(prefix="farhand-house-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def free_bases() -> Iterator[int]:
    """Port bases with nothing on any of their ports, below the range of outgoing connections."""
    for base in range(15000 + os.getpid() % 500 * 20, 32000, 20):
        if all(is_free(base + offset) for offset in OFFSETS.values()):
            yield base


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


@pytest.fixture
def settings() -> Generator[Settings]:
    """A copy of its own, on ports of its own."""
    with open_folder() as folder:
        yield Settings(
            home=folder / "home", cache=cache_folder(os.environ), port_base=next(free_bases())
        )


@pytest.fixture(scope="package")
async def house() -> AsyncGenerator[Stack]:
    """The infrastructure, up once for the tests of this folder."""
    with open_folder() as folder:
        base = next(free_bases())
        settings = Settings(home=folder / "home", cache=cache_folder(os.environ), port_base=base)
        async with running(settings, services=()) as stack:
            yield stack
            stack.kill_for_good()  # what it holds is thrown away: it need not put it in order
