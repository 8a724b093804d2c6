"""What only a real Chromium can show: a page that changes by itself, and text that stays text."""

from uuid import UUID

import pytest

pytest.importorskip("playwright.async_api")

from playwright.async_api import Page, expect

from libs.common.contracts.onboarding import HireStatus
from tests.console.conftest import Console, tell
from tests.console.hires import CAROL, announced, stands
from tests.console.test_accessibility import (
    browser,  # noqa: F401  # pyright: ignore[reportUnusedImport]  # a fixture
    page,  # noqa: F401  # pyright: ignore[reportUnusedImport]  # a fixture
    site,  # noqa: F401  # pyright: ignore[reportUnusedImport]  # a fixture
)
from tests.console.test_operations import (
    watched,  # noqa: F401  # pyright: ignore[reportUnusedImport]  # a fixture
)

DAVE = UUID(int=4)
STRUCK = "<img src=x onerror='window.struck = 1'><script>window.struck = 1</script>"


async def test_the_board_changes_without_a_reload_and_runs_nothing_that_it_is_told(
    page: Page,  # noqa: F811  # a fixture
    watched: Console,  # noqa: F811  # a fixture
) -> None:
    await page.evaluate("window.stayed = true")
    await expect(page.locator("#live-state")).to_contain_text("Live")

    await tell(watched, stands(HireStatus.READY, CAROL))
    await expect(page.locator(f"#hire-{CAROL}")).to_contain_text("Ready")
    await tell(watched, announced(DAVE, role=STRUCK))
    await expect(page.locator(f"#hire-{DAVE}")).to_contain_text("onerror")

    assert await page.evaluate("window.stayed")
    await page.locator(f"#hire-{DAVE} a").click()
    await expect(page.locator("h1")).to_contain_text("onerror")
    assert await page.evaluate("window.struck === undefined")
