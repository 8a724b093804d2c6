"""Signing in: what guessing costs, what it leaves behind, and what the cookie is."""

import asyncio
import threading
import time

import httpx2
import pytest

from libs.common.clock import wall
from libs.common.database import Pool
from services.console import accounts, audit
from services.console.role import Role
from services.console.web import sign_in_page
from services.console.web.sign_in_page import TRIES_A_MINUTE
from tests.console.conftest import PASSWORD, Console


@pytest.mark.parametrize(
    ("address", "told"),
    [
        pytest.param(
            "https://farhand.example.com", {"cookie", "header"}, id="behind a proxy that speaks TLS"
        ),
        pytest.param("http://127.0.0.1:7100", set[str](), id="on one's own machine"),
    ],
)
async def test_the_cookie_is_secure_where_people_come_over_tls(
    console: Console, monkeypatch: pytest.MonkeyPatch, address: str, told: set[str]
) -> None:
    monkeypatch.setenv("FARHAND_CONSOLE", address)
    account = await console.add(Role.HR)
    async with console.browser() as http:
        answer = await http.post("/sign-in", data={"login": account.login, "password": PASSWORD})
    assert answer.status_code == 303
    in_cookie = "secure" in answer.headers["set-cookie"].lower()
    in_header = "strict-transport-security" in answer.headers
    assert {"cookie": in_cookie, "header": in_header} == {
        "cookie": "cookie" in told,
        "header": "header" in told,
    }


def client(console: Console, address: str) -> httpx2.AsyncClient:
    transport = httpx2.ASGITransport(app=console.app, client=(address, 4711))
    return httpx2.AsyncClient(transport=transport, base_url="http://console")


async def guesses(console: Console, address: str, *logins: str) -> list[int]:
    async with client(console, address) as http:
        return [
            (await http.post("/sign-in", data={"login": login, "password": "guess"})).status_code
            for login in logins
        ]


@pytest.fixture
def one_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """All tries of a test fall into one minute."""
    now = wall()
    monkeypatch.setattr(sign_in_page, "wall", lambda: now)


@pytest.mark.usefixtures("one_minute")
async def test_who_guesses_is_held_back_and_locks_nobody_else_out(console: Console) -> None:
    account = await console.add(Role.ADMINISTRATOR)
    tries = await guesses(console, "192.0.2.1", *[account.login] * (TRIES_A_MINUTE + 1))
    assert (tries[-2], tries[-1]) == (401, 429)
    async with client(console, "192.0.2.2") as http:
        form = {"login": account.login, "password": PASSWORD}
        assert (await http.post("/sign-in", data=form)).status_code == 303


@pytest.mark.usefixtures("one_minute")
async def test_an_address_that_tries_many_logins_is_held_back_without_redis(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in_page, "ADDRESS_A_MINUTE", 5)
    logins = [f"nobody-{number}" for number in range(6)]
    assert await guesses(console, "192.0.2.1", *logins) == [401] * 5 + [429]


async def test_only_tries_on_an_account_are_written_down(console: Console, pool: Pool) -> None:
    account = await console.add(Role.HR)
    await guesses(console, "192.0.2.1", "nobody", "nul\0", account.login)
    told = [(each.action, each.subject) for each in await audit.all_entries(pool)]
    assert told == [("sign_in_refused", str(account.id))]


async def test_two_passwords_at_a_time_are_hashed(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, running, most = threading.Lock(), 0, 0

    def fits(_hashed: str, _password: str) -> bool:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1
        return False

    monkeypatch.setattr(accounts, "_fits", fits)
    await asyncio.gather(*(accounts.signed_in_as(pool, "nobody", "-") for _ in range(12)))
    assert 0 < most <= 2
