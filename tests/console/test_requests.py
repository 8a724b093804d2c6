"""Whatever is asked of its pages and forms, the console answers it with a page, and goes on."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from copy import copy
from pathlib import Path
from typing import Any, Final

import pytest
import requests
import schemathesis
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from libs.common import ids
from libs.common.clock import wall
from libs.common.database import Pool
from services.console import accounts, sessions
from services.console.__main__ import service
from services.console.role import Account, Role
from services.console.sessions import csrf_of
from services.console.web import hire_actions
from services.console.web.pages import PAGES
from services.console.web.visit import COOKIE
from tests.api_requests import DRAWN, Asked
from tests.console.conftest import PASSWORD, inbound
from tests.console.hires import ALICE, LAPTOP, announced, assigned
from tests.garbage import swallowed
from tests.infrastructure import Infrastructure
from tests.served import MASTER_KEY, running_kernel, served

OpenPool = Callable[[str], AbstractAsyncContextManager[Pool]]

ENDS_THE_SESSION: Final = ("/sign-out", "/sessions/{session}/end", "/accounts/{account}/close")
STAYS_OPEN: Final = "/live"
LEFT_OUT: Final = (*ENDS_THE_SESSION, STAYS_OPEN)
"""What has tests of its own, and would end this one."""

KNOWN: Final = {"hire_id": str(ALICE), "task_id": str(LAPTOP)}
"""What there is; often one of these is asked for."""

FORM: Final = "application/x-www-form-urlencoded"

AWAY: Final = frozenset({502, 503})
"""Other services do not run here: the console says so."""


def schema_of_pages(csrf: str) -> dict[str, Any]:
    """An OpenAPI of pages and forms, which publish none, for a session with such a token."""
    schema = get_openapi(title="console", version="1", routes=list(routes()))
    for path in schema["paths"].values():
        for method, operation in path.items():
            operation["responses"] = {"default": {"description": "a page, whatever it says"}}
            for taken in operation.get("parameters", ()):
                if known := KNOWN.get(taken["name"]):
                    taken["schema"] = {"anyOf": [{"const": known}, taken["schema"]]}
            if method == "post":
                body = operation.setdefault("requestBody", {"content": {FORM: {"schema": {}}}})
                content = body["content"][FORM]
                content["schema"] = with_token(schema, content["schema"], csrf)
    return schema


def with_token(schema: Mapping[str, Any], form: Mapping[str, Any], csrf: str) -> dict[str, Any]:
    """The same form with the token that every form of a session has to bring."""
    said = schema["components"]["schemas"].get(form.get("$ref", "").rpartition("/")[2], {})
    return {
        "type": "object",
        "properties": {**said.get("properties", {}), "csrf": {"const": csrf}},
        "required": [*said.get("required", ()), "csrf"],
    }


def routes() -> Iterator[APIRoute]:
    """Each page and form but what is left out."""
    for module in PAGES:
        for route in module.router.routes:
            if isinstance(route, APIRoute) and route.path not in LEFT_OUT:
                shown = copy(route)
                shown.include_in_schema = True
                yield shown


@DRAWN
@pytest.mark.timeout(180)
async def test_every_request_is_answered_with_a_page_and_no_garbage_stops_it(
    infrastructure: Infrastructure,
    service_pool: OpenPool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hire_actions, "PATIENCE_SECONDS", 0.1)
    for name in ("api_token", "console_password"):
        (tmp_path / name).write_text(PASSWORD)
    (tmp_path / "master_key").write_text(MASTER_KEY)
    async with (
        service_pool("console") as pool,
        running_kernel(service, infrastructure, pool, tmp_path) as kernel,
        served(service, kernel) as url,
    ):
        await kernel.engine.submit([inbound(event) for event in (announced(), assigned())])
        token, csrf = await session_of_everybody(pool)
        schema: Any = schemathesis.openapi.from_dict(schema_of_pages(csrf))
        with requests.Session() as http:
            asked = Asked(url, {"cookie": f"{COOKIE}={token}"}, http, away=AWAY)
            await asyncio.to_thread(asked.ask_all_of, schema)
            still = await asyncio.to_thread(
                http.get, f"{url}/hires/{ALICE}", headers=asked.headers, allow_redirects=False
            )
        became = await swallowed(service, kernel)
        assert kernel.alive
        assert kernel.readiness() is None
    print(asked, dict(became))  # noqa: T201
    assert became["Dead"] > became.total() / 4
    assert asked.failed == []
    assert asked.undocumented == set()
    assert asked.answers.total() >= 100
    assert still.status_code == 200, "the session went on to the end"
    assert asked.answers[200] >= 15, "it asked as somebody who is let in"


async def session_of_everybody(pool: Pool) -> tuple[str, str]:
    """The cookie and the forms' token of somebody who may do all there is."""
    account = Account(ids.ordered(), "everybody", "Ada", frozenset(Role), None, None)
    async with pool.acquire() as conn:
        assert await accounts.add(conn, account, PASSWORD, wall())
        token = await sessions.begin(conn, account.id, "Firefox on Linux", wall())
    return token, csrf_of(token)
