"""An application on a port of its own, in this process."""

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals to pytest."""
        yield


@asynccontextmanager
async def listening(app: Any, **more: Any) -> AsyncGenerator[str]:
    """Its address; `more` goes to uvicorn. What is still being answered at the end is cut."""
    config = uvicorn.Config(
        app, port=0, lifespan="off", log_level="warning", access_log=False, **more
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        while not server.started:
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = server.force_exit = True
        await serving
