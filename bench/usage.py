"""What processes used, as /proc tells it: CPU seconds and memory, children included."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

PROC: Final = Path("/proc")
TICKS: Final = os.sysconf("SC_CLK_TCK")
STATE, PARENT, CPU = 0, 1, slice(11, 15)
"""Fields of /proc/PID/stat behind the name: see proc_pid_stat(5)."""


def is_available() -> bool:
    """Whether this system tells."""
    return (PROC / "self" / "stat").exists()


def cpu_seconds(pids: Iterable[int]) -> float:
    """User and system time of these processes and all their children, dead ones included."""
    ticks = 0
    for pid in _trees(pids):
        with suppress(OSError):
            ticks += sum(map(int, _stat(pid)[CPU]))
    return ticks / TICKS


def peak_memory(pids: Iterable[int]) -> int:
    """The most that these processes and their children have held in memory, in bytes, summed."""
    kilobytes = 0
    for pid in _trees(pids):
        with suppress(OSError):
            status = (PROC / str(pid) / "status").read_text()
            kilobytes += sum(
                int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")
            )
    return kilobytes * 1024


def busy_seconds() -> float:
    """What all processes of the machine have used of its CPUs since it started."""
    user, nice, system, _idle, _iowait, *rest = map(
        int, (PROC / "stat").read_text().splitlines()[0].split()[1:9]
    )
    return (user + nice + system + sum(rest)) / TICKS


def _trees(pids: Iterable[int]) -> Iterator[int]:
    children: dict[int, list[int]] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                parent = int(_stat(int(entry.name))[PARENT])
                children.setdefault(parent, []).append(int(entry.name))
    waiting = list(pids)
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += children.get(pid, ())


def _stat(pid: int) -> list[str]:
    return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
