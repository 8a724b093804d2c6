"""Every page in real Chromium: WCAG 2.2 AA by axe, light and dark, phone to wide; and the keyboard.

With FARHAND_SCREENSHOTS, a folder, each page is kept there as a picture.
"""

import os
from collections.abc import AsyncGenerator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any, Final, Literal
from uuid import UUID

import pytest

pytest.importorskip("playwright.async_api")
pytest.importorskip("axe_playwright_python")

from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.async_api import Browser, BrowserContext, Page

from libs.common.contracts.compliance import LawQuestioned
from libs.common.contracts.metrics import KeyResultChanged, KeyResultOffCourse
from libs.common.contracts.onboarding import HireStatus
from libs.common.contracts.values import Owner
from services.console.figures import follow_key_results
from services.console.role import Role
from tests.console.chromium import chromium, signed_in
from tests.console.conftest import Console, tell
from tests.console.hires import BOB, CAROL, announced, assigned, blocked, decided, received, stands
from tests.console.test_figures import figure, measured
from tests.console.test_operations import (
    a_dead_letter,
    watched,  # noqa: F401  # pyright: ignore[reportUnusedImport]  # a fixture
)
from tests.listening import listening

RULES: Final = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
THEMES: Final[tuple[Literal["light", "dark"], ...]] = ("light", "dark")
OPTIONS: Final = {"runOnly": RULES, "resultTypes": ["violations"]}
WIDTHS: Final = (390, 1440)
HEIGHT: Final = 900
EVERYTHING: Final = tuple(set(Role) - {Role.WORKER})


@dataclass(frozen=True, slots=True)
class Site:
    """A console with something on every page, and who is signed in to it."""

    url: str
    office: str
    worker: str
    letter: str

    def pages(self) -> Iterator[tuple[str, str, str]]:
        """The name of each page, its path, and the token of who looks at it."""
        for name, path in {
            "board": "/",
            "board-nothing-fits": "/?status=cancelled",
            "hire": f"/hires/{CAROL}",
            "hire-blocked": f"/hires/{BOB}",
            "person": f"/hires/{CAROL}/data",
            "law": "/law",
            "figures": "/figures",
            "figure": "/figures/time-to-ready",
            "operations": "/operations",
            "set-aside": f"/operations/console/letters/{self.letter}",
            "audit": "/audit",
            "accounts": "/accounts",
            "sessions": "/sessions",
            "error": "/hires/nobody",
        }.items():
            yield name, path, self.office
        yield "me", "/me", self.worker
        yield "sign-in", "/sign-in", ""


@pytest.fixture(scope="module")
async def browser() -> AsyncGenerator[Browser]:
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def site(browser: Browser, watched: Console) -> AsyncGenerator[Site]:  # noqa: F811  # a fixture
    assert browser.is_connected()  # asked for first: nothing is started where there is none
    letter = await a_dead_letter(watched)
    await tell(watched, announced(BOB), stands(HireStatus.BLOCKED, BOB), blocked(BOB))
    await tell(watched, LawQuestioned.model_validate(LawQuestioned.example))
    async with watched.pool.acquire() as conn, conn.transaction():
        await follow_key_results.project(conn, received(*key_results()))
    await measured(watched.pool, *[figure(str(90000 + 7000 * day), day) for day in range(9)])
    await tell(watched, *about_carol())
    office = await watched.signed_in(*EVERYTHING)
    worker = await watched.signed_in(Role.WORKER, hire_id=CAROL)
    async with listening(watched.app) as url:
        yield Site(url, token(office), token(worker), letter)


def about_carol() -> list[Any]:
    own = assigned(CAROL, UUID(int=31), Owner.WORKER)
    return [announced(CAROL), assigned(CAROL), own, decided(CAROL)]


def key_results() -> list[Any]:
    told = KeyResultChanged.model_validate(KeyResultChanged.example)
    return [told, KeyResultOffCourse.model_validate(KeyResultOffCourse.example)]


def token(browser: Any) -> str:
    return next(iter(browser.http.cookies.values()))


@pytest.mark.timeout(600)
async def test_no_page_violates_wcag(
    browser: Browser, site: Site, subtests: pytest.Subtests
) -> None:
    async with AsyncExitStack() as contexts:
        looking: dict[str, BrowserContext] = {}
        for name, path, who in site.pages():
            if who not in looking:
                looking[who] = await contexts.enter_async_context(await browser.new_context())
                await looking[who].add_cookies(signed_in(site.url, who))
            page = await looking[who].new_page()
            await page.goto(site.url + path)
            for theme, width in product(THEMES, WIDTHS):
                with subtests.test(name, theme=theme, width=width):
                    await page.emulate_media(color_scheme=theme)
                    await page.set_viewport_size({"width": width, "height": HEIGHT})
                    await keep(page, f"{name}-{theme}-{width}")
                    await assert_accessible(page)
                    wider = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
                    assert wider <= 0, f"the page scrolls sideways, by {wider}"
            await page.close()


async def assert_accessible(page: Page) -> None:
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE_SCRIPT)
    found = AxeResults(await page.evaluate("options => axe.run(options)", OPTIONS))
    assert found.violations_count == 0, found.generate_report()


async def keep(page: Page, name: str) -> None:
    if folder := os.environ.get("FARHAND_SCREENSHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.fixture
async def page(browser: Browser, site: Site) -> AsyncGenerator[Page]:
    """The board, in the browser of somebody with every role."""
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    await context.add_cookies(signed_in(site.url, site.office))
    page = await context.new_page()
    await page.goto(site.url)
    yield page
    await context.close()


async def test_all_of_it_can_be_done_with_the_keyboard(page: Page) -> None:
    await page.keyboard.press("Tab")
    assert await focused(page) == "Skip to the content"
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "main"

    await page.keyboard.press("/")
    assert await page.evaluate("document.activeElement.id") == "find"
    await page.keyboard.press("Escape")

    await page.keyboard.press("j")
    assert await focused(page) == "ML engineer"
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert await page.evaluate(outline) == "solid"
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/hires/*")
    await page.keyboard.press("u")
    await page.wait_for_url(lambda url: url.rstrip("/").count("/") == 2)

    await page.keyboard.press("?")
    assert await page.locator("dialog#keys").is_visible()
    await page.keyboard.press("Escape")
    assert not await page.locator("dialog#keys").is_visible()

    await page.clock.install()  # else a slow machine takes longer than "g" waits for its letter
    await page.keyboard.type("gl")
    await page.wait_for_url("**/law")


async def test_what_opens_has_no_violation_either(page: Page, site: Site) -> None:
    await page.locator("details.menu summary").press("Enter")
    await assert_accessible(page)
    await page.goto(f"{site.url}/hires/{BOB}")
    for each in await page.locator("details.act summary").all():
        await each.press("Enter")
    await assert_accessible(page)


async def focused(page: Page) -> str:
    return (await page.evaluate("document.activeElement.textContent")).strip()
