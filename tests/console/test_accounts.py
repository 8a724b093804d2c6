"""Who may sign in is decided by administrators; sessions are seen and ended; the log is read."""

import json

from libs.common.database import Pool
from services.console import accounts, audit
from services.console.audit import Deed
from services.console.role import Role
from services.console.teams import digest_of
from tests.console.conftest import MASTER_KEY, Browser, Console
from tests.console.hires import ALICE, NOW


async def made(admin: Browser, **fields: str) -> str:
    """The password of a new account, as the page shows it once."""
    answer = await admin.post("/accounts", **{"login": "lea", "name": "Lea", **fields})
    assert answer.status_code == 201, answer.text
    return answer.text.partition('<code class="password">')[2].partition("<")[0]


async def test_a_new_account_signs_in_with_the_password_that_is_shown_once(
    console: Console, pool: Pool
) -> None:
    admin = await console.signed_in(Role.ADMINISTRATOR)
    password = await made(admin, roles="manager", address=" Lead@Company.example ")
    account = await accounts.signed_in_as(pool, "LEA", password)
    assert account is not None
    assert account.roles == {Role.MANAGER}
    assert account.manager == digest_of("lead@company.example", MASTER_KEY)
    assert password not in (await admin.get("/accounts")).text
    assert [each.action for each in await audit.all_entries(pool)] == ["add_account"]


async def test_a_login_is_given_once(console: Console) -> None:
    admin = await console.signed_in(Role.ADMINISTRATOR)
    await made(admin, roles="hr")
    again = await admin.post("/accounts", login="Lea", name="Another", roles="it")
    assert (again.status_code, "taken" in again.text) == (409, True)


async def test_an_account_without_a_role_or_for_no_hire_is_not_made(console: Console) -> None:
    admin = await console.signed_in(Role.ADMINISTRATOR)
    assert (await admin.post("/accounts", login="lea", name="Lea")).status_code == 422
    fields = {"login": "lea", "name": "Lea", "roles": "worker", "hire_id": "mine"}
    assert (await admin.post("/accounts", **fields)).status_code == 422


async def test_a_closed_account_is_signed_out_at_once(console: Console) -> None:
    admin = await console.signed_in(Role.ADMINISTRATOR)
    hr = await console.signed_in(Role.HR)
    assert (await hr.get("/")).status_code == 200
    await admin.post(f"/accounts/{hr.account.id}/close")
    assert (await hr.get("/")).status_code == 303
    assert (await admin.post(f"/accounts/{admin.account.id}/close")).status_code == 409


async def test_only_administrators_manage_accounts(console: Console) -> None:
    sre = await console.signed_in(Role.SRE)
    assert (await sre.get("/accounts")).status_code == 403
    fields = {"login": "lea", "name": "Lea", "roles": "administrator"}
    assert (await sre.post("/accounts", **fields)).status_code == 403
    assert (await sre.post(f"/accounts/{ALICE}/close")).status_code == 403


async def test_a_session_is_seen_and_ended_by_its_owner_and_nobody_else(
    console: Console, pool: Pool
) -> None:
    hr, it = await console.signed_in(Role.HR), await console.signed_in(Role.IT)
    session = await pool.fetchval("select id from session where account = $1", hr.account.id)
    assert "Firefox on Linux" in (await hr.get("/sessions")).text
    assert (await it.post(f"/sessions/{session}/end")).status_code == 404
    await hr.post(f"/sessions/{session}/end")
    assert (await hr.get("/")).status_code == 303


async def test_the_log_is_verified_when_it_is_looked_at_and_exported_whole(
    console: Console, pool: Pool
) -> None:
    auditor = await console.signed_in(Role.AUDITOR)
    assert "Nothing yet" in (await auditor.get("/audit")).text
    async with pool.acquire() as conn, conn.transaction():
        for number in range(3):
            deed = Deed(auditor.account.id, "open_contact", str(ALICE), {"number": number})
            await audit.write(conn, deed, NOW)
    assert "The chain holds" in (await auditor.get("/audit")).text
    lines = (await auditor.get("/audit/export")).text.splitlines()
    exported = [json.loads(each) for each in lines]
    assert [each["before"] for each in exported[1:]] == [each["hash"] for each in exported[:-1]]

    await pool.execute("update audit set subject = 'x' where position = 2")
    assert "broken at entry 2" in (await auditor.get("/audit")).text


async def test_the_log_is_read_by_auditors_and_administrators(console: Console) -> None:
    assert (await (await console.signed_in(Role.HR)).get("/audit")).status_code == 403
    assert (await (await console.signed_in(Role.ADMINISTRATOR)).get("/audit")).status_code == 200
    assert (await (await console.signed_in(Role.SRE)).get("/audit/export")).status_code == 403
