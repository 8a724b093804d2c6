"""A wire to PostgreSQL that can be cut at the worst moment: committed, and not told so."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Wire:
    """Passes bytes on, and swallows the answers to so many of the commits to come."""

    dsn: str
    host: str
    port: int
    cuts: int = 0
    cut: int = 0
    tasks: set["asyncio.Task[None]"] = field(default_factory=set["asyncio.Task[None]"])

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        there, back = await asyncio.open_connection(self.host, self.port)
        cutting = asyncio.Event()
        up = asyncio.create_task(self.pass_up(reader, back, cutting))
        down = asyncio.create_task(self.pass_down(there, writer, cutting))
        for task in (up, down):
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        await asyncio.wait([up, down], return_when=asyncio.FIRST_COMPLETED)
        for end in (writer, back):
            end.close()

    async def pass_up(self, client: StreamReader, server: StreamWriter, cut: asyncio.Event) -> None:
        with suppress(OSError):
            while said := await client.read(65536):
                if self.cuts and b"COMMIT" in said:
                    self.cuts -= 1
                    cut.set()
                server.write(said)
                await server.drain()

    async def pass_down(
        self, server: StreamReader, client: StreamWriter, cut: asyncio.Event
    ) -> None:
        with suppress(OSError):
            while said := await server.read(65536):
                if cut.is_set():
                    self.cut += 1
                    return
                client.write(said)
                await client.drain()


@asynccontextmanager
async def wire_to(dsn: str) -> AsyncGenerator[Wire]:
    parts = urlsplit(dsn)
    wire = Wire("", parts.hostname or "127.0.0.1", parts.port or 5432)
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    login = parts.netloc.rpartition("@")[0]
    port = server.sockets[0].getsockname()[1]
    wire.dsn = parts._replace(netloc=f"{login}@127.0.0.1:{port}").geturl()
    try:
        yield wire
    finally:
        server.close()
        for task in list(wire.tasks):
            task.cancel()
        await asyncio.gather(*wire.tasks, return_exceptions=True)
