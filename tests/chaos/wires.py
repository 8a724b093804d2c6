"""Wires between services and what they stand on, which can be slow, or cut."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

from tests.chaos.faults import Condition

SLOW_SECONDS: Final = 0.1
CHUNK: Final = 65536


@dataclass(slots=True)
class Wire:
    """Passes bytes on in both directions; `cut` ends what is connected, and refuses what comes."""

    host: str
    port: int
    condition: Condition = Condition.SOUND
    at: int = 0
    """the port to connect to in place of the other"""
    harmed: int = 0
    """how often it slowed bytes down, cut a connection, or refused one"""
    _ends: set[StreamWriter] = field(default_factory=set[StreamWriter])

    def be(self, condition: Condition) -> None:
        """Change for the worse or the better."""
        self.condition = condition
        if condition is Condition.CUT:
            self.harmed += len(self._ends)
            for end in self._ends:
                end.transport.abort()

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """One connection, as long as it lasts."""
        if self.condition is Condition.CUT:
            self.harmed += 1
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_connection(self.host, self.port)
        except OSError:
            writer.transport.abort()
            return
        self._ends |= {writer, back}
        both = [
            asyncio.create_task(self._pass(reader, back)),
            asyncio.create_task(self._pass(there, writer)),
        ]
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in both:
                task.cancel()
            self._ends -= {writer, back}
            for end in (writer, back):
                end.close()

    async def _pass(self, source: StreamReader, to: StreamWriter) -> None:
        with suppress(OSError):
            while said := await source.read(CHUNK):
                if self.condition is Condition.SLOW:
                    self.harmed += 1
                    await asyncio.sleep(SLOW_SECONDS)
                to.write(said)
                await to.drain()


@asynccontextmanager
async def wire(host: str, port: int) -> AsyncGenerator[Wire]:
    """A wire to an address, on a port of its own."""
    made = Wire(host, port)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.at = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        made.be(Condition.CUT)
