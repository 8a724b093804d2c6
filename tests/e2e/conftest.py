"""One whole Farhand for the tests of this folder: its parts and four services as processes.

It is always the embedded one: these tests read its files, and kill its parts.
"""

import os
import shutil
import tempfile
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.line import Line, whole_line

PORT_BASE = int(os.environ.get("FARHAND_TEST_PORT_BASE", "27100")) + 400


@contextmanager
def new_home() -> Generator[Path]:
    """Not pytest's: as root its folders are closed to the user that runs PostgreSQL."""
    home = Path(tempfile.mkdtemp(prefix="farhand-e2e-"))
    home.chmod(0o755)
    try:
        yield home
    finally:
        if not os.environ.get("KEEP"):  # XXX
            shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="package")
async def line() -> AsyncGenerator[Line]:
    with new_home() as home:
        async with whole_line(home, PORT_BASE) as line:
            yield line
