"""A person's data: shown where it is, exported, corrected, erased on request, and proved gone."""

import asyncio
import json
from typing import Any
from uuid import UUID

import pytest

from libs.common.contracts.onboarding import ErasedPlace, HireStatus, PersonErased
from libs.common.database import Pool
from libs.common.sealing import Vault
from services.console import audit
from services.console.naming import named_in
from services.console.person import KEPT
from services.console.role import Role
from services.console.web import hire_actions
from tests.console.conftest import MASTER_KEY, PASSWORD, Browser, Console, tell
from tests.console.hires import ALICE, LAPTOP, NOW, announced, assigned, stands, told
from tests.console.test_actions import REQUEST, until_told

NOOR = {"name": "Noor Haverkamp", "email": "noor@people.example"}
LEAD = {"name": "Lea Lindqvist", "email": "lead@company.example"}
CONFIRMED = {
    "confirm": str(ALICE)[:8],
    "why": "Asked for; the hire was cancelled.",
    "no_duty_to_keep": "true",
}


async def known(pool: Pool) -> Vault:
    """Alice, announced with sealed contacts, and what seals them."""
    vault = Vault.with_master_key(pool, MASTER_KEY)
    worker, manager = [await vault.seal(str(ALICE), each) for each in (NOOR, LEAD)]
    await told(pool, announced(worker=worker, manager=manager), assigned())
    return vault


async def receipt_of(vault: Vault) -> PersonErased:
    key = await vault.fingerprint(str(ALICE))
    assert key
    return PersonErased(
        hire_id=ALICE,
        request_id=UUID(int=1),
        account=UUID(int=2),
        asked_at=NOW,
        erased_at=NOW,
        keys=(key,),
        places=(ErasedPlace(place="identity provider", seen="the account was deleted"),),
    )


async def post(browser: Browser, path: str, **fields: str) -> Any:
    return await browser.post(f"/hires/{ALICE}/data/{path}", request=REQUEST, **fields)


async def test_what_is_stored_is_shown_with_its_place_and_names_nobody(
    console: Console, pool: Pool
) -> None:
    await known(pool)
    page = (await (await console.signed_in(Role.HR)).get(f"/hires/{ALICE}/data")).text

    assert [each.place for each in KEPT if each.place not in page] == []
    assert "Noor" not in page
    assert f"{ALICE}/data/erase" in page


async def test_the_export_holds_all_and_explains_itself_and_is_written_down(
    console: Console, pool: Pool
) -> None:
    await known(pool)
    hr = await console.signed_in(Role.HR)
    answer = await post(hr, "export")

    assert "attachment" in answer.headers["content-disposition"]
    told = answer.json()
    assert told["contact"] == NOOR
    assert told["facts"]["role"] == "ML engineer"
    assert [task["task_id"] for task in told["tasks"]] == [str(LAPTOP)]
    assert [each["event"] for each in told["story"]] == ["hire.announced.v1", "task.assigned.v1"]
    assert {each["place"] for each in told["places"]} == {each.place for each in KEPT}
    unexplained = {"explanation", "made_at", "hire_id", "status", "last_day"}
    assert [
        name for name in told if name not in unexplained | set(told["explanation"].split("'"))
    ] == []
    assert "lead@company.example" not in answer.text
    assert [each.action for each in await audit.about(pool, str(ALICE))] == ["export_person"]


async def test_a_worker_has_their_own_data_and_nobody_else_s(console: Console, pool: Pool) -> None:
    await known(pool)
    mine = await console.signed_in(Role.WORKER, hire_id=ALICE)
    assert (await post(mine, "export")).json()["contact"] == NOOR

    another = await console.signed_in(Role.WORKER, hire_id=LAPTOP)
    assert (await post(another, "export")).status_code == 404


@pytest.mark.parametrize("role", [Role.IT, Role.LEGAL, Role.SRE, Role.AUDITOR, Role.EXECUTIVE])
async def test_who_may_not_is_refused(console: Console, pool: Pool, role: Role) -> None:
    await known(pool)
    browser = await console.signed_in(role)
    corrected = {"name": "N", "email": "n@people.example", "why": "A typo."}
    answers = [
        await post(browser, "export"),
        await post(browser, "correct", **corrected),
        await post(browser, "erase", **CONFIRMED),
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert await audit.all_entries(pool) == []


async def test_a_correction_leaves_sealed(live: Console) -> None:
    await tell(live, announced())
    hr = await live.signed_in(Role.HR)
    corrected = {"name": "Noor Haverkamp-Silva", "email": "noor@people.example"}
    answer = await post(hr, "correct", why="A double name.", **corrected)
    assert answer.headers["location"] == f"/hires/{ALICE}/data?said=waiting"

    story = await until_told(live.pool, "contact.correction_requested.v1")
    assert "worker" not in story
    [entry] = await audit.about(live.pool, str(ALICE))
    assert entry.detail == {"why": "A double name."}
    row = await live.pool.fetchval(
        "select count(*) from outbox where convert_from(body, 'UTF8') like '%Silva%'"
    )
    assert row == 0


async def test_an_erasure_is_asked_for_with_its_reason(live: Console) -> None:
    await tell(live, announced(), stands(HireStatus.CANCELLED))
    hr = await live.signed_in(Role.HR)
    await post(hr, "erase", **CONFIRMED)

    asked = await until_told(live.pool, "person.erasure_requested.v1")
    assert (asked["no_duty_to_keep"], asked["why"]) == (True, CONFIRMED["why"])
    assert asked["asked"]["account"] == str(hr.account.id)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("confirm", "another", id="another hire's id"),
        pytest.param("confirm", "", id="nothing typed to confirm"),
        pytest.param("why", "Because.", id="hardly a reason"),
        pytest.param("why", "Noor Haverkamp asked for it.", id="a reason that names the person"),
    ],
)
async def test_an_erasure_without_confirmation_or_reason_is_not_asked_for(
    console: Console, pool: Pool, field: str, value: str
) -> None:
    await known(pool)
    hr = await console.signed_in(Role.HR)
    answer = await post(hr, "erase", **{**CONFIRMED, field: value})

    assert answer.status_code == 422
    assert await pool.fetchval("select count(*) from outbox") == 0


async def test_the_receipt_is_held_against_the_keys_each_time_it_is_looked_at(
    console: Console, pool: Pool
) -> None:
    vault = await known(pool)
    receipt = await receipt_of(vault)
    await told(pool, stands(HireStatus.CANCELLED), receipt)
    hr = await console.signed_in(Role.HR)
    assert (
        "is there. Tell whoever runs the key database"
        in (await hr.get(f"/hires/{ALICE}/data")).text
    )

    await vault.erase(str(ALICE))
    page = (await hr.get(f"/hires/{ALICE}/data")).text
    assert "do not open, and none of these keys is left" in page
    assert receipt.keys[0] in page
    assert "/data/erase" not in page

    file = (await hr.get(f"/hires/{ALICE}/data/receipt")).json()
    assert (file["event"], file["keys"]) == ("person.erased.v1", list(receipt.keys))
    auditor = await console.signed_in(Role.AUDITOR)
    assert (await auditor.get(f"/hires/{ALICE}/data")).status_code == 200


async def test_an_export_of_somebody_erased_tells_what_is_left(
    console: Console, pool: Pool
) -> None:
    vault = await known(pool)
    await vault.erase(str(ALICE))
    answer = await post(await console.signed_in(Role.HR), "export")

    assert answer.json()["contact"] == {"name": "erased", "email": "erased"}
    assert "Haverkamp" not in answer.text


async def test_who_is_erased_signs_in_no_more_and_their_account_names_nobody(
    live: Console,
) -> None:
    worker = await live.signed_in(Role.WORKER, hire_id=ALICE)
    vault = live.app.state.running.tools.vault
    sealed = await vault.seal(str(ALICE), NOOR)
    await tell(live, announced(worker=sealed, manager=sealed))
    receipt = await receipt_of(vault)
    await tell(live, stands(HireStatus.CANCELLED), receipt)
    async with asyncio.timeout(20):
        while (await worker.get("/")).status_code == 200:
            await asyncio.sleep(0.05)

    form = {"login": worker.account.login, "password": PASSWORD}
    assert (await live.browser().post("/sign-in", data=form)).status_code == 401
    row = await live.pool.fetchrow("select * from account where id = $1", worker.account.id)
    assert row
    assert (row["name"], row["login"]) == ("Erased", f"erased-{worker.account.id}")
    async with asyncio.timeout(20):
        while await live.pool.fetchval("select manager from hire where hire_id = $1", ALICE):
            await asyncio.sleep(0.05)


async def test_the_log_of_who_did_what_holds_no_login(console: Console, pool: Pool) -> None:
    admin = await console.signed_in(Role.ADMINISTRATOR)
    await admin.post("/accounts", login="noor@people.example", name="Noor", roles="worker")

    entries = json.dumps([dict(each.detail) for each in await audit.all_entries(pool)])
    assert "noor" not in entries.lower()


@pytest.mark.parametrize(
    ("typed", "is_named"),
    [
        pytest.param("Noor Haverkamp withdrew.", True, id="the whole name"),
        pytest.param("told by NOOR@people.example", True, id="the address, in capitals"),
        pytest.param("Haverkamp withdrew.", True, id="the family name"),
        pytest.param("The candidate withdrew.", False, id="nobody"),
        pytest.param("the noor is closed", False, id="a word that is spelt otherwise"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_text_that_names_somebody_is_found(typed: str, *, is_named: bool) -> None:
    assert named_in([typed], [NOOR, {}]) is is_named


async def test_a_reason_that_names_the_manager_is_not_kept(console: Console, pool: Pool) -> None:
    await known(pool)
    hr = await console.signed_in(Role.HR)
    fields = {"request": REQUEST, "why": "Lindqvist wants it so."}
    answer = await hr.post(f"/hires/{ALICE}/cancel", **fields)

    assert answer.status_code == 422
    assert hire_actions.NAMES_SOMEBODY[:30] in answer.text
    assert await pool.fetchval("select count(*) from outbox") == 0
