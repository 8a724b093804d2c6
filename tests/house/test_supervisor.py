import asyncio
import sys
from collections.abc import AsyncGenerator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import psutil
import pytest

from farhand.errors import StackError
from farhand.orphans import Watcher, left_behind
from farhand.supervisor import Child, Part, Room, back_off, nothing
from tests.house.waiting import until

Said = list[str]


@pytest.fixture
async def watcher() -> AsyncGenerator[Watcher]:
    async with Watcher() as watcher:
        yield watcher


def child_of(script: str, watcher: Watcher, folder: Path, said: Said, **how: float) -> Child:
    part = Part(
        name="part",
        title="Part",
        port=0,
        command=(sys.executable, "-c", script),
        probe=nothing,
        **how,  # pyright: ignore[reportArgumentType]
    )
    return Child(part, folder / "part.log", watcher, said.append, lambda: None)


def test_restarts_come_slower_and_slower() -> None:
    assert list(islice(back_off(), 9)) == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0]


def test_what_was_told_and_not_released_is_left_behind() -> None:
    assert left_behind(["+1\n", "+2\n", "-1\n", "+3\n"]) == {2, 3}


async def test_a_killed_part_is_started_again(watcher: Watcher, tmp_path: Path) -> None:
    said: Said = []
    child = child_of("import time; time.sleep(60)", watcher, tmp_path, said)
    await child.start()
    first = child.pid
    child.kill()
    await until(lambda: child.pid not in (first, None) and child.ready.is_set())
    assert said == ["Part was ended by signal SIGKILL; starting it again", "Part is back"]
    assert child.restarts == 1
    await child.stop()
    assert child.pid is None


async def test_a_part_that_never_comes_up_is_told_with_its_last_words(
    watcher: Watcher, tmp_path: Path
) -> None:
    child = child_of("import sys; sys.exit('no disk')", watcher, tmp_path, [])
    child.part = _never_ready(child.part)
    with pytest.raises(
        StackError, match=r"(?s)Part does not start: it ended with code 1\..*no disk"
    ):
        await child.start()


class Full(Room):
    """A disk without room, until somebody makes some."""

    def lacking(self) -> str | None:
        return None if (self.folder / "made").exists() else "the disk is full"


async def test_a_part_that_a_full_disk_would_harm_is_started_once_there_is_room(
    watcher: Watcher, tmp_path: Path
) -> None:
    said: Said = []
    made = tmp_path / "made"
    made.touch()
    child = child_of("import time; time.sleep(60)", watcher, tmp_path, said)
    child.part = replace(child.part, room=Full(tmp_path, 0))
    await child.start()
    made.unlink()
    child.kill()
    await until(lambda: "Part waits: the disk is full" in said)
    assert child.pid is None
    assert child.restarts == 0
    made.touch()
    await until(lambda: child.pid is not None and child.ready.is_set())
    assert said[-1] == "Part is back"
    await child.stop()


async def test_on_a_full_disk_it_does_not_start_at_all_and_says_why(
    watcher: Watcher, tmp_path: Path
) -> None:
    child = child_of("", watcher, tmp_path, [])
    child.part = replace(child.part, room=Room(tmp_path, 2**60))
    with pytest.raises(StackError, match=rf"Part does not start: the disk that holds {tmp_path}"):
        await child.start()


async def test_a_part_that_will_not_end_is_killed_in_time(watcher: Watcher, tmp_path: Path) -> None:
    said: Said = []
    script = (
        "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    )
    child = child_of(script, watcher, tmp_path, said, stop_within=0.2)
    await child.start()
    await until(lambda: bool(child.log.read_bytes()))
    await child.stop()
    assert said == ["Part did not end in 0.2 s: killed"]


async def test_a_stopped_part_stays_down(watcher: Watcher, tmp_path: Path) -> None:
    said: Said = []
    child = child_of("import time; time.sleep(60)", watcher, tmp_path, said)
    await child.start()
    await child.stop()
    await asyncio.sleep(0.3)
    assert (child.pid, said) == (None, [])


async def test_what_a_killed_part_started_goes_with_it(watcher: Watcher, tmp_path: Path) -> None:
    script = (
        "import subprocess, sys, time;"
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']).pid,"
        "flush=True); time.sleep(60)"
    )
    child = child_of(script, watcher, tmp_path, [])
    await child.start()
    await until(lambda: child.log.read_text().endswith("\n"))
    grandchild = int(child.log.read_text())
    await child.stop()
    await until(lambda: not is_alive(grandchild))


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _never_ready(part: Part) -> Part:
    async def refuse() -> None:
        raise ConnectionRefusedError

    return Part(name=part.name, title=part.title, port=0, command=part.command, probe=refuse)
