"""A mail server that delivers nothing: it keeps what it accepts in a folder, to be read there.

`python -m farhand.embedded.smtp_sink PORT FOLDER`
"""

import asyncio
import signal
import sys
import time
from pathlib import Path
from typing import Final, cast

from aiosmtpd.smtp import SMTP, Envelope

from farhand.embedded.mail_folder import MailFolder, file_name, message_id

LARGEST: Final = 10 * 1024 * 1024


class Sink:
    """What aiosmtpd asks when a mail comes in."""

    def __init__(self, mail: MailFolder) -> None:
        self._mail = mail
        self._counts = mail.counts()

    async def handle_DATA(self, _server: SMTP, _session: object, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        content = cast("bytes", envelope.original_content)
        id_ = message_id(content)
        self._counts[id_] += 1
        at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        try:
            self._mail.keep(content, at, self._counts[id_], id_)
        except OSError as error:
            self._counts[id_] -= 1
            return f"452 not kept: {error.strerror}"
        return f"250 kept as {file_name(id_)}"


async def serve(port: int, folder: Path) -> None:
    sink = Sink(MailFolder(folder))
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(sink, hostname="farhand.localhost", data_size_limit=LARGEST, loop=loop),
        "127.0.0.1",
        port,
    )
    async with server:
        ending = asyncio.Event()
        for sig in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(sig, ending.set)
        await ending.wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), Path(sys.argv[2])))
