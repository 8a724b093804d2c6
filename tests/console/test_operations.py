"""Dead letters and deliveries are read, mended and settled from the console, and written down."""

import json
import re
from collections.abc import AsyncGenerator
from dataclasses import replace

import httpx2
import pytest
from opentelemetry.sdk.trace import TracerProvider

from libs.common import quarantine
from libs.common.http_app import create_app
from libs.common.inbound import Dead
from libs.common.kernel import Kernel
from services.console import audit
from services.console.__main__ import service
from services.console.mending import faults
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


async def test_a_mended_letter_is_held_against_its_contract_before_it_is_sent(
    watched: Console,
) -> None:
    letter = await a_dead_letter(watched)
    sre = await watched.signed_in(Role.SRE)
    told = announced().model_dump(mode="json") | {"announced_at": "soon<i>"}
    body = json.dumps(told)
    fields = {"path": f"/dead-letters/{letter}", "why": "a typo", "decision": "mend"}
    answer = await sre.post("/operations/console/settle", body=body, **fields)

    assert answer.status_code == 422
    assert "<code>announced_at</code>: it is no moment, such as" in answer.text
    assert "soon&lt;i&gt;" in answer.text
    assert 'value="a typo"' in answer.text
    assert await audit.all_entries(watched.pool) == []
    assert await watched.pool.fetchval("select status from dead_letter") == "open"


GOOD = announced().model_dump_json()


@pytest.mark.parametrize(
    ("event", "body", "fields"),
    [
        pytest.param("hire.announced.v1", GOOD, [], id="all is right"),
        pytest.param("hire.announced.v1", "{", ["line 1"], id="no JSON"),
        pytest.param("hire.announced.v1", "[]", ["the body"], id="no object"),
        pytest.param("hire.cancelled.v1", "{}", ["hire_id", "cancelled_at"], id="fields missing"),
        pytest.param(
            "hire.announced.v1",
            GOOD.replace('"PT"', '"Portugal"'),
            ["profile.jurisdiction"],
            id="a wrong value deep inside",
        ),
        pytest.param("LookAgain", "{}", [], id="no event on the wire"),
    ],
)
def test_each_field_that_is_wrong_is_named(event: str, body: str, fields: list[str]) -> None:
    found = faults(event, body)

    assert [each.field for each in found] == fields
    assert not any("Portugal" in each.says for each in found)


async def test_many_deliveries_are_given_up_at_once_with_one_reason(watched: Console) -> None:
    vault = watched.app.state.running.tools.vault
    for name in ("a/1", "b 2"):
        own = quarantine.own_key("standard", name)
        await watched.pool.execute(
            """
            insert into delivery (source, id, status, reason, body, received_at)
            values ('standard', $1, 'quarantined', 'not JSON', $2, now())
            """,
            name,
            await vault.seal_bytes(own, b"{"),
        )
    sre = await watched.signed_in(Role.SRE)
    page = (await sre.get("/operations")).text
    paths = re.findall(r'value="(/quarantine/[^"]+)"', page)
    assert paths == ["/quarantine/standard/a%2F1", "/quarantine/standard/b%202"]
    answer = await sre.http.post(
        "/operations/console/settle",
        data={"csrf": sre.csrf, "why": "not ours", "decision": "discard", "path": paths},
    )
    assert answer.headers["location"] == "/operations?became=discarded"
    states = await watched.pool.fetch("select status, reason from delivery")
    assert {tuple(row) for row in states} == {("discarded", "not JSON; discarded: not ours")}
    assert await watched.pool.fetchval("select count(*) from keys.data_key") == 0


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
