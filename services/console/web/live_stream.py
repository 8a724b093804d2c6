"""`/live`: what has changed, as server-sent events."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Final

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from libs.common.clock import wall
from services.console import sessions
from services.console.live import EVERYTHING, Hub
from services.console.live_topics import told_to
from services.console.policy import Action
from services.console.web.page_route import PageRoute
from services.console.web.visit import COOKIE, Visit, Visiting

router = APIRouter(include_in_schema=False, route_class=PageRoute)

HEARTBEAT_SECONDS: Final = 15.0
GATHER_SECONDS: Final = 0.25
"""What happens within it is told at once: nobody reads faster."""
PAUSE_SECONDS: Final = 0.8
"""After a browser was told: its page looks no sooner again in any case (`live.js`)."""
TOLD_A_SECOND: Final = 25
"""How many browsers one process tells in a second: where more are there, each waits longer, and
what many people look at takes no more of the machine than what few do."""

hub: Final = Hub()


@router.get("/live")
async def live(visit: Visiting) -> StreamingResponse:
    """A stream that names what has changed; the page looks again at what it shows."""
    visit.must(Action.SEE_HIRES)
    headers = {"X-Accel-Buffering": "no"}
    return StreamingResponse(_events(visit), media_type="text/event-stream", headers=headers)


async def _events(visit: Visit) -> AsyncGenerator[str]:
    yield "retry: 2000\n\n"
    app, account, loop = visit.request.app, visit.account, asyncio.get_running_loop()
    checked = loop.time()
    async with hub.joined(visit.pool) as mailbox:
        while app.state.running is not None:
            topics = await _gathered(mailbox)
            if not topics or loop.time() - checked >= HEARTBEAT_SECONDS:
                token = visit.request.cookies.get(COOKIE, "")
                session = await sessions.current(visit.pool, token, wall())
                if session is None:
                    return  # revoked meanwhile: the page learns it when it asks again
                account, checked = session.account, loop.time()
            told = " ".join(sorted(await told_to(visit.pool, account, topics)))
            yield f"event: changed\ndata: {told}\n\n" if told else ": still here\n\n"
            if told:
                await asyncio.sleep(max(PAUSE_SECONDS, hub.browsers / TOLD_A_SECOND))


async def _gathered(mailbox: "asyncio.Queue[str]") -> set[str]:
    """The topics of the next moment; empty if nothing has changed for a while."""
    try:
        first = await asyncio.wait_for(mailbox.get(), HEARTBEAT_SECONDS)
    except TimeoutError:
        return set()
    await asyncio.sleep(GATHER_SECONDS)
    topics = set(first.split())
    while not mailbox.empty():
        topics.update(mailbox.get_nowait().split())
    return {EVERYTHING} if EVERYTHING in topics else topics
