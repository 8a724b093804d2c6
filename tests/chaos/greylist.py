"""A mail server's doorkeeper, who asks strangers to come again later (RFC 6647, greylisting)."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

LATER: Final = b"451 4.7.1 Greylisted, please try again later\r\n"


@dataclass(slots=True)
class Doorkeeper:
    """Passes SMTP on; while it is `strict`, every recipient is refused for now."""

    host: str
    port: int
    strict: bool = False
    refused: int = 0
    at: int = 0
    """the port to hand mail in at"""

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        """One session."""
        try:
            there, back = await asyncio.open_connection(self.host, self.port)
        except OSError:
            writer.transport.abort()
            return
        down = asyncio.create_task(_pass(there, writer))
        try:
            await self._pass_up(reader, back, writer)
        finally:
            back.close()
            await asyncio.wait([down], timeout=1)
            down.cancel()
            writer.close()

    async def _pass_up(
        self, client: StreamReader, server: StreamWriter, back: StreamWriter
    ) -> None:
        in_data = False
        with suppress(OSError):
            while line := await client.readline():
                command = line[:4].upper()
                if self.strict and command == b"RCPT" and not in_data:
                    self.refused += 1
                    back.write(LATER)
                    continue
                in_data = command == b"DATA" or (in_data and line != b".\r\n")
                server.write(line)
                await server.drain()


async def _pass(source: StreamReader, to: StreamWriter) -> None:
    with suppress(OSError):
        while said := await source.read(65536):
            to.write(said)
            await to.drain()


@asynccontextmanager
async def doorkeeper(host: str, port: int) -> AsyncGenerator[Doorkeeper]:
    """A doorkeeper before a mail server, on a port of its own."""
    made = Doorkeeper(host, port)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.at = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
