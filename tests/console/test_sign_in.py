"""Signing in: what guessing costs, what it leaves behind, and what the cookie is."""

import pytest

from services.console.role import Role
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
