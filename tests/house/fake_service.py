"""A service that does nothing but say it is ready: what the supervisor needs to see of one."""

import asyncio
import contextlib
import os
import signal


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        await reader.readuntil(b"\r\n\r\n")
        body = os.environ["FARHAND_SERVICE"].encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
    writer.close()


async def main() -> None:
    port = int(os.environ["FARHAND_HTTP_PORT"])
    server = await asyncio.start_server(answer, "127.0.0.1", port, reuse_port=True)
    ending = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ending.set)
    async with server:
        await ending.wait()


if __name__ == "__main__":
    asyncio.run(main())
