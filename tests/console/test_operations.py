"""Dead letters and deliveries are read, mended and settled from the console, and written down."""

from collections.abc import AsyncGenerator
from dataclasses import replace

import httpx2
import pytest
from opentelemetry.sdk.trace import TracerProvider

from libs.common.http_app import create_app
from libs.common.inbound import Dead
from libs.common.kernel import Kernel
from services.console import audit
from services.console.__main__ import service
from services.console.operations import Operations, path_of, read_figures
from services.console.role import Role
from services.console.web import operations_page
from tests.console.conftest import Console, inbound
from tests.console.hires import ALICE, announced


@pytest.fixture
async def watched(live: Console) -> AsyncGenerator[Console]:
    """A console that watches itself: its own operations API stands for those of all services."""
    api = create_app(service, "token", TracerProvider())
    api.state.running = live.app.state.running
    http = httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=api), headers={"Authorization": "Bearer token"}
    )
    known = {"console": "http://console"}
    live.app.dependency_overrides[operations_page.asked] = lambda: Operations(http, known)
    async with http:
        yield live


async def a_dead_letter(console: Console) -> str:
    """The id of a letter whose body lacks what its contract asks for; a second message waits."""
    kernel: Kernel = console.app.state.running.kernel
    good = inbound(announced())
    broken = replace(good, id="broken", body=b'{"hire_id": "<i>nobody</i>"}')
    first, _ = await kernel.engine.submit([broken, good])
    assert isinstance(first, Dead)
    letter = await console.pool.fetchval("select id from dead_letter where status = 'open'")
    return str(letter)


async def test_the_page_shows_how_each_service_does_and_what_was_set_aside(
    watched: Console,
) -> None:
    letter = await a_dead_letter(watched)
    sre = await watched.signed_in(Role.SRE)
    text = (await sre.get("/operations")).text
    assert "Dead letters of console" in text
    assert f"/operations/console/letters/{letter}" in text
    assert "hire.announced.v1" in text


async def test_a_letter_is_opened_mended_and_what_waited_behind_it_follows(
    watched: Console,
) -> None:
    letter = await a_dead_letter(watched)
    sre = await watched.signed_in(Role.SRE)
    page = (await sre.get(f"/operations/console/letters/{letter}")).text
    assert "&lt;i&gt;nobody" in page
    assert "<i>nobody" not in page

    fields = {"path": f"/dead-letters/{letter}", "why": "a typo", "decision": "mend"}
    answer = await sre.post(
        "/operations/console/settle", body=announced().model_dump_json(), **fields
    )
    assert answer.headers["location"] == "/operations?became=applied"
    assert await watched.pool.fetchval("select announced from hire where hire_id = $1", ALICE)
    done = [(each.action, each.subject) for each in await audit.all_entries(watched.pool)]
    subject = f"console/dead-letters/{letter}"
    assert done == [("open_set_aside", subject), ("mend_set_aside", subject)]


async def test_a_letter_that_fails_again_is_told_so(watched: Console) -> None:
    letter = await a_dead_letter(watched)
    sre = await watched.signed_in(Role.SRE)
    fields = {"path": f"/dead-letters/{letter}", "why": "try again", "decision": "replay"}
    answer = await sre.post("/operations/console/settle", **fields)
    assert "it failed again" in (await sre.get(answer.headers["location"])).text


async def test_who_may_only_look_can_neither_open_nor_settle(watched: Console) -> None:
    letter = await a_dead_letter(watched)
    it = await watched.signed_in(Role.IT)
    assert "Replay the chosen" not in (await it.get("/operations")).text
    assert (await it.get(f"/operations/console/letters/{letter}")).status_code == 403
    fields = {"path": f"/dead-letters/{letter}", "why": "try again", "decision": "discard"}
    assert (await it.post("/operations/console/settle", **fields)).status_code == 403
    legal = await watched.signed_in(Role.LEGAL)
    assert (await legal.get("/operations")).status_code == 403


@pytest.mark.parametrize(
    ("path", "status"),
    [
        pytest.param("/hooks/standard", 422, id="a front door"),
        pytest.param("/dead-letters/../resume", 422, id="a way out"),
        pytest.param(f"/dead-letters/{ALICE}", 502, id="no such letter"),
    ],
)
async def test_nothing_but_what_was_set_aside_can_be_settled(
    watched: Console, path: str, status: int
) -> None:
    sre = await watched.signed_in(Role.SRE)
    fields = {"path": path, "why": "try again", "decision": "discard"}
    assert (await sre.post("/operations/console/settle", **fields)).status_code == status


async def test_a_service_that_does_not_answer_is_shown_so() -> None:
    async with httpx2.AsyncClient(timeout=1) as http:
        [health] = await Operations(http, {"notify": "http://127.0.0.1:1"}).health()
    assert (health.ready, health.why) == (False, "it does not answer")


def test_a_delivery_s_id_cannot_lead_elsewhere() -> None:
    assert path_of("quarantine", "standard", "a/../b?x") == "/quarantine/standard/a%2F..%2Fb%3Fx"


def test_samples_are_summed_by_name() -> None:
    text = (
        "# HELP farhand_consumer_lag x\n"
        'farhand_consumer_lag{service="notify",topic="a"} 2.0\n'
        'farhand_consumer_lag{service="notify",topic="b"} 3.0\n'
        'farhand_messages_total{result="applied"} 7.0\n'
        'farhand_messages_created{result="applied"} 1.7e9\n'
        "python_gc 1.0\n"
    )
    assert read_figures(text) == {"farhand_consumer_lag": 5.0, "farhand_messages": 7.0}
