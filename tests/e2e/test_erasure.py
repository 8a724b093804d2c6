"""Somebody is erased in the console: then nothing of Farhand, old or new, yields who it was."""

import json
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

import asyncpg
import httpx2
import pytest

from farhand.bootstrap import KEYS, at
from farhand.demo.person import DemoHire
from libs.common.contracts import CATALOG
from libs.common.database import connect_pool
from libs.common.sealing import ErasedError, NotSealedError, Vault
from services.console.folds import fold
from services.onboarding.identity.account import user_name
from tests.e2e import search
from tests.e2e.line import BEGINS, Line, first_delivery
from tests.e2e.records import TOPICS, envelope, events_of, read_all, sender
from tests.e2e.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

WORDS: Final = ("Zephyrine", "Mbekwa-Orlov", "zmo.private@erased.example", "chief@erased.example")
"""The name and the addresses of the people of one hire, as nothing else is called."""

NOT_OURS: Final = (
    "mail/",  # letters that were delivered are their reader's
    "bamboohr/",  # stands in for the HR system, whose people they stay
    "kafka/data/hris.inbox-",  # the broker reads these records no more; it removes them by segment
)


@dataclass(frozen=True, slots=True)
class Erased:
    """A hire that was erased, the receipt, and every sealed text there was of it before."""

    hire: DemoHire
    receipt: dict[str, Any]
    tokens: frozenset[str]


class Desk:
    """HR in the console."""

    def __init__(self, http: httpx2.AsyncClient, hire: DemoHire) -> None:
        self._http = http
        self._hire = hire

    async def look(self, page: str = "") -> str:
        """A page of the hire."""
        return (await self._http.get(f"/hires/{self._hire.hire_id}{page}")).raise_for_status().text

    async def ask(self, path: str, page: str = "", **fields: str) -> str:
        """Send a form of a page of the hire; returns the page that it leads to."""
        form = await self.look(page)
        hidden = {
            name: re.search(rf'name="{name}" value="([^"]+)"', form) for name in ("csrf", "request")
        }
        fields |= {name: found[1] for name, found in hidden.items() if found}
        answer = await self._http.post(f"/hires/{self._hire.hire_id}{path}", data=fields)
        assert answer.status_code == 303, answer.text
        return (await self._http.get(answer.headers["location"])).text

    async def erase(self) -> str:
        return await self.ask(
            "/data/erase",
            "/data",
            confirm=str(self._hire.hire_id)[:8],
            no_duty_to_keep="true",
            why="Asked for; the hire was cancelled.",
        )


@asynccontextmanager
async def desk(line: Line, hire: DemoHire) -> AsyncGenerator[Desk]:
    password = line.stack.credentials.read("console_password")
    async with httpx2.AsyncClient(base_url=line.doors.addresses["console"], timeout=20) as http:
        form = {"login": "admin", "password": password, "next": "/"}
        assert (await http.post("/sign-in", data=form)).status_code == 303
        yield Desk(http, hire)


async def tokens_of(line: Line, hire: DemoHire) -> frozenset[str]:
    """Every text sealed for the person that any topic or table holds."""
    pattern = rf"sealed\.v1\.{hire.hire_id}\.[A-Za-z0-9_-]+".encode()
    topics = b"\n".join(each.raw for each in await read_all(line, *TOPICS, "farhand.console"))
    content = topics + b"\n".join([held async for _, held in search.tables(line)])
    return frozenset(token.decode() for token in re.findall(pattern, content))


async def opened(line: Line, tokens: frozenset[str]) -> list[str]:
    """Those that open with what the key database holds now."""
    pool = await connect_pool(at(line.stack.addresses.postgres, KEYS), application="e2e", size=1)
    vault = Vault.with_master_key(pool, line.stack.credentials.read("master_key"))
    found: list[str] = []
    try:
        for token in sorted(tokens):
            try:
                await vault.open_bytes(token)
            except (ErasedError, NotSealedError):
                continue
            found.append(token)
    finally:
        await pool.close()
    return found


@pytest.fixture(scope="module")
async def erased(line: Line) -> Erased:
    """Hired with all access, told of in two more ways, called off, and erased by HR."""
    hire = line.somebody(later=25, name=f"{WORDS[0]} {WORDS[1]}", email=WORDS[2], manager=WORDS[3])
    delivery = first_delivery(hire)
    await line.announce(hire)
    await line.see_through(hire, "ready")
    async with sender(line) as inbox:
        headers = envelope("hire.reported", f"{delivery.name}-again", source="hris")
        await inbox.put("hris.inbox", delivery.body, key=hire.ref.encode(), headers=headers)
    other = first_delivery(replace(hire, number=next(line.numbers)))
    odd = replace(other, body=other.body.replace(hire.starts_on.isoformat().encode(), b"soon"))
    assert (await line.doors.deliver("onboarding", odd))["status"] == "quarantined"

    async with desk(line, hire) as hr:
        assert "Not done: this hire is not over" in await hr.erase()
        await hr.ask("/cancel", why="The candidate withdrew.")
        await line.until(hire, "cancelled")
        await eventually(lambda: _access_is_closed(line, hire))
        tokens = await tokens_of(line, hire)
        assert len(await opened(line, tokens)) == len(tokens) > 1
        assert await _account(line, hire) is not None

        refused = await eventually(lambda: _noticed(hr, "is in quarantine and names the person"))
        assert odd.name in refused
        why = {"why": "sent by mistake"}
        await line.doors.post("onboarding", f"/quarantine/standard/{odd.name}/discard", why)
        await hr.erase()
        receipt = await eventually(lambda: _receipt(line, hire))
        page = await eventually(lambda: _noticed(hr, "none of these keys is left", again=False))
        assert receipt["keys"][0] in page
    return Erased(hire, receipt, tokens | await tokens_of(line, hire))


async def _noticed(hr: Desk, says: str, *, again: bool = True) -> str:
    if again:
        await hr.erase()
    page = await hr.look("/data") if not again else await hr.look()
    return page if says in page else ""


async def _access_is_closed(line: Line, hire: DemoHire) -> bool:
    seen = await line.look(hire)
    return seen is not None and {each["grant"] for each in seen["access"]} == {"revoked"}


async def _receipt(line: Line, hire: DemoHire) -> dict[str, Any]:
    told = [e.event for e in await events_of(line, hire.hire_id) if e.type == "person.erased.v1"]
    return told[0] if told else {}


async def _account(line: Line, hire: DemoHire) -> str | None:
    """What the identity provider shows of the hire."""
    headers = {"authorization": f"Bearer {line.stack.credentials.read('scim_token')}"}
    query = {"filter": f'userName eq "{user_name(hire.hire_id)}"'}
    url = f"{line.stack.addresses.scim}/Users"
    answer = await line.doors.http.get(url, headers=headers, params=query)
    found: list[Any] = answer.raise_for_status().json().get("Resources") or []
    return json.dumps(found[0]) if found else None


async def test_nothing_that_was_ever_sealed_for_the_person_opens(
    line: Line, erased: Erased
) -> None:
    assert await opened(line, erased.tokens) == []


async def test_a_replay_of_the_topic_builds_the_hire_and_nobody(line: Line, erased: Erased) -> None:
    hire = None
    for each in await events_of(line, erased.hire.hire_id):
        hire = fold(hire, CATALOG[each.type].model_validate(each.event), BEGINS)
    assert hire
    assert hire.profile
    assert hire.erasure
    contacts = {hire.profile.worker, hire.profile.manager or ""} - {""}
    assert contacts <= erased.tokens


async def test_the_receipt_tells_what_was_looked_at(erased: Erased) -> None:
    places = {each["place"]: each["seen"] for each in erased.receipt["places"]}
    assert places["identity provider"] == "the account was deleted and is found no more"
    assert places.keys() >= {"data keys", "VPN", "hris.inbox", "quarantine"}


async def test_no_key_of_the_receipt_is_left(line: Line, erased: Erased) -> None:
    conn = await asyncpg.connect(at(line.stack.addresses.postgres, KEYS))
    try:
        rows = await conn.fetch(
            "select person from keys.data_key where person = $1", str(erased.hire.hire_id)
        )
    finally:
        await conn.close()
    assert rows == []
    assert len(erased.receipt["keys"]) == 1


async def test_no_topic_names_the_person(line: Line, erased: Erased) -> None:
    del erased
    records = await read_all(line, *TOPICS, "farhand.console")
    assert {each.topic for each in records if search.words_in(each.raw, WORDS)} == set()


async def test_no_table_names_the_person(line: Line, erased: Erased) -> None:
    holding: set[str] = set()
    async for table, content in search.tables(line):
        assert search.words_in(content, WORDS) == [], table
        if str(erased.hire.hire_id).encode() in content:
            holding.add(table)
    assert {"onboarding.entity", "console.hire", "notify.entity"} <= holding


async def test_no_trace_no_cache_and_no_account_names_the_person(
    line: Line, erased: Erased
) -> None:
    assert search.words_in(await search.traces(line), WORDS) == []
    assert search.words_in(await search.redis(line), WORDS) == []
    assert await _account(line, erased.hire) is None


async def test_no_file_names_the_person_but_what_is_not_ours(line: Line, erased: Erased) -> None:
    del erased
    found = {
        name: words
        for name, content in search.files(line.stack.home.folder, *NOT_OURS)
        if (words := search.words_in(content, WORDS))
    }
    assert found == {}


async def test_a_hire_that_is_told_of_again_is_erased_again(line: Line, erased: Erased) -> None:
    delivery = first_delivery(erased.hire)
    late = replace(delivery, name=f"{delivery.name}-late", body=delivery.body)
    await line.doors.deliver("onboarding", late)

    async def receipts() -> list[dict[str, Any]]:
        events = await events_of(line, erased.hire.hire_id)
        told = [each.event for each in events if each.type == "person.erased.v1"]
        return told if len(told) > 1 else []

    first, second = await eventually(receipts)
    assert first["keys"] == second["keys"][:1]
    assert len(second["keys"]) == 2
    assert await opened(line, await tokens_of(line, erased.hire)) == []
