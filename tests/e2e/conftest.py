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

from farhand.services import SERVICES
from tests.e2e.line import Line, whole_line

PORT_BASE = int(os.environ.get("FARHAND_TEST_PORT_BASE", "27100")) + 400


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First what brings up a Farhand of its own, before the one that all others share is there.

    Two of them, with weeks that pass in a minute, are more than two cores can carry.
    """
    items.sort(key=lambda item: item.path.name != "test_kill.py")


@contextmanager
def new_home() -> Generator[Path]:
    """Not pytest's: as root its folders are closed to the user that runs PostgreSQL."""
    home = Path(tempfile.mkdtemp(prefix="farhand-e2e-"))
    home.chmod(0o755)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="package")
async def line() -> AsyncGenerator[Line]:
    with new_home() as home:
        async with whole_line(home, PORT_BASE) as line:
            yield line


@pytest.fixture
async def nobody_stops(line: Line) -> AsyncGenerator[None]:
    """No process was started again meanwhile."""
    before = line.processes()
    yield
    assert line.processes() == before


@pytest.fixture(scope="module")
async def settled_afterwards(line: Line) -> AsyncGenerator[None]:
    """What was set aside is given up at the end, which is possible for all of it."""
    yield
    for service in (each.name for each in SERVICES):
        for letter in await line.doors.get(service, "/dead-letters?limit=1000"):
            await _discard(line, service, f"/dead-letters/{letter['id']}")
        for kept in await line.doors.get(service, "/quarantine?limit=1000"):
            await _discard(line, service, f"/quarantine/{kept['source']}/{kept['id']}")
        assert await line.doors.get(service, "/dead-letters") == []
        assert await line.doors.get(service, "/quarantine") == []


async def _discard(line: Line, service: str, path: str) -> None:
    answer = await line.doors.post(service, f"{path}/discard", {"why": "the test is over"})
    assert answer.json() == {"status": "discarded", "reason": None}
