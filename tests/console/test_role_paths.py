"""What each role comes for, clicked through in a real Chromium, and decided by the real services.

Everybody signs in by the form, finds what they came for, acts, sees what becomes of it, and stands
in the audit log with it.
"""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta

import pytest

pytest.importorskip("playwright.async_api")

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.async_api import Browser, expect

from libs.common import ids
from libs.common.contracts.onboarding import HireStatus
from libs.common.inbound import Dead
from services.console import accounts
from services.console.role import Role
from tests.console.company import START, company
from tests.console.company_in_browser import LAWFUL, Site, fill_in, find, is_done
from tests.console.conftest import inbound
from tests.console.hires import announced
from tests.console.test_accessibility import (
    browser,  # noqa: F401  # pyright: ignore[reportUnusedImport]  # a fixture
)
from tests.console.test_figures import figure, measured
from tests.infrastructure import Infrastructure
from tests.listening import listening

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
async def site(
    browser: Browser,  # noqa: F811  # a fixture
    infrastructure: Infrastructure,
    template: Callable[[str], Awaitable[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncGenerator[Site]:
    """One company for all roles; in Portugal, legal has confirmed what was in doubt."""
    async with AsyncExitStack() as stack:
        dsns = {
            name: await stack.enter_async_context(
                infrastructure.databases.copy_of(await template(name))
            )
            for name in ("console", "onboarding", "compliance")
        }
        folder = tmp_path_factory.mktemp("company")
        hiring = await stack.enter_async_context(company(infrastructure, dsns, folder))
        url = await stack.enter_async_context(listening(hiring.console.app))
        first = await hiring.hire(LAWFUL, role="Office manager")
        async with AsyncExitStack() as pages:
            found = Site(url, hiring, browser, pages)
            await found.until(first, HireStatus.CHECKING)
            await found.until_confirmed(first)
            yield found


async def test_hr_answers_a_question_moves_the_start_and_calls_the_hire_off(site: Site) -> None:
    hire_id = await site.company.hire(LAWFUL, role="Technical writer", probation=None)
    await site.until(hire_id, HireStatus.CHECKING)
    page = await site.sign_in(Role.HR)
    await find(page, "Technical writer")
    task = page.locator("#tasks li").filter(has_text="How long is the probation?")
    await task.locator("input[name=answer]").fill("P90D")
    await task.get_by_role("button", name="Answer").click()
    await is_done(page)
    await expect(page.locator("#hire-head .pill")).to_have_text("Provisioning")
    await site.audit_shows(Role.HR, "task closed")

    later = START + timedelta(days=7)
    head = page.locator("#hire-head")
    await fill_in(head, "Move start", "Move it", starts_on=str(later), why="Agreed with the team.")
    await is_done(page)
    await expect(head).to_contain_text(f"{later.day} Dec")
    await site.audit_shows(Role.HR, "start moved")

    await fill_in(head, "Cancel hire", "Cancel the hire", why="The candidate withdrew.")
    await is_done(page)
    await expect(page.locator("#hire-head .pill")).to_have_text("Cancelled")
    await site.audit_shows(Role.HR, "hire cancelled")


async def test_hr_erases_somebody_and_is_shown_the_receipt(site: Site) -> None:
    hire_id, page = await site.newcomer("Interpreter", Role.HR)
    head = page.locator("#hire-head")
    await fill_in(head, "Cancel hire", "Cancel the hire", why="The candidate withdrew.")
    await is_done(page)

    await page.get_by_role("link", name="What is stored about the person").click()
    await page.locator("#person-head summary", has_text="Erase").click()
    form = page.locator("#person-head details[open]")
    await form.locator("[name=why]").fill("Asked for; the hire was cancelled.")
    await form.locator("[name=no_duty_to_keep]").check()
    await form.locator("[name=confirm]").fill(str(hire_id)[:8])
    await form.get_by_role("button", name="Erase for ever").click()
    receipt = page.locator("#receipt")
    await expect(receipt).to_contain_text("Receipt of the erasure")
    await expect(receipt).to_contain_text("do not open, and none of these keys is left")
    await site.audit_shows(Role.HR, "person erased")


async def test_it_does_its_task_ends_access_now_and_gives_it_back(site: Site) -> None:
    hire_id = await site.company.hire(LAWFUL, role="Illustrator")
    await site.until(hire_id, HireStatus.PROVISIONING)
    page = await site.sign_in(Role.IT)
    await page.locator("#filters select[name=turn]").select_option("it")
    await page.wait_for_url("**turn=it**")
    await page.get_by_role("link", name="Illustrator", exact=True).click()
    task = page.locator("#tasks li").filter(has_text="Order a laptop")
    await fill_in(task, "With evidence", "Mark as done", evidence="order 4711")
    await is_done(page)
    await expect(task).to_contain_text("done ")
    await site.audit_shows(Role.IT, "task closed")

    vpn = page.locator("#access li").filter(has_text="VPN")
    await fill_in(vpn, "End now", "End it now", why="The laptop was reported stolen.")
    await is_done(page)
    await expect(page.locator("#block")).to_contain_text("was ended by hand")
    await site.audit_shows(Role.IT, "access ended")

    await expect(page.locator("#access")).to_contain_text(" to ")
    await fill_in(vpn.first, "Restore", "Restore it", why="It was found again.")
    await is_done(page)
    await expect(page.locator("#block")).to_have_count(0)
    await site.audit_shows(Role.IT, "access restored")


async def test_it_gives_a_task_to_hr_who_has_it_then(site: Site) -> None:
    _, page = await site.newcomer("Translator", Role.IT)
    task = page.locator("#tasks li").filter(has_text="Order a laptop")
    await task.locator("summary", has_text="Give to").click()
    await task.locator("select[name=owner]").select_option("hr")
    await task.locator("details.act[open] input[name=why]").fill("They have the contract.")
    await task.get_by_role("button", name="Give it", exact=True).click()
    await is_done(page)
    await expect(task.locator(".task-meta")).to_contain_text("HR")
    await expect(task.get_by_role("button", name="Mark as done")).to_have_count(0)
    await site.audit_shows(Role.IT, "given to another role")

    page = await site.sign_in(Role.HR)
    await find(page, "Translator")
    task = page.locator("#tasks li").filter(has_text="Order a laptop")
    await task.get_by_role("button", name="Mark as done", exact=True).first.click()
    await is_done(page)
    await expect(task).to_contain_text("done ")


async def test_legal_answers_what_is_in_doubt_about_a_law(site: Site) -> None:
    hire_id = await site.company.hire("IE", role="Translator")
    await site.until(hire_id, HireStatus.CHECKING)
    page = await site.sign_in(Role.LEGAL)
    await page.get_by_role("link", name="Law").click()
    question = page.locator("article.question").filter(has_text="Ireland").first
    asked = await question.get_by_role("heading").inner_text()
    await question.locator("[name=evidence]").fill("The Act as published.")
    await question.get_by_role("button", name="Yes, it holds").click()
    answered = page.locator("#answered tr").filter(has_text=asked)
    await expect(answered).to_contain_text("The Act as published.")
    await expect(page.locator("article.question").filter(has_text=asked)).to_have_count(0)
    await site.audit_shows(Role.LEGAL, "question of law answered")


async def test_a_manager_does_theirs_and_reaches_no_other_team(site: Site) -> None:
    mine = await site.company.hire(LAWFUL, role="Accountant")
    theirs = await site.company.hire(LAWFUL, role="Photographer")
    for hire_id in (mine, theirs):
        await site.until(hire_id, HireStatus.PROVISIONING)
    page = await site.sign_in(Role.MANAGER, manager=site.company.lead_of("Accountant"))
    await expect(page.locator("#rows tbody tr")).to_have_count(1)
    await page.get_by_role("link", name="Accountant", exact=True).click()
    task = page.locator("#tasks li").filter(has_text="Name a buddy")
    await task.get_by_role("button", name="Mark as done").click()
    await is_done(page)
    await expect(task).to_contain_text("done ")
    await site.audit_shows(Role.MANAGER, "task closed")

    answer = await page.goto(f"{site.url}/hires/{theirs}")
    assert answer
    assert answer.status == 404
    await expect(page.locator("main")).to_contain_text("not one that you can see")
    await expect(page.locator("main")).not_to_contain_text("Photographer")


async def test_an_sre_mends_a_dead_letter_and_what_waited_follows(site: Site) -> None:
    kernel = site.company.console.app.state.running.kernel
    lost = ids.ordered()
    good = announced(lost, role="Librarian")
    told = inbound(good)
    broken = replace(told, body=told.body.replace(b'"Librarian"', b"null"))
    [result] = await kernel.engine.submit([broken])
    assert isinstance(result, Dead)

    page = await site.sign_in(Role.SRE)
    await page.get_by_role("link", name="Operations").click()
    await page.get_by_role("link", name="hire.announced.v1").click()
    mended = page.get_by_label("What it says")
    await expect(mended).to_have_value(re.compile("null"))
    await page.get_by_label("Why", exact=True).fill("The role was left out.")
    await page.get_by_role("button", name="Replay as it stands here").click()
    await expect(page.get_by_role("alert")).to_contain_text("profile.role")
    await mended.fill(good.model_dump_json())
    await page.get_by_role("button", name="Replay as it stands here").click()
    await expect(page.get_by_role("status").filter(has_text="Handled")).to_be_visible()
    await expect(page.get_by_role("link", name="hire.announced.v1")).to_have_count(0)
    await find(page, "Librarian")
    await site.audit_shows(Role.SRE, "mended what was set aside")


async def test_an_executive_reads_the_figures_and_changes_nothing(site: Site) -> None:
    days = [figure(str(90_000 + 7_000 * day), day) for day in range(9)]
    await measured(site.company.console.pool, *days)
    hire_id = await site.company.hire(LAWFUL, role="Curator")
    await site.until(hire_id, HireStatus.PROVISIONING)
    page = await site.sign_in(Role.EXECUTIVE)
    await page.get_by_role("link", name="Figures").click()
    await expect(page.locator("#funnel")).to_contain_text("Ready for day one")
    await page.get_by_role("link", name="Time from announced to ready").first.click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Time from announced")
    await find(page, "Curator")
    await expect(page.locator("main form")).to_have_count(0)
    await site.audit_shows(Role.EXECUTIVE, "signed in")


async def test_an_auditor_reads_the_log_and_takes_it_along(site: Site) -> None:
    page = await site.sign_in(Role.AUDITOR)
    await page.get_by_role("link", name="Audit log").click()
    await expect(page.get_by_role("status").first).to_contain_text("The chain holds")
    async with page.expect_download() as waiting:
        await page.get_by_role("link", name="Export").click()
    download = await waiting.value
    assert download.suggested_filename == "farhand-audit.jsonl"
    await site.audit_shows(Role.AUDITOR, "signed in")


async def test_a_worker_sees_their_own_start_and_does_what_is_asked(site: Site) -> None:
    hire_id = await site.company.hire(LAWFUL, role="ML engineer")
    other = await site.company.hire(LAWFUL, role="Proofreader")
    await site.until(hire_id, HireStatus.PROVISIONING)
    await site.until(other, HireStatus.PROVISIONING)
    page = await site.sign_in(Role.WORKER, hire_id=hire_id)
    await expect(page.get_by_role("heading", level=1)).to_contain_text("My start")
    task = page.locator("#mine li").filter(has_text="Read and acknowledge")
    await task.get_by_role("button", name="Mark as done").first.click()
    notice = page.locator("p.notice[role=status]")
    await expect(notice).to_have_text(re.compile("Not done: this task needs evidence: the version"))
    await fill_in(task, "With evidence", "Mark as done", evidence="notice 2026-2")
    await is_done(page)
    await expect(task).to_contain_text("done ")
    await site.audit_shows(Role.WORKER, "task closed")

    answer = await page.goto(f"{site.url}/hires/{other}")
    assert answer
    assert answer.status == 404


async def test_a_newcomer_finds_what_is_blocked_learns_why_and_sees_it_go_on(site: Site) -> None:
    hire_id = await site.company.hire(LAWFUL, role="Cartographer", probation="P365D")
    await site.until(hire_id, HireStatus.BLOCKED)
    page = await site.sign_in(*accounts.FIRST_ROLES)
    board = await page.context.new_page()
    await board.goto(site.url)
    row = board.locator(f"#hire-{hire_id}")
    await expect(row).to_contain_text("Blocked")
    await board.evaluate("window.stayed = true")

    await page.get_by_role("link", name=re.compile("^Blocked")).click()
    await page.get_by_role("link", name="Cartographer", exact=True).click()
    await expect(page.locator("#block")).to_contain_text("The probation of 365 days")
    finding = page.locator("#decision li").filter(has_text="not met")
    await expect(finding).to_contain_text("What resolves it")
    await fill_in(
        finding,
        "Waive",
        "Waive it",
        until=str(START + timedelta(days=30)),
        why="An amendment with a shorter probation is being signed.",
    )
    await is_done(page)
    await expect(page.locator("#hire-head .pill")).to_have_text("Provisioning")
    await expect(page.locator("#block")).to_have_count(0)
    await expect(finding).to_contain_text("waived until")
    await expect(row).to_contain_text("Provisioning")
    assert await board.evaluate("window.stayed")
    await site.audit_shows(min(accounts.FIRST_ROLES), "finding waived")


async def test_a_form_of_another_site_does_nothing(site: Site) -> None:
    hire_id = await site.company.hire(LAWFUL, role="Archivist")
    await site.until(hire_id, HireStatus.PROVISIONING)
    page = await site.sign_in(Role.HR)
    bait = FastAPI()

    @bait.get("/")
    def trap() -> HTMLResponse:  # pyright: ignore[reportUnusedFunction]  # served
        action = f"{site.url}/hires/{hire_id}/cancel"
        fields = f'<input name="why" value="Win!"><input name="request" value="{ids.ordered()}">'
        return HTMLResponse(
            f'<form method="post" action="{action}">{fields}<button>Win a prize</button></form>'
        )

    async with listening(bait) as elsewhere:
        await page.goto(elsewhere)
        async with page.expect_response("**/cancel") as waiting:
            await page.get_by_role("button", name="Win a prize").click()
        assert (await waiting.value).status == 403
    await expect(page.locator("main")).to_contain_text("This came from another site")
    await page.goto(f"{site.url}/hires/{hire_id}")
    await expect(page.locator("#hire-head .pill")).to_have_text("Provisioning")


async def test_a_browser_that_is_not_one_s_own_is_signed_out_from_the_list(site: Site) -> None:
    page = await site.sign_in(Role.HR)
    await page.locator("details.menu summary").click()
    login = await page.locator(".menu-body strong").inner_text()
    elsewhere = await site.enter(login)
    await page.get_by_role("link", name="Where you are signed in").click()
    rows = page.locator("tbody tr")
    await expect(rows).to_have_count(2)
    await rows.filter(has_not_text="this one").get_by_role("button", name="End").click()
    await expect(rows).to_have_count(1)

    await elsewhere.reload()
    await elsewhere.wait_for_url("**/sign-in**")
    await site.audit_shows(Role.HR, "session ended")
