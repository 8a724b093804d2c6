"""A real Chromium over a console that is served: of the system, or from Playwright's own store."""

import os
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
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


def signed_in(url: str, token: str, **more: str) -> list[Any]:
    """The cookies of a session, and others."""
    cookies = {COOKIE: token, "zone": "Europe/Lisbon", **more}
    return [{"name": name, "value": value, "url": url} for name, value in cookies.items()]
