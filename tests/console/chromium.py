"""A real Chromium over a console that is served: of the system, or from Playwright's own store."""

import asyncio
import os
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final

import pytest
import uvicorn
from playwright.async_api import Browser, Error, async_playwright

from services.console.web.visit import COOKIE

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@asynccontextmanager
async def chromium() -> AsyncGenerator[Browser]:
    """FARHAND_CHROMIUM, else one that is installed; without any, the test is skipped."""
    given = os.environ.get("FARHAND_CHROMIUM")
    path = given or next(filter(None, map(shutil.which, NAMES)), None)
    async with async_playwright() as playwright:
        try:
            browser = await playwright.chromium.launch(
                executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"]
            )
        except Error as error:
            if given:
                raise
            pytest.skip(
                f"no Chromium: install one, or name it in FARHAND_CHROMIUM ({error.message[:80]})"
            )
        yield browser
        await browser.close()


class _Server(uvicorn.Server):
    def install_signal_handlers(self) -> None:
        """Signals are pytest's."""


@asynccontextmanager
async def served(app: Any, **more: Any) -> AsyncGenerator[str]:
    """An application on a port of its own; gives its address. `more` goes to uvicorn."""
    server = _Server(uvicorn.Config(app, port=0, log_level="warning", access_log=False, **more))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = server.force_exit = True
    await serving


def signed_in(url: str, token: str, **more: str) -> list[Any]:
    """The cookies of a session, and others."""
    cookies = {COOKIE: token, "zone": "Europe/Lisbon", **more}
    return [{"name": name, "value": value, "url": url} for name, value in cookies.items()]
