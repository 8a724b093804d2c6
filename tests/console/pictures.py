"""The pictures of the README, taken of a copy that runs: `python -m tests.console.pictures`.

Run while `make demo` stays up; `FARHAND_HOME` and `FARHAND_PORT_BASE` say which copy.
"""

import asyncio
from pathlib import Path
from typing import Final

from playwright.async_api import Page, ViewportSize

from farhand.settings import OFFSETS, Settings
from tests.console.chromium import chromium

DOCS: Final = Path(__file__).parents[2] / "docs"
SIZE: Final[ViewportSize] = {"width": 1280, "height": 860}


async def take() -> None:
    """The board, the story of a hire that is blocked, and the board of figures."""
    settings = Settings.from_env()
    url = f"http://127.0.0.1:{settings.port_base + OFFSETS['console']}"
    password = (settings.home / "secrets" / "console_password").read_text().strip()
    async with chromium() as browser:
        context = await browser.new_context(viewport=SIZE, locale="en-GB")
        page = await context.new_page()
        await page.goto(f"{url}/sign-in")
        await page.fill("input[name=login]", "admin")
        await page.fill("input[name=password]", password)
        await page.press("input[name=password]", "Enter")
        await page.wait_for_selector("#rows")
        await keep(page, "console")
        await page.goto(f"{url}/?status=blocked")
        await page.locator("a.row-link").first.click()
        await page.wait_for_selector("#story")
        await keep(page, "hire")
        await page.goto(f"{url}/figures")
        await keep(page, "figures")


async def keep(page: Page, name: str) -> None:
    """The first screen of a page, once it is live, as a file of the documentation."""
    await page.wait_for_selector("#live-state.on")
    await page.screenshot(path=DOCS / f"{name}.png")


if __name__ == "__main__":
    asyncio.run(take())
