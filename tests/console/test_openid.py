"""Signing in with a real OpenID provider, and all that is refused on the way."""

import re
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc.jwk import RSAKey

from libs.common.contracts.onboarding import PersonErased
from libs.common.database import Pool
from libs.common.settings import Settings, SettingsError
from services.console import accounts, audit
from services.console.erased_accounts import forget_accounts
from services.console.role import Role
from services.console.teams import digest_of
from services.console.web import openid_page
from services.console.web.visit import COOKIE
from tests.console.conftest import PASSWORD, Console
from tests.console.hires import ALICE, BOB, announced, received, told
from tests.console.openid_provider import CLIENT, SECRET, OpenIdProvider, openid_provider

ADA: dict[str, Any] = {
    "sub": "ada-7",
    "preferred_username": "ada",
    "name": "Ada Lovelace",
    "email": "ada@company.example",
    "groups": ["everybody", "people"],
}
ROLES = """
hire: external_id
roles:
  - {claim: groups, holds: people, role: hr}
  - {claim: groups, holds: leads, role: manager}
  - {claim: groups, holds: new, role: worker}
  - {claim: realm_access.roles, holds: sre, role: sre}
"""


@pytest.fixture
def provider(
    console: Console, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[OpenIdProvider]:
    """A provider that the console knows, and where Ada signs in."""
    with openid_provider("http://console/sign-in/openid/back", dict(ADA)) as provider:
        (tmp_path / "roles.yaml").write_text(ROLES)
        (console.app.state.running.tools.settings.secrets / "oidc_client").write_text(SECRET)
        monkeypatch.setenv("FARHAND_OIDC_ISSUER", provider.url)
        monkeypatch.setenv("FARHAND_OIDC_CLIENT", CLIENT)
        monkeypatch.setenv("FARHAND_OIDC_NAME", "Company ID")
        monkeypatch.setenv("FARHAND_OIDC_ROLES", str(tmp_path / "roles.yaml"))
        monkeypatch.setenv("FARHAND_CONSOLE", "http://console")
        yield provider


@pytest.fixture
async def browser(console: Console) -> AsyncGenerator[httpx2.AsyncClient]:
    async with console.browser() as http:
        yield http


async def way_back(browser: httpx2.AsyncClient, path: str = "/sign-in/openid") -> str:
    """Go to the provider, sign in there, and tell where it sends the browser."""
    out = await browser.get(path)
    assert out.status_code == 303
    async with httpx2.AsyncClient(trust_env=False) as there:
        answer = await there.get(out.headers["location"])
    assert answer.status_code == 302, answer.text
    return answer.headers["location"]


async def refusals(pool: Pool) -> list[object]:
    entries = await audit.all_entries(pool)
    return [each.detail.get("why") for each in entries if each.action == "sign_in_refused"]


async def test_somebody_signs_in_and_is_led_to_where_they_wanted_to_go(
    browser: httpx2.AsyncClient, provider: OpenIdProvider, pool: Pool
) -> None:
    assert "Sign in with Company ID" in (await browser.get("/sign-in")).text
    answer = await browser.get(await way_back(browser, "/sign-in/openid?next=/%3Fq%3DPT"))

    assert (answer.status_code, answer.headers["location"]) == (303, "/?q=PT")
    page = await browser.get("/")
    assert "Ada Lovelace" in page.text
    assert "HR operations" in page.text
    entry = (await audit.all_entries(pool))[-1]
    assert (entry.action, entry.detail) == ("sign_in", {"provider": provider.url})


@pytest.mark.usefixtures("provider")
async def test_what_is_asked_for_carries_neither_verifier_nor_secret(
    browser: httpx2.AsyncClient,
) -> None:
    out = await browser.get("/sign-in/openid")
    asked = {
        name: each[0] for name, each in parse_qs(urlsplit(out.headers["location"]).query).items()
    }

    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == "http://console/sign-in/openid/back"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    assert SECRET not in out.headers["location"]
    cookie = out.headers["set-cookie"].lower()
    assert all(each in cookie for each in ("httponly", "samesite=lax", "path=/sign-in/openid"))


@pytest.mark.usefixtures("provider")
async def test_signing_in_again_takes_another_session_and_ends_the_one_before(
    browser: httpx2.AsyncClient, pool: Pool
) -> None:
    await browser.get(await way_back(browser))
    before = browser.cookies[COOKIE]
    await browser.get(await way_back(browser))

    assert browser.cookies[COOKIE] != before
    assert await pool.fetchval("select count(*) from session where ended_at is null") == 1
    assert await pool.fetchval("select count(*) from account") == 1


@pytest.mark.usefixtures("provider")
async def test_an_answer_that_another_browser_asked_for_is_refused(
    console: Console, browser: httpx2.AsyncClient
) -> None:
    back = await way_back(browser)
    async with console.browser() as victim:
        answer = await victim.get(back)
        assert answer.status_code == 401
        assert COOKIE not in victim.cookies
        await victim.get("/sign-in/openid")
        assert (await victim.get(back)).status_code == 401
        assert COOKIE not in victim.cookies


@pytest.mark.usefixtures("provider")
async def test_an_answer_is_taken_once(browser: httpx2.AsyncClient) -> None:
    out = await browser.get("/sign-in/openid")
    async with httpx2.AsyncClient(trust_env=False) as there:
        back = (await there.get(out.headers["location"])).headers["location"]
    cookie = browser.cookies["farhand_openid"]
    assert (await browser.get(back)).status_code == 303
    browser.cookies.clear()
    browser.cookies.set("farhand_openid", cookie)
    assert (await browser.get(back)).status_code == 401


@pytest.mark.usefixtures("provider")
async def test_an_answer_that_comes_too_late_is_refused(
    browser: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = await way_back(browser)
    late = openid_page.wall() + openid_page.LONGEST * 1.1
    monkeypatch.setattr(openid_page, "wall", lambda: late)
    assert (await browser.get(back)).status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"nonce": "of another sign-in"}, id="another nonce"),
        pytest.param({"aud": "another client"}, id="for another client"),
        pytest.param({"aud": [CLIENT, "another"]}, id="for two, and nobody says whose it is"),
        pytest.param({"iss": "https://evil.example"}, id="of another issuer"),
        pytest.param({"exp": 1_700_000_000}, id="expired"),
        pytest.param({"iat": 4_000_000_000}, id="from the future"),
        pytest.param({"sub": ""}, id="of nobody"),
        pytest.param({"sub": "eve-1"}, id="of somebody else than the provider tells about"),
    ],
)
async def test_an_id_token_that_says_anything_else_is_refused(
    browser: httpx2.AsyncClient, provider: OpenIdProvider, wrong: dict[str, Any]
) -> None:
    provider.wrong = wrong
    answer = await browser.get(await way_back(browser))
    assert answer.status_code == 502
    assert COOKIE not in browser.cookies


async def test_an_id_token_under_another_key_is_refused(
    browser: httpx2.AsyncClient, provider: OpenIdProvider
) -> None:
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    assert (await browser.get(await way_back(browser))).status_code == 502


@pytest.mark.usefixtures("provider")
async def test_an_answer_in_the_name_of_another_provider_is_refused(
    browser: httpx2.AsyncClient,
) -> None:
    back = await way_back(browser)
    assert (await browser.get(f"{back}&iss=https%3A%2F%2Fevil.example")).status_code == 502


@pytest.mark.usefixtures("provider")
async def test_who_declines_there_is_not_signed_in_here(browser: httpx2.AsyncClient) -> None:
    back = await way_back(browser)
    declined = re.sub(r"code=[^&]+", "error=access_denied", back)
    answer = await browser.get(declined)
    assert (answer.status_code, "You did not sign in there" in answer.text) == (401, True)


async def test_who_has_no_role_is_told_so_and_may_do_nothing_any_more(
    browser: httpx2.AsyncClient, provider: OpenIdProvider, pool: Pool
) -> None:
    await browser.get(await way_back(browser))
    provider.claims["groups"] = ["everybody"]
    answer = await browser.get(await way_back(browser))

    assert (answer.status_code, "have no role here" in answer.text) == (403, True)
    assert await refusals(pool) == ["no role"]
    assert (await browser.get("/")).status_code == 403


@pytest.mark.usefixtures("provider")
async def test_an_account_that_was_closed_here_stays_closed(
    browser: httpx2.AsyncClient, pool: Pool
) -> None:
    await browser.get(await way_back(browser))
    [(account, *_)] = await accounts.all_accounts(pool)
    async with pool.acquire() as conn:
        await accounts.close(conn, account.id, openid_page.wall())

    assert (await browser.get(await way_back(browser))).status_code == 403
    assert await refusals(pool) == ["closed"]
    assert (await browser.get("/")).status_code == 303


async def test_the_account_of_an_erased_person_stays_without_a_name(
    browser: httpx2.AsyncClient, provider: OpenIdProvider, pool: Pool
) -> None:
    provider.claims |= {"groups": ["new"], "external_id": str(ALICE)}
    await browser.get(await way_back(browser))
    erased = PersonErased.model_validate(PersonErased.example | {"hire_id": ALICE})
    async with pool.acquire() as conn, conn.transaction():
        await forget_accounts.project(conn, received(erased))

    assert (await browser.get(await way_back(browser))).status_code == 403
    [(account, *_)] = await accounts.all_accounts(pool)
    assert account.name == "Erased"


async def test_a_provider_never_opens_a_local_account_of_the_same_name(
    console: Console, browser: httpx2.AsyncClient, provider: OpenIdProvider
) -> None:
    local = await console.add(Role.ADMINISTRATOR)
    provider.claims["preferred_username"] = local.login
    await browser.get(await way_back(browser))

    assert (await browser.get("/accounts")).status_code == 403
    async with console.browser() as http:
        form = {"login": local.login, "password": PASSWORD}
        assert (await http.post("/sign-in", data=form)).status_code == 303
        assert (await http.get("/accounts")).status_code == 200


async def test_a_manager_sees_the_team_that_their_address_leads(
    browser: httpx2.AsyncClient, provider: OpenIdProvider, console: Console, pool: Pool
) -> None:
    provider.claims |= {"groups": ["leads"], "email": "Lead@company.example"}
    await told(pool, announced(ALICE), announced(BOB))
    key = console.app.state.running.tools.settings.secret("master_key")
    lead = digest_of("lead@company.example", key)
    await pool.execute("update hire set manager = $1 where hire_id = $2", lead, ALICE)
    await browser.get(await way_back(browser))
    board = (await browser.get("/")).text
    assert (f"hire-{ALICE}" in board, f"hire-{BOB}" in board) == (True, False)

    provider.claims["email_verified"] = False
    await browser.get(await way_back(browser))
    assert f"hire-{ALICE}" not in (await browser.get("/")).text


async def test_a_worker_sees_the_hire_that_their_directory_entry_bears(
    browser: httpx2.AsyncClient, provider: OpenIdProvider, pool: Pool
) -> None:
    provider.claims |= {"groups": ["new"], "external_id": str(ALICE)}
    await told(pool, announced(ALICE), announced(BOB))
    await browser.get(await way_back(browser))
    assert str(ALICE) in (await browser.get("/me")).text
    assert (await browser.get(f"/hires/{BOB}")).status_code == 404


async def test_what_is_told_beside_the_id_token_counts(
    browser: httpx2.AsyncClient, provider: OpenIdProvider
) -> None:
    provider.claims |= {"groups": [], "realm_access": {"roles": ["sre"]}}
    provider.apart = frozenset({"realm_access", "name"})
    await browser.get(await way_back(browser))
    page = (await browser.get("/")).text
    assert "SRE" in page
    assert "Ada Lovelace" in page


async def test_signing_out_offers_to_leave_the_provider_as_well(
    browser: httpx2.AsyncClient, provider: OpenIdProvider
) -> None:
    await browser.get(await way_back(browser))
    page = (await browser.get("/")).text
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', page)
    assert found
    out = await browser.post("/sign-out", data={"csrf": found[1]})
    assert "Sign out of Company ID as well" in (await browser.get(out.headers["location"])).text
    away = (await browser.get("/sign-in/openid/leave")).headers["location"]
    assert away.startswith(f"{provider.url}/logout?client_id={CLIENT}&post_logout_redirect_uri=")
    assert (await browser.get("/")).status_code == 303


async def test_a_provider_that_does_not_answer_is_no_page_of_errors(
    browser: httpx2.AsyncClient, provider: OpenIdProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FARHAND_OIDC_ISSUER", "http://127.0.0.1:1")
    answer = await browser.get("/sign-in/openid")
    assert (answer.status_code, "does not answer" in answer.text) == (503, True)
    monkeypatch.setenv("FARHAND_OIDC_ISSUER", f"{provider.url}/realms/other")
    assert (await browser.get("/sign-in/openid")).status_code == 503


async def test_where_local_accounts_are_off_the_provider_is_the_only_way_in(
    console: Console,
    browser: httpx2.AsyncClient,
    provider: OpenIdProvider,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert provider.claims == ADA
    before = await console.signed_in(Role.ADMINISTRATOR)
    monkeypatch.setenv("FARHAND_LOCAL_ACCOUNTS", "false")
    form = (await browser.get("/sign-in")).text
    assert "Company ID" in form
    assert 'type="password"' not in form
    known = {"login": before.account.login, "password": PASSWORD}
    assert (await browser.post("/sign-in", data=known)).status_code == 403
    assert (await before.get("/")).headers["location"].startswith("/sign-in")
    assert (await browser.get(await way_back(browser))).status_code == 303
    assert (await browser.get("/sessions")).status_code == 200


async def test_without_a_provider_there_is_none_to_go_to(browser: httpx2.AsyncClient) -> None:
    assert (await browser.get("/sign-in/openid")).status_code == 404
    assert "Sign in with" not in (await browser.get("/sign-in")).text


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        pytest.param({"OIDC_ISSUER": "http://id.example"}, "https://", id="without TLS"),
        pytest.param({"OIDC_CLIENT": ""}, "FARHAND_OIDC_CLIENT", id="no client"),
        pytest.param({"CONSOLE": ""}, "FARHAND_CONSOLE", id="no address to come back to"),
        pytest.param({"OIDC_ROLES": "/nowhere"}, "cannot be read", id="no rules"),
        pytest.param(
            {"OIDC_ISSUER": "", "LOCAL_ACCOUNTS": "false"}, "nobody could", id="no way in"
        ),
    ],
)
def test_a_setting_that_is_wrong_is_told_at_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, environment: dict[str, str], says: str
) -> None:
    (tmp_path / "roles.yaml").write_text(ROLES)
    right = {
        "OIDC_ISSUER": "https://id.example",
        "OIDC_CLIENT": CLIENT,
        "OIDC_ROLES": str(tmp_path / "roles.yaml"),
        "CONSOLE": "https://farhand.example",
    }
    settings = Settings(kafka="-", postgres="-", keys="-", secrets=tmp_path)
    for name, value in right.items():
        monkeypatch.setenv(f"FARHAND_{name}", value)
    openid_page.ready(settings)
    for name, value in environment.items():
        monkeypatch.setenv(f"FARHAND_{name}", value)
    with pytest.raises(SettingsError, match=says):
        openid_page.ready(settings)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("roles: []", "roles", id="nobody may"),
        pytest.param(
            "roles: [{claim: a, holds: b, role: king}]", "roles.0.role", id="no such role"
        ),
        pytest.param(
            "roles: [{claim: a, holds: b, role: hr}]\nnames: x", "names", id="a name that is none"
        ),
        pytest.param("- ][", "YAML", id="no YAML"),
    ],
)
def test_rules_that_make_no_sense_are_told_with_their_place(
    tmp_path: Path, text: str, says: str
) -> None:
    (tmp_path / "roles.yaml").write_text(text)
    with pytest.raises(ValueError, match=says):
        openid_page.ClaimRules.read(str(tmp_path / "roles.yaml"))
