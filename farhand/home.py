"""The state folder: who holds it, what runs in it."""

import fcntl
import json
import socket
import time
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from farhand.errors import StackError, told


@dataclass(frozen=True, slots=True, kw_only=True)
class PartState:
    name: str
    title: str
    pid: int | None
    port: int
    ready: bool
    restarts: int
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What an `up` tells other processes about itself."""

    pid: int
    port_base: int
    parts: tuple[PartState, ...]

    @classmethod
    def parse(cls, text: str) -> "Running":
        raw: dict[str, Any] = json.loads(text)
        parts = tuple(PartState(**part) for part in raw["parts"])
        return cls(pid=raw["pid"], port_base=raw["port_base"], parts=parts)


class Home:
    """The state folder of one copy of Farhand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.logs = folder / "logs"
        self.mail = folder / "mail"
        self.secrets = folder / "secrets"
        self.tmp = folder / "tmp"
        self.state = folder / "state.json"
        self.lock = folder / "lock"

    def log(self, part: str) -> Path:
        return self.logs / f"{part}.log"

    def make(self) -> None:
        for folder in (self.logs, self.mail, self.tmp):
            folder.mkdir(exist_ok=True)

    @contextmanager
    def held(self) -> Generator[None]:
        """Only one process works in the folder. Raises StackError with who does."""
        try:
            self._open()
            lock = self.lock.open("a")
        except OSError as error:
            raise told(error, self.folder) from error
        with lock:
            # `status` holds the lock for an instant, so one refusal is not yet an answer
            if not any(_locked(lock.fileno()) or time.sleep(0.1) for _ in range(5)):
                raise StackError(self._who())
            self.state.unlink(missing_ok=True)
            try:
                yield
            finally:
                self.state.unlink(missing_ok=True)

    def running(self) -> Running | None:
        """What runs here now, or None. A state file that a kill -9 left behind does not count."""
        try:
            with self.lock.open() as lock:
                if _locked(lock.fileno()):
                    return None
            return Running.parse(self.state.read_text())
        except FileNotFoundError:
            return None

    def is_held(self) -> bool:
        try:
            with self.lock.open() as lock:
                return not _locked(lock.fileno())
        except FileNotFoundError:
            return False

    def write(self, running: Running) -> None:
        draft = self.state.with_suffix(".new")
        draft.write_text(json.dumps(asdict(running), indent=1))
        draft.replace(self.state)  # a reader sees the old or the new one, never a half

    def _open(self) -> None:
        """Others may pass, because PostgreSQL's user has to; the secrets are closed to them."""
        if not self.folder.exists():
            self.folder.mkdir(parents=True)
            self.folder.chmod(0o755)

    def _who(self) -> str:
        running = self.running()
        who = f" (process {running.pid}, ports from {running.port_base})" if running else ""
        return (
            f"Farhand is already running in {self.folder}{who}. Stop that one with Ctrl-C, or "
            "start another beside it with FARHAND_HOME and FARHAND_PORT_BASE set."
        )


def _locked(fd: int) -> bool:
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def refuse_busy(ports: Iterable[tuple[str, int]], patience: float = 2.0) -> None:
    """Raises StackError when a port is taken; waits a moment for one that is being given up."""
    until = time.monotonic() + patience
    for title, port in ports:
        while not is_free(port):
            if time.monotonic() > until:
                raise StackError(
                    f"Port {port}, which {title} needs, is taken by another program on this "
                    "machine. End that one, or set FARHAND_PORT_BASE to another number "
                    f"(for example FARHAND_PORT_BASE={port // 100 * 100 + 1000})."
                )
            time.sleep(0.1)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            return False
    return True
