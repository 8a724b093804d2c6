"""A real Chromium over a console that is served: of the system, or from Playwright's own store."""

import os
import shutil
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Final

import pytest
from playwright.async_api import Browser, Error, async_playwright

from services.console.web.visit import COOKIE

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@asynccontextmanager
async def chromium() -> AsyncGenerator[Browser]:
    """FARHAND_CHROMIUM, else one that is installed; without any, the test is skipped."""
    given = os.environ.get("FARHAND_CHROMIUM")
    path = given or next(filter(None, map(shutil.which, NAMES)), None)
    async with AsyncExitStack() as stack:
        try:
            # Playwright's driver raises a bare Exception where it lacks a library of the system.
            playwright = await stack.enter_async_context(async_playwright())
            browser = await playwright.chromium.launch(
                executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"]
            )
        except Exception as error:
            if given or not (isinstance(error, Error) or type(error) is Exception):
                raise
            why = str(error)[:80]
            pytest.skip(f"no Chromium: install one, or name it in FARHAND_CHROMIUM ({why})")
        yield browser
        await browser.close()


def signed_in(url: str, token: str, **more: str) -> list[Any]:
    """The cookies of a session, and others."""
    cookies = {COOKIE: token, "zone": "Europe/Lisbon", **more}
    return [{"name": name, "value": value, "url": url} for name, value in cookies.items()]
