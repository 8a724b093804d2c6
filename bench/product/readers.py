"""People who keep the board open meanwhile: browsers that do what the page's own script does."""

import asyncio
import re
import time
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import httpx2

from farhand.errors import StackError

SOONEST_SECONDS: Final = 0.9
"""Between two looks of one browser (`services/console/static/live.js`)."""
PATIENCE_SECONDS: Final = 60.0
SEE_OTHER: Final = 303
LOOKS_AGAIN: Final = {"x-farhand-look": "1"}
CHANGED: Final = re.compile(r"^data: .*(?:\bhires\b|\*)")


@dataclass(slots=True)
class Looks:
    """How long each look at the board took, in seconds."""

    seconds: list[float] = field(default_factory=list[float])

    def share(self, part: float) -> float:
        """How long the look took that is as quick as so much of all, or quicker; 0 without any."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


@asynccontextmanager
async def reading(url: str, password: str, readers: int) -> AsyncGenerator[Looks]:
    """So many browsers with a live board until the end; each that fails ends the measurement."""
    looks = Looks()
    async with AsyncExitStack() as stack:
        cookies = await _signed_in(url, password) if readers else {}
        browsers = [
            await stack.enter_async_context(
                httpx2.AsyncClient(
                    base_url=url, cookies=cookies, timeout=PATIENCE_SECONDS, trust_env=False
                )
            )
            for _ in range(readers)
        ]
        async with asyncio.TaskGroup() as group:
            open_ = [group.create_task(_keep_open(each, looks)) for each in browsers]
            yield looks
            for each in open_:
                each.cancel()


async def _signed_in(url: str, password: str) -> dict[str, str]:
    """The cookie of a session; all browsers are of one person, whose password is hashed once."""
    async with httpx2.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS, trust_env=False) as http:
        form = {"login": "admin", "password": password, "next": "/"}
        answer = await http.post("/sign-in", data=form)
        if answer.status_code != SEE_OTHER:
            raise StackError(f"the console let no reader in: it answered {answer.status_code}")
        return dict(http.cookies)


async def _keep_open(http: httpx2.AsyncClient, looks: Looks) -> None:
    (await http.get("/")).raise_for_status()
    changed = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(_look(http, changed, looks))
        async with http.stream("GET", "/live", timeout=None) as stream:
            async for line in stream.aiter_lines():
                if CHANGED.match(line):
                    changed.set()


async def _look(http: httpx2.AsyncClient, changed: asyncio.Event, looks: Looks) -> None:
    while True:
        await changed.wait()
        changed.clear()
        began = time.monotonic()
        (await http.get("/", headers=LOOKS_AGAIN)).raise_for_status()
        looks.seconds.append(time.monotonic() - began)
        await asyncio.sleep(max(0.0, SOONEST_SECONDS - (time.monotonic() - began)))
