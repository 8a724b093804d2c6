"""Nobody can make a console keep a large body, signed in or not."""

from collections.abc import AsyncGenerator

import pytest
from opentelemetry.sdk.trace import TracerProvider

from libs.common.body_limit import API_BYTES, PAGE_BYTES
from libs.common.http_app import create_app
from services.console.__main__ import service
from services.console.role import Role
from tests.console.conftest import Console
from tests.console.hires import ALICE

FORM = {"content-type": "application/x-www-form-urlencoded"}
CHUNK = 64 * 1024


@pytest.fixture
def served(console: Console) -> Console:
    """The console as it is served, with all that stands before its routes."""
    app = create_app(service, "token", TracerProvider())
    app.state.running = console.app.state.running
    return Console(app, console.pool)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(f"/hires/{ALICE}/cancel", id="what only who is signed in may do"),
        pytest.param("/sign-in", id="signing in"),
    ],
)
async def test_a_body_that_is_too_long_is_refused_by_its_length(served: Console, path: str) -> None:
    async with served.browser() as http:
        answer = await http.post(path, content=b"a" * (PAGE_BYTES + 1), headers=FORM)
    assert answer.status_code == 413
    assert f"{PAGE_BYTES} bytes at most" in answer.text


async def test_a_body_of_unknown_length_is_read_no_further_than_the_limit(served: Console) -> None:
    sent = 0

    async def endless() -> AsyncGenerator[bytes]:
        nonlocal sent
        for _ in range(1000):
            sent += CHUNK
            yield b"a" * CHUNK

    async with served.browser() as http:
        answer = await http.post(f"/hires/{ALICE}/cancel", content=endless(), headers=FORM)
    assert answer.status_code == 413
    assert sent <= PAGE_BYTES + 2 * CHUNK


async def test_the_largest_form_is_read(served: Console) -> None:
    account = await served.add(Role.HR)
    form = b"login=" + account.login.encode() + b"&password="
    content = form + b"a" * (PAGE_BYTES - len(form))
    async with served.browser() as http:
        assert (await http.post("/sign-in", content=content, headers=FORM)).status_code == 401


async def test_a_message_that_is_mended_may_be_larger(served: Console) -> None:
    token = {"authorization": "Bearer token"}
    async with served.browser() as http:
        for size, status in ((PAGE_BYTES + 1, 422), (API_BYTES + 1, 413)):
            content = b"a" * size
            path = f"/dead-letters/{ALICE}/replay"
            answer = await http.post(path, content=content, headers=token)
            assert answer.status_code == status
