"""The places a WireGuard configuration is written to and read back from."""

import asyncio
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from libs.common.effects import Transient
from services.onboarding.vpn.peer_config import (
    Peer,
    ServerConfiguration,
    read_configuration,
    read_dump,
    render_public,
    render_server,
)

WG_SECONDS: Final = 10.0
"""How long a `wg` command may take; it usually takes milliseconds."""


class Server(Protocol):
    """One place that holds the peers."""

    async def apply(self, configuration: ServerConfiguration) -> None:
        """Make the peers exactly these: what is missing is added, what is more is removed."""
        ...

    async def peers(self) -> frozenset[Peer]:
        """The peers as they stand there now."""
        ...


@dataclass(frozen=True, slots=True)
class ConfigurationFile:
    """The configuration as a file without secrets, so that people see it; replaced at once."""

    path: Path

    async def apply(self, configuration: ServerConfiguration) -> None:
        await asyncio.to_thread(_replace, self.path, render_public(configuration))

    async def peers(self) -> frozenset[Peer]:
        return read_configuration(await asyncio.to_thread(_read, self.path))


@dataclass(frozen=True, slots=True)
class Interface:
    """A WireGuard interface of this machine; sessions of peers that stay are not disturbed.

    Needs the `wg` command and the right to configure the network. Raises Transient where either is
    missing or the interface is away.
    """

    name: str
    command: str = "wg"

    async def apply(self, configuration: ServerConfiguration) -> None:
        # Over a pipe, so that the server's private key is never on disk.
        text = render_server(configuration)
        await self._wg("syncconf", self.name, "/dev/stdin", stdin=text.encode())

    async def peers(self) -> frozenset[Peer]:
        return read_dump(await self._wg("show", self.name, "dump"))

    async def _wg(self, *arguments: str, stdin: bytes = b"") -> str:
        doing = f"{self.command} {arguments[0]} {self.name}"
        try:
            process = await asyncio.create_subprocess_exec(
                self.command,
                *arguments,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,  # wg quotes the line it dislikes, keys included
            )
        except OSError as error:
            raise Transient(f"{doing} cannot be run: {error.strerror}") from error
        output = await _within_limit(process, stdin, doing)
        if process.returncode != 0:
            raise Transient(
                f"{doing} ended with {process.returncode}; "
                "see that the interface exists and that the service may configure it"
            )
        return output.decode()


async def _within_limit(process: asyncio.subprocess.Process, stdin: bytes, doing: str) -> bytes:
    try:
        output, _ = await asyncio.wait_for(process.communicate(stdin), WG_SECONDS)
    except TimeoutError as error:
        process.kill()
        await process.wait()
        raise Transient(f"{doing} took more than {WG_SECONDS:g} s") from error
    return output


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(handle)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
