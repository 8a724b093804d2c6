"""The company's console in a real Chromium, and what everybody does there: find, fill in."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import pytest

pytest.importorskip("playwright.async_api")

from playwright.async_api import Browser, Locator, Page, expect

from libs.common import ids
from libs.common.contracts.onboarding import HireStatus
from services.console import accounts
from services.console.role import Account, Role
from services.console.teams import digest_of
from tests.console.company import Company
from tests.console.conftest import MASTER_KEY, PASSWORD
from tests.console.hires import NOW

PATIENCE_SECONDS: Final = 30.0
"""A machine may be busy; on a quiet one everything is there at once."""
LAWFUL: Final = "PT"
"""The place whose law legal has confirmed."""

expect.set_options(timeout=PATIENCE_SECONDS * 1000)


@dataclass(slots=True)
class Site:
    """The company's console in a browser, and everybody who is signed in to it."""

    url: str
    company: Company
    browser: Browser
    open: AsyncExitStack
    auditor: Page | None = field(default=None)

    async def sign_in(
        self, *roles: Role, manager: str | None = None, hire_id: UUID | None = None
    ) -> Page:
        """A page of somebody new with these roles, who has just signed in by the form."""
        account = Account(
            id=ids.ordered(),
            login=f"{'-'.join(sorted(roles))}-{ids.ordered().hex[-6:]}",
            name=f"Ada of {min(roles)}",
            roles=frozenset(roles),
            manager=digest_of(manager, MASTER_KEY) if manager else None,
            hire_id=hire_id,
        )
        async with self.company.console.pool.acquire() as conn:
            assert await accounts.add(conn, account, PASSWORD, NOW)
        return await self.enter(account.login)

    async def until_confirmed(self, hire_id: UUID) -> None:
        """Have legal confirm what is asked, until nothing keeps the hire from going on."""
        reached = asyncio.create_task(self.until(hire_id, HireStatus.PROVISIONING))
        while not reached.done():
            await self.company.confirm_law(LAWFUL)
            await asyncio.wait([reached], timeout=0.3)
        await reached

    async def newcomer(self, role: str, seen_by: Role) -> tuple[UUID, Page]:
        """A hire whose tasks are open, and a page of somebody with a role that shows it."""
        hire_id = await self.company.hire(LAWFUL, role=role)
        await self.until(hire_id, HireStatus.PROVISIONING)
        page = await self.sign_in(seen_by)
        await find(page, role)
        return hire_id, page

    async def enter(self, login: str) -> Page:
        """Sign in by the form, in a browser that knows nothing yet."""
        context = await self.browser.new_context(
            viewport={"width": 1440, "height": 900}, locale="en-GB", timezone_id="Europe/Lisbon"
        )
        self.open.push_async_callback(context.close)
        page = await context.new_page()
        page.set_default_timeout(PATIENCE_SECONDS * 1000)
        await page.goto(self.url)
        await page.get_by_label("Login").fill(login)
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in", exact=True).click()
        await expect(page.get_by_role("heading", level=1)).not_to_contain_text("Farhand")
        return page

    async def until(self, hire_id: UUID, *statuses: HireStatus) -> None:
        """Wait until the console shows a hire in one of these states."""
        row: str | None = None
        async with asyncio.timeout(PATIENCE_SECONDS):
            while row not in statuses:
                await asyncio.sleep(0.05)
                query = "select status from hire where hire_id = $1 and announced"
                row = await self.company.console.pool.fetchval(query, hire_id)

    async def audit_shows(self, who: Role, deed: str) -> None:
        """The audit log, as an auditor reads it, tells that somebody of a role did something."""
        if self.auditor is None:
            self.auditor = await self.sign_in(Role.AUDITOR)
        await self.auditor.goto(f"{self.url}/audit")
        row = self.auditor.get_by_role("row").filter(has_text=f"Ada of {who}").filter(has_text=deed)
        await expect(row.first).to_be_visible()
        await expect(self.auditor.get_by_role("status").first).to_contain_text("The chain holds")


async def find(page: Page, role: str) -> None:
    """Search for a hire on the board, and open it."""
    await page.get_by_label("Search hires").fill(role)
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name=role, exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text(role)


async def fill_in(form: Locator, label: str, submit: str, **fields: str) -> None:
    """Open the form behind a button, fill it in by the names of its fields, and send it."""
    await form.locator("summary", has_text=label).click()
    opened = form.locator("details.act[open]")
    for name, text in fields.items():
        await opened.locator(f"[name={name}]").fill(text)
    await opened.get_by_role("button", name=submit, exact=True).click()


async def is_done(page: Page) -> None:
    await expect(page.locator("p.notice[role=status]")).to_have_text("Done.")
