"""The pages, over a real PostgreSQL: who sees what, with data and without, and what is refused."""

import gzip
import re
from datetime import timedelta

import pytest

from libs.common import ids
from libs.common.clock import wall
from libs.common.contracts.onboarding import HireStatus
from libs.common.database import Pool
from services.console import board, sessions
from services.console.board import PAGE
from services.console.role import Role
from services.console.teams import digest_of
from services.console.web.sign_in_page import local
from services.console.web.visit import COOKIE
from tests.console.conftest import MASTER_KEY, PASSWORD, Console
from tests.console.hires import (
    ALICE,
    BOB,
    CAROL,
    DAY,
    START,
    announced,
    assigned,
    blocked,
    decided,
    stands,
    told,
)

LEAD = digest_of("lead@company.example", MASTER_KEY)


async def test_who_is_not_signed_in_is_sent_to_sign_in_and_back(console: Console) -> None:
    async with console.browser() as http:
        answer = await http.get("/?status=blocked&q=PT")
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            "/sign-in?next=/%3Fstatus%3Dblocked%26q%3DPT",
        )
        assert "Sign in" in (await http.get(answer.headers["location"])).text


async def test_signing_in_starts_a_session_and_signing_out_ends_it(console: Console) -> None:
    account = await console.add(Role.HR)
    async with console.browser() as http:
        form = {"login": account.login.upper(), "password": PASSWORD, "next": "/?q=PT"}
        answer = await http.post("/sign-in", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, "/?q=PT")
        cookie = answer.headers["set-cookie"].lower()
        assert all(each in cookie for each in ("httponly", "samesite=lax", "path=/"))
        token = http.cookies[COOKIE]
        assert (await http.get("/")).status_code == 200
        await http.post("/sign-out", data={"csrf": sessions.csrf_of(token)})
    async with console.browser(token) as http:
        assert (await http.get("/")).status_code == 303


@pytest.mark.parametrize(
    ("login", "password"),
    [
        pytest.param(None, "wrong password", id="wrong password"),
        pytest.param("nobody", PASSWORD, id="unknown login"),
        pytest.param("nul\0", PASSWORD, id="what no database can hold"),
        pytest.param("", "", id="nothing"),
    ],
)
async def test_a_wrong_login_or_password_is_refused_in_the_same_words(
    console: Console, login: str | None, password: str
) -> None:
    account = await console.add(Role.HR)
    async with console.browser() as http:
        form = {"login": account.login if login is None else login, "password": password}
        answer = await http.post("/sign-in", data=form)
    assert answer.status_code == 401
    assert "do not belong together" in answer.text
    assert "set-cookie" not in answer.headers


async def test_a_session_ends_when_nobody_asks_for_long(console: Console, pool: Pool) -> None:
    browser = await console.signed_in(Role.HR)
    assert (await browser.get("/")).status_code == 200
    await pool.execute(
        "update session set seen_at = $1", wall() - sessions.IDLE - timedelta(seconds=1)
    )
    assert (await browser.get("/")).status_code == 303


async def test_an_empty_board_says_what_to_do(console: Console) -> None:
    browser = await console.signed_in(Role.HR)
    assert "No hires yet" in (await browser.get("/")).text
    assert "No hire fits" in (await browser.get("/?status=blocked")).text


async def test_the_board_shows_the_late_first_then_the_blocked(
    console: Console, pool: Pool
) -> None:
    await told(pool, announced(ALICE), stands(HireStatus.READY, ALICE))
    await told(pool, announced(BOB), stands(HireStatus.BLOCKED, BOB), blocked(BOB))
    await told(pool, announced(CAROL, starts_on=START - 9 * DAY), assigned(CAROL))
    text = (await (await console.signed_in(Role.EXECUTIVE)).get("/")).text
    assert text.index(f"hire-{CAROL}") < text.index(f"hire-{BOB}") < text.index(f"hire-{ALICE}")
    assert "12 months is longer" in text
    assert "Order a laptop" in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("status=blocked", {BOB}, id="by state"),
        pytest.param("turn=it", {ALICE}, id="by turn"),
        pytest.param("place=US", {CAROL}, id="by country, for its subdivisions"),
        pytest.param("q=california", set[object](), id="a word that nobody has"),
        pytest.param("q=united+research", {CAROL}, id="by several words"),
        pytest.param("q=%25", set[object](), id="a wildcard is a character"),
        pytest.param("q=laptop", {ALICE}, id="by task"),
        pytest.param("q=%00&place=%00", set[object](), id="what no database can hold"),
        pytest.param("look=blocked", {BOB}, id="by urgency"),
        pytest.param(f"starts={START}", {ALICE, BOB, CAROL}, id="by the first day"),
        pytest.param("status=&turn=&place=&starts=&q=", {ALICE, BOB, CAROL}, id="empty filters"),
        pytest.param("page=2", set[object](), id="a page too far"),
    ],
)
async def test_filters_live_in_the_url(
    console: Console, pool: Pool, query: str, found: set[object]
) -> None:
    await told(pool, announced(ALICE), assigned(ALICE))
    await told(pool, announced(BOB), stands(HireStatus.BLOCKED, BOB), blocked(BOB))
    await told(pool, announced(CAROL, jurisdiction="US-CA", role="Research scientist"))
    text = (await (await console.signed_in(Role.HR)).get(f"/?{query}")).text
    assert {hire for hire in (ALICE, BOB, CAROL) if f"hire-{hire}" in text} == found


@pytest.mark.parametrize("query", ["status=sleeping", "page=0", "starts=soon", "look=down"])
async def test_a_filter_that_makes_no_sense_is_told(console: Console, query: str) -> None:
    answer = await (await console.signed_in(Role.HR)).get(f"/?{query}")
    assert answer.status_code == 422
    assert "does not make sense" in answer.text
    assert "Input should" not in answer.text


async def test_what_goes_wrong_is_told_in_the_language_that_was_chosen(console: Console) -> None:
    browser = await console.signed_in(Role.SRE)
    await browser.post("/language", language="de")
    answers = {path: await browser.get(path) for path in ("/hires/nobody", "/nowhere", "/audit")}
    assert {path: each.status_code for path, each in answers.items()} == {
        "/hires/nobody": 422,
        "/nowhere": 404,
        "/audit": 403,
    }
    assert "Eintritt: keine Kennung." in answers["/hires/nobody"].text
    assert "Diese Seite gibt es nicht." in answers["/nowhere"].text
    assert all('lang="de"' in each.text for each in answers.values())


@pytest.mark.parametrize(
    ("raised", "status", "says"),
    [
        pytest.param(RuntimeError("a secret"), 500, "a defect of ours", id="a defect"),
        pytest.param(OSError("a secret"), 503, "Just a moment", id="something is away"),
    ],
)
async def test_a_defect_is_a_page_too_and_quotes_nothing(
    console: Console, monkeypatch: pytest.MonkeyPatch, raised: Exception, status: int, says: str
) -> None:
    async def fail(*_: object) -> None:
        raise raised

    monkeypatch.setattr(board, "page", fail)
    answer = await (await console.signed_in(Role.HR)).get("/")
    assert answer.status_code == status
    assert says in answer.text
    assert "a secret" not in answer.text
    assert answer.headers["content-security-policy"]


async def test_a_story_tells_tasks_law_and_events_and_escapes_all_of_it(
    console: Console, pool: Pool
) -> None:
    script = "<script>alert(1)</script>"
    await told(pool, announced(role=script), assigned(), decided())
    text = (await (await console.signed_in(Role.HR)).get(f"/hires/{ALICE}")).text
    assert "Order a laptop" in text
    assert "Codigo do Trabalho art. 112" in text
    assert script not in text
    assert "<b>the</b>" not in text
    assert "sealed.v1" not in text


async def test_a_manager_sees_the_team_and_nobody_else(console: Console, pool: Pool) -> None:
    await told(pool, announced(ALICE))
    await told(pool, announced(BOB))
    await pool.execute("update hire set manager = $1 where hire_id = $2", LEAD, ALICE)
    manager = await console.signed_in(Role.MANAGER, manager=LEAD)
    board = (await manager.get("/")).text
    assert (f"hire-{ALICE}" in board, f"hire-{BOB}" in board) == (True, False)
    assert (await manager.get(f"/hires/{ALICE}")).status_code == 200
    assert (await manager.get(f"/hires/{BOB}")).status_code == 404


async def test_a_manager_without_a_team_sees_no_hire_without_one(
    console: Console, pool: Pool
) -> None:
    await told(pool, announced(ALICE))
    manager = await console.signed_in(Role.MANAGER)
    assert f"hire-{ALICE}" not in (await manager.get("/")).text


async def test_a_worker_sees_their_own_data_alone(console: Console, pool: Pool) -> None:
    await told(pool, announced(ALICE))
    await told(pool, announced(BOB))
    worker = await console.signed_in(Role.WORKER, hire_id=ALICE)
    assert str(ALICE) in (await worker.get("/me")).text
    assert (await worker.get(f"/hires/{ALICE}")).headers["location"] == "/me"
    assert (await worker.get(f"/hires/{BOB}")).status_code == 404


async def test_a_hire_that_nobody_announced_yet_is_on_no_page(console: Console, pool: Pool) -> None:
    await told(pool, decided())
    browser = await console.signed_in(Role.HR)
    assert "No hires yet" in (await browser.get("/")).text
    assert (await browser.get(f"/hires/{ALICE}")).status_code == 404


async def test_a_form_without_its_token_or_from_elsewhere_does_nothing(console: Console) -> None:
    browser = await console.signed_in(Role.HR)
    assert (await browser.http.post("/sign-out")).status_code == 403
    assert (await browser.http.post("/sign-out", data={"csrf": "guess"})).status_code == 403
    for header in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        data = {"csrf": browser.csrf}
        answer = await browser.http.post("/sign-out", data=data, headers=header)
        assert answer.status_code == 403
    assert (await browser.get("/")).status_code == 200


async def test_every_page_forbids_foreign_and_inline_code(console: Console, pool: Pool) -> None:
    await told(pool, announced(), assigned(), decided())
    browser = await console.signed_in(Role.HR)
    for path in ("/", f"/hires/{ALICE}", "/sign-in", f"/hires/{BOB}"):
        answer = await browser.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert " style=" not in answer.text
        assert " onclick" not in answer.text
        assert "<script>" not in answer.text
        assert answer.headers["cache-control"] == "no-store"


async def test_the_first_page_is_small(console: Console, pool: Pool) -> None:
    await told(pool, *[announced(ids.derived("hire", number)) for number in range(PAGE)])
    browser = await console.signed_in(*set(Role) - {Role.WORKER})
    page = await browser.get("/")
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    modules = [
        path.rpartition("/")[0] + f"/{name}.js" for path in files[:1] for name in ("live", "keys")
    ]
    sent = [page, *[await browser.get(path) for path in {*files, *modules}]]
    assert {each.status_code for each in sent} == {200}
    assert sum(len(gzip.compress(each.content)) for each in sent) < 100_000


async def test_styles_and_scripts_are_kept_by_browsers_until_they_change(
    console: Console,
) -> None:
    async with console.browser() as http:
        page = (await http.get("/sign-in")).text
        path = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
        answer = await http.get(path)
        assert answer.headers["content-type"].startswith("text/css")
        assert "immutable" in answer.headers["cache-control"]
        assert (await http.get("/static/x/..%2fpolicy.cedar")).status_code == 404


@pytest.mark.parametrize(
    ("back", "goes"),
    [
        pytest.param("/hires/x?y=1", "/hires/x?y=1", id="ours"),
        pytest.param("//evil.example", "/", id="another host"),
        pytest.param("https://evil.example", "/", id="an address"),
        pytest.param("/\\evil.example", "/", id="a backslash"),
        pytest.param("/a\r\nb", "/", id="a line break"),
    ],
)
def test_signing_in_leads_back_to_pages_of_ours_only(back: str, goes: str) -> None:
    assert local(back) == goes


async def test_a_page_that_looks_again_is_sent_what_may_have_changed(
    console: Console, pool: Pool
) -> None:
    await told(pool, announced())
    hr = await console.signed_in(Role.HR)
    whole = await hr.get("/")
    again = await hr.http.get("/", headers={"x-farhand-look": "1"})

    regions = set(re.findall(r'id="([^"]+)" data-live-region', whole.text))
    assert set(re.findall(r'id="([^"]+)" data-live-region', again.text)) == regions != set()
    assert f"hire-{ALICE}" in again.text
    assert hr.csrf not in again.text
    assert hr.csrf in whole.text
