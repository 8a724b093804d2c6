"""Child processes: started, asked whether they are ready, started again when they die, stopped."""

import asyncio
import contextlib
import os
import shutil
import signal
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Final

from farhand.errors import StackError
from farhand.orphans import Watcher, die_with_parent, kill_group

STARTS: Final = 3
"""how often a part is tried before `up` gives up; once it was ready, it is tried for ever"""
CALM: Final = 20.0
"""seconds a part has to live for its next restart to be quick again"""
PROBE_EVERY: Final = 0.05
ROOM_EVERY: Final = 0.5
MEBI: Final = 1024 * 1024
LOG_KEPT: Final = 16 * MEBI

Probe = Callable[[], Awaitable[None]]


async def nothing() -> None:
    """For a part that needs no preparation."""


class Kind(Enum):
    """What a part needs before it can start, and so when it does."""

    NATIVE = "comes in a package"
    JAVA = "needs jars"
    SERVICE = "needs all the others"


@dataclass(frozen=True, slots=True)
class Room:
    """What has to be free on the disk before a part may start; `needed` in bytes."""

    folder: Path
    needed: int

    def lacking(self) -> str | None:
        """Why it may not start, if so."""
        free = shutil.disk_usage(self.folder).free
        if free >= self.needed:
            return None
        has, needs = free // MEBI, self.needed // MEBI
        return (
            f"the disk that holds {self.folder} has {has} MB left, and {needs} MB have to be free"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """How one process is prepared, started, asked and stopped."""

    name: str
    title: str
    port: int
    command: tuple[str, ...]
    probe: Probe
    """raises until the part answers in its own protocol"""
    kind: Kind = Kind.NATIVE
    prepare: Callable[[], Awaitable[None]] = nothing
    """runs before the first start, and asks itself what is already done"""
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    """on top of our own environment"""
    cwd: Path | None = None
    user: int | None = None
    """the uid to run as, where it must not be our own"""
    url: str = ""
    remark: str = ""
    """what a person should know of it beforehand"""
    stop_signal: signal.Signals = signal.SIGTERM
    stop_within: float = 10.0
    ready_within: float = 90.0
    room: Room | None = None
    """for a part that would lose what it keeps if it was started on a full disk"""

    def lacks_room(self) -> str | None:
        """Why it may not be started now, if so."""
        return self.room.lacking() if self.room else None


class EndedError(Exception):
    """The process ended, or was not ready in time."""


class Child:
    """One part as a process that is kept alive."""

    def __init__(
        self,
        part: Part,
        log: Path,
        watcher: Watcher,
        say: Callable[[str], None],
        changed: Callable[[], None],
    ) -> None:
        self.part = part
        self.log = log
        self.ready = asyncio.Event()
        self.restarts = 0
        self._watcher = watcher
        self._say = say
        self._changed = changed
        self._process: asyncio.subprocess.Process | None = None
        self._keeper: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Until ready. Raises StackError with the end of the log when it does not come up."""
        await self.part.prepare()
        await self._first_launch()
        self._keeper = asyncio.create_task(self._keep_alive(), name=f"keep {self.part.name} alive")

    async def stop(self) -> None:
        """Ask it to end; kill it when it has not within its time."""
        if self._keeper:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
        if (process := self._process) and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(self.part.stop_signal)
            try:
                await asyncio.wait_for(process.wait(), self.part.stop_within)
            except TimeoutError:
                self._say(f"{self.part.title} did not end in {self.part.stop_within:g} s: killed")
        await self._bury()

    def kill(self, sig: signal.Signals = signal.SIGKILL) -> None:
        """As if it had crashed: it is started again."""
        if pid := self.pid:
            os.kill(pid, sig)

    def kill_for_good(self) -> None:
        if self._keeper:
            self._keeper.cancel()
        if self._process:
            kill_group(self._process.pid)

    async def _first_launch(self) -> None:
        if lacking := self.part.lacks_room():
            raise StackError(f"{self.part.title} does not start: {lacking}.")
        for attempt, pause in enumerate(back_off(), 1):
            try:
                await self._launch()
            except EndedError as error:
                if attempt == STARTS:
                    raise StackError(
                        f"{self.part.title} does not start: {error}.\n{self._last_words()}"
                    ) from error
                await asyncio.sleep(pause)
            else:
                return

    async def _keep_alive(self) -> None:
        loop = asyncio.get_running_loop()
        pauses = back_off()
        while self._process:
            since = loop.time()
            code = await self._process.wait()
            if loop.time() - since > CALM:
                pauses = back_off()
            self._say(f"{self.part.title} {ending(code)}; starting it again")
            await self._revive(pauses)
            self._say(f"{self.part.title} is back")

    async def _revive(self, pauses: Iterator[float]) -> None:
        while True:
            await self._bury()
            await asyncio.sleep(next(pauses))
            with contextlib.suppress(EndedError, OSError):  # its folder may be gone as well
                await self._until_there_is_room()
                self.restarts += 1
                return await self._launch()

    async def _until_there_is_room(self) -> None:
        if lacking := self.part.lacks_room():
            self._say(f"{self.part.title} waits: {lacking}")
        while self.part.lacks_room():  # noqa: ASYNC110  # a disk tells nobody that it has room
            await asyncio.sleep(ROOM_EVERY)

    async def _launch(self) -> None:
        part = self.part
        keep_log_short(self.log)
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *part.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=part.cwd or "/",
                env={**os.environ, **part.env},
                process_group=0,  # a Ctrl-C at the terminal reaches only us
                preexec_fn=die_with_parent(),
                user=part.user,
                group=part.user,
                extra_groups=None if part.user is None else [],
            )
        self._watcher.watch(self._process.pid)
        self._changed()
        try:
            await self._until_ready(self._process)
        except BaseException:
            await self._bury()
            raise
        self.ready.set()
        self._changed()

    async def _until_ready(self, process: asyncio.subprocess.Process) -> None:
        try:
            async with asyncio.timeout(self.part.ready_within):
                while not await answers(self.part.probe):
                    if process.returncode is not None:
                        raise EndedError(f"it {ending(process.returncode)}")
                    await asyncio.sleep(PROBE_EVERY)
        except TimeoutError:
            raise EndedError(f"it was not ready in {self.part.ready_within:g} s") from None

    async def _bury(self) -> None:
        """The process and what it started are gone, and nobody waits for them."""
        self.ready.clear()
        if process := self._process:
            kill_group(process.pid)
            await process.wait()
            self._watcher.release(process.pid)
        self._process = None
        self._changed()

    def _last_words(self, lines: int = 8) -> str:
        words = self.log.read_text(errors="replace").splitlines()[-lines:]
        return "\n".join(f"  {line[:300]}" for line in (*words, f"(all of it: {self.log})"))


def back_off() -> Iterator[float]:
    """Seconds to wait before each next try: a short moment, doubled up to ten."""
    pause = 0.1
    while True:
        yield pause
        pause = min(10.0, 2 * pause)


async def answers(probe: Probe) -> bool:
    try:
        async with asyncio.timeout(2):
            await probe()
    except Exception:  # noqa: BLE001  whatever a driver raises means "not yet"
        return False
    return True


async def run_to_end(*command: str, user: int | None = None) -> tuple[int, str]:
    """A program that does its work and ends: its code, and what it said. It ends with us."""
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd="/",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        process_group=0,
        preexec_fn=die_with_parent(),
        user=user,
        group=user,
        extra_groups=None if user is None else [],
    )
    try:
        said, _ = await process.communicate()
    except BaseException:
        kill_group(process.pid)
        await process.wait()
        raise
    return process.returncode or 0, said.decode(errors="replace")


def ending(code: int) -> str:
    if code >= 0:
        return f"ended with code {code}"
    return f"was ended by signal {signal.Signals(-code).name}"


def keep_log_short(log: Path) -> None:
    """One older log is kept beside the current one."""
    if log.exists() and log.stat().st_size > LOG_KEPT:
        log.replace(log.with_suffix(".old.log"))
