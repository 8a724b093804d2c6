"""What is done in the console leaves as an event, once, for who may; who may not is told so."""

import asyncio
import json
from typing import Any
from uuid import UUID

import pytest

from libs.common.contracts.onboarding import HireStatus, RequestRefused, TaskKind
from libs.common.contracts.values import Owner
from libs.common.database import Pool
from services.console import audit
from services.console.audit import first_broken
from services.console.role import Role
from services.console.teams import digest_of
from services.console.web import hire_actions
from tests.console.conftest import MASTER_KEY, Browser, Console, tell
from tests.console.hires import ALICE, LAPTOP, announced, assigned, decided, stands, told

REQUEST = str(UUID(int=91))


async def until_told(pool: Pool, event: str) -> dict[str, Any]:
    """The body of the one event of this name in the story of Alice, once it has gone round."""
    async with asyncio.timeout(20):
        while True:
            rows = await pool.fetch("select body from story where type = $1", event)
            if rows:
                assert len(rows) == 1
                return json.loads(rows[0]["body"])
            await asyncio.sleep(0.05)


async def post(browser: Browser, path: str, **fields: str) -> Any:
    return await browser.post(f"/hires/{ALICE}/{path}", request=REQUEST, **fields)


async def test_a_task_is_closed_by_an_event_and_written_down(live: Console) -> None:
    await tell(live, announced(), assigned())
    it = await live.signed_in(Role.IT)
    answer = await post(it, f"tasks/{LAPTOP}/complete")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/hires/{ALICE}?said=waiting")

    told = await until_told(live.pool, "task.completion_requested.v1")
    assert told["task_id"] == str(LAPTOP)
    assert told["asked"]["account"] == str(it.account.id)
    entries = await audit.all_entries(live.pool)
    assert [(each.account, each.action) for each in entries] == [
        (it.account.id, "task.completion_requested")
    ]
    assert first_broken(entries) is None


async def test_a_form_that_is_sent_twice_counts_once(live: Console) -> None:
    await tell(live, announced(), assigned())
    hr = await live.signed_in(Role.HR)
    await post(hr, "cancel", why="The candidate withdrew.")
    await post(hr, "cancel", why="The candidate withdrew.")
    await until_told(live.pool, "hire.cancellation_requested.v1")
    assert len(await audit.all_entries(live.pool)) == 1


async def test_a_refusal_is_shown_where_it_was_asked(
    live: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hire_actions, "PATIENCE_SECONDS", 10.0)
    await tell(live, announced())
    hr = await live.signed_in(Role.HR)
    asking = asyncio.create_task(post(hr, "start", starts_on="2026-12-20", why="Agreed."))
    told = await until_told(live.pool, "hire.start_move_requested.v1")
    request_id = told["asked"]["request_id"]
    why = "the first day has begun already"
    await tell(live, RequestRefused(hire_id=ALICE, request_id=request_id, why=why))
    answer = await asking
    page = await hr.get(answer.headers["location"])
    assert f"Not done: {why}" in page.text


async def test_what_follows_on_a_request_is_seen_at_once(
    live: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hire_actions, "PATIENCE_SECONDS", 10.0)
    await tell(live, announced())
    hr = await live.signed_in(Role.HR)
    asking = asyncio.create_task(post(hr, "cancel", why="Withdrew."))
    await until_told(live.pool, "hire.cancellation_requested.v1")
    await tell(live, stands(HireStatus.CANCELLED))
    page = await hr.get((await asking).headers["location"])
    assert "Done." in page.text
    assert "Cancelled" in page.text


async def test_a_manager_finds_the_team_by_the_sealed_address(live: Console) -> None:
    vault = live.app.state.running.tools.vault
    contact = {"name": "Lea Lead", "email": "Lead@Company.example"}
    manager = await vault.seal(str(ALICE), contact)
    await tell(live, announced(manager=manager))
    digest = digest_of("lead@company.example", MASTER_KEY)
    lead = await live.signed_in(Role.MANAGER, manager=digest)
    async with asyncio.timeout(20):
        while f"hire-{ALICE}" not in (await lead.get("/")).text:
            await asyncio.sleep(0.05)


async def test_who_may_looks_up_a_contact_and_that_is_written_down(live: Console) -> None:
    vault = live.app.state.running.tools.vault
    worker = await vault.seal(str(ALICE), {"name": "Noor Haverkamp", "email": "n@example.net"})
    await tell(live, announced(worker=worker))
    hr = await live.signed_in(Role.HR)
    assert "Noor Haverkamp" not in (await hr.get(f"/hires/{ALICE}")).text
    shown = await post(hr, "contact")
    assert "Noor Haverkamp" in shown.text
    [entry] = await audit.about(live.pool, str(ALICE))
    assert (entry.account, entry.action, entry.detail) == (hr.account.id, "open_contact", {})

    await vault.erase(str(ALICE))
    assert "erased" in (await post(hr, "contact")).text


@pytest.mark.parametrize(
    ("role", "path", "fields"),
    [
        pytest.param(Role.LEGAL, f"tasks/{LAPTOP}/complete", {}, id="another's task"),
        pytest.param(Role.EXECUTIVE, "cancel", {"why": "No more."}, id="an executive cancels"),
        pytest.param(Role.LEGAL, "access/vpn/withhold", {"why": "Odd."}, id="legal ends access"),
        pytest.param(Role.HR, "access/vpn/restore", {"why": "Fine."}, id="HR restores access"),
        pytest.param(
            Role.HR,
            "waivers/probation",
            {"why": "We would like to.", "until": "2027-01-01"},
            id="HR waives the law",
        ),
        pytest.param(Role.EXECUTIVE, "contact", {}, id="an executive opens a contact"),
        pytest.param(
            Role.IT, "start", {"why": "Later.", "starts_on": "2026-12-20"}, id="IT moves a start"
        ),
    ],
)
async def test_what_a_role_may_not_do_is_refused_and_not_offered(
    console: Console, pool: Pool, role: Role, path: str, fields: dict[str, str]
) -> None:
    await follow(pool)
    browser = await console.signed_in(role)
    assert f"{ALICE}/{path}" not in (await browser.get(f"/hires/{ALICE}")).text
    answer = await post(browser, path, **fields)
    assert answer.status_code == 403
    assert await audit.all_entries(pool) == []


async def follow(pool: Pool) -> None:
    await told(pool, announced(), assigned(), decided())


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        pytest.param("start", {"why": "Later.", "starts_on": "soon"}, id="no date"),
        pytest.param("cancel", {"why": ""}, id="no reason"),
        pytest.param(f"tasks/{LAPTOP}/reassign", {"why": "So.", "owner": "nobody"}, id="no role"),
    ],
)
async def test_a_form_that_makes_no_sense_is_told_and_quotes_nothing(
    console: Console, pool: Pool, path: str, fields: dict[str, str]
) -> None:
    await follow(pool)
    answer = await post(await console.signed_in(Role.HR), path, **fields)
    assert answer.status_code == 422
    assert "soon" not in answer.text


QUESTION = {"kind": TaskKind.QUESTION, "owner": Owner.LEGAL}
APPROVAL = {"title": "Approve: an agreement", "owner": Owner.MANAGER}


@pytest.mark.parametrize(
    ("role", "task", "status"),
    [
        pytest.param(Role.MANAGER, QUESTION, 403, id="a manager takes legal's question"),
        pytest.param(Role.LEGAL, QUESTION, 409, id="legal hands its own question on"),
        pytest.param(Role.MANAGER, {}, 403, id="a manager takes IT's task"),
    ],
)
async def test_a_task_is_not_taken_from_whose_it_is(
    console: Console, pool: Pool, role: Role, task: dict[str, Any], status: int
) -> None:
    await told(pool, announced(), assigned().evolve(**task))
    await pool.execute("update hire set manager = 'lead'")
    asking = await console.signed_in(role, manager="lead")
    assert "/reassign" not in (await asking.get(f"/hires/{ALICE}")).text
    fields = {"why": "So.", "owner": Owner.MANAGER.value}
    assert (await post(asking, f"tasks/{LAPTOP}/reassign", **fields)).status_code == status


async def test_hr_approves_nothing_for_a_manager(console: Console, pool: Pool) -> None:
    await told(pool, announced(), assigned().evolve(**APPROVAL))
    hr = await console.signed_in(Role.HR)
    assert "/complete" not in (await hr.get(f"/hires/{ALICE}")).text
    assert (await post(hr, f"tasks/{LAPTOP}/complete")).status_code == 403
    assert (await post(hr, f"tasks/{LAPTOP}/reject", why="Odd.")).status_code == 403


@pytest.mark.parametrize(
    ("path", "why"),
    [
        pytest.param("cancel", "With\0drew.", id="in a field"),
        pytest.param("access/v%00pn/withhold", "Stolen.", id="in the address"),
    ],
)
async def test_a_text_that_no_database_keeps_is_refused_before_it_is_asked(
    console: Console, pool: Pool, path: str, why: str
) -> None:
    await follow(pool)
    answer = await post(await console.signed_in(Role.HR), path, why=why)
    assert answer.status_code == 422
    assert "NUL" in answer.text


async def test_a_text_that_no_database_keeps_freezes_no_hire(console: Console, pool: Pool) -> None:
    await told(pool, announced(role="ML\0engineer"))
    page = await (await console.signed_in(Role.HR)).get(f"/hires/{ALICE}")
    assert "ML\ufffdengineer" in page.text


async def test_another_team_s_hire_cannot_be_acted_on(console: Console, pool: Pool) -> None:
    await follow(pool)
    manager = await console.signed_in(Role.MANAGER, manager="another")
    fields = {"why": "So.", "owner": Owner.HR.value}
    assert (await post(manager, f"tasks/{LAPTOP}/reassign", **fields)).status_code == 404
