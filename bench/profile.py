"""Where a contender spends its CPU: py-spy looks into each of its processes while it works."""

import asyncio
import signal
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from farhand.services import ROOT

PER_SECOND: Final = 50
WAITING: Final = ("epoll", "poll (", "pthread_cond", "sem_wait", "PyThread_acquire_lock")
"""A thread in one of these calls uses no CPU, whatever it looks like from outside."""
SOURCES: Final = {
    "loop.c": "uvloop",
    "core.c": "uvloop",
    "stream.c": "uvloop",
    "linux.c": "uvloop",
    "loop-watcher.c": "uvloop",
    "protocol.c": "asyncpg",
    "pgproto.c": "asyncpg",
    "default_records.c": "aiokafka",
}
"""Libraries that were built with the names of their C files, and tell no other."""
PACKAGES: Final = "site-packages"
NEAR: Final = 4
"""How many of the innermost frames are asked whether they wait."""


@asynccontextmanager
async def sampling(pids: Sequence[int], folder: Path) -> AsyncGenerator[None]:
    """Write what the processes do meanwhile into a folder, a file each.

    Where the system does not let one process look into another, or there is no py-spy for it, the
    files are missing, and all else goes on.
    """
    looking = [await _look(pid, folder / f"{pid}.stacks") for pid in pids]
    try:
        yield
    finally:
        for each in looking:
            if each.returncode is None:
                each.send_signal(signal.SIGINT)
        for each in looking:
            await each.wait()


async def _look(pid: int, file: Path) -> asyncio.subprocess.Process:
    """With the frames of libraries in C and Rust as well: much of the work is theirs."""
    return await asyncio.create_subprocess_exec(
        *(str(Path(sys.executable).with_name("py-spy")), "record"),
        *("--native", "--full-filenames"),
        *("--pid", str(pid), "--rate", str(PER_SECOND), "--duration", "3600"),
        *("--format", "raw", "--output", str(file)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )


def shares(folder: Path) -> dict[str, float]:
    """The share of each library, and of each module of ours, in all samples; largest first."""
    seen = Counter[str]()
    for file in folder.glob("*.stacks"):
        seen.update(_places(file.read_text().splitlines()))
    return {place: count / seen.total() for place, count in seen.most_common()}


def _places(lines: Iterable[str]) -> Iterator[str]:
    """Whose code each sample was in: the innermost frame that is not Python's or the system's."""
    for line in lines:
        stack, _, count = line.rpartition(" ")
        frames = stack.split(";")[::-1]
        if any(frame.startswith(WAITING) for frame in frames[:NEAR]):
            continue
        place = next(filter(None, map(_owner, frames)), "Python itself")
        for _ in range(int(count)):
            yield place


def _owner(frame: str) -> str | None:
    """Whose `name (/folders/module.py:line)` or `name (/folders/library.so)` is, if anybody's."""
    path = Path(frame.rpartition("(")[2].removesuffix(")").partition(":")[0])
    if PACKAGES in path.parts:
        return path.parts[path.parts.index(PACKAGES) + 1].removesuffix(".py")
    if path.is_relative_to(ROOT):
        return str(path.relative_to(ROOT).with_suffix(""))
    return SOURCES.get(path.name)
