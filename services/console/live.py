"""What has changed, told to every browser of this process: one PostgreSQL listener for all of them.

The projections notify in their own transaction, so a browser is told exactly what was committed,
and never before. Nothing is kept: a browser that comes or comes back looks again once it is
listened for, since something may have changed after its page was made.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

from libs.common.database import TRANSIENT, Pool

log = logging.getLogger(__name__)

CHANNEL: Final = "console"
EVERYTHING: Final = "*"
"""Told when something may have been missed: look again at whatever is shown."""

RETRY_SECONDS: Final = 1.0

MAILBOX: Final = 100
"""Changes that wait for a browser; one that does not read looks again at everything, later."""


@dataclass(slots=True)
class Hub:
    """The browsers of one process; listens only while there is one."""

    _mailboxes: "set[asyncio.Queue[str]]" = field(default_factory=set["asyncio.Queue[str]"])
    _listening: "asyncio.Task[None] | None" = None
    _hears: bool = False

    @property
    def browsers(self) -> int:
        """How many are there."""
        return len(self._mailboxes)

    @asynccontextmanager
    async def joined(self, pool: Pool) -> AsyncGenerator["asyncio.Queue[str]"]:
        """A mailbox that gets the topics of each change until the browser leaves."""
        mailbox: asyncio.Queue[str] = asyncio.Queue(MAILBOX)
        self._mailboxes.add(mailbox)
        if self._hears:
            mailbox.put_nowait(EVERYTHING)
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen(pool))
        try:
            yield mailbox
        finally:
            self._mailboxes.discard(mailbox)
            await self._rest()

    def tell(self, topics: str) -> None:
        """Pass topics on to every browser."""
        for mailbox in self._mailboxes:
            if mailbox.full():
                while not mailbox.empty():
                    mailbox.get_nowait()
                mailbox.put_nowait(EVERYTHING)
            else:
                mailbox.put_nowait(topics)

    async def _rest(self) -> None:
        """Listen no more once nobody is there."""
        if not self._mailboxes and self._listening is not None:
            listening, self._listening = self._listening, None
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening

    async def _listen(self, pool: Pool) -> None:
        while True:
            try:
                await self._until_lost(pool)
            except TRANSIENT as error:
                log.info("live updates wait on: %s", type(error).__name__)
            await asyncio.sleep(RETRY_SECONDS)

    async def _until_lost(self, pool: Pool) -> None:
        lost = asyncio.Event()

        def heard(_conn: Any, _pid: int, _channel: str, topics: object) -> None:
            self.tell(str(topics))

        async with pool.acquire() as conn:
            conn.add_termination_listener(lambda _conn: lost.set())
            await conn.add_listener(CHANNEL, heard)
            self._hears = True
            self.tell(EVERYTHING)
            try:
                await lost.wait()
            finally:
                self._hears = False
                with suppress(*TRANSIENT):
                    await conn.remove_listener(CHANNEL, heard)
