"""Forty hires go through while everything is killed once: nothing of it shows in the outcome."""

import asyncio
import os
import random
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import asyncpg
import pytest

from farhand.bootstrap import DATABASE, at
from farhand.demo import deliveries, people
from farhand.demo.accounts import Account, account
from farhand.demo.company import STARTS_EARLY, company
from farhand.demo.person import DemoHire
from farhand.demo.product_time import until
from farhand.embedded.mail_folder import read
from farhand.services import SERVICES
from tests.e2e.chaos import Blow, blows, strike
from tests.e2e.conftest import PORT_BASE, new_home
from tests.e2e.line import Line, text_of, whole_line
from tests.e2e.records import Lying, read_all
from tests.e2e.waiting import eventually

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

HIRES = 40
COPIES = 2
ANNOUNCED_WITHIN = timedelta(hours=28)
"""In seven seconds, at the speed of the clock."""

STRUCK_WITHIN = 40.0
"""In seconds; what was struck may take longer to come back."""

AT_REST_SECONDS = 60.0
"""Without any hire moving for so long, something is stuck."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is left when all is quiet again, and what had been done."""

    line: Line
    company: Mapping[UUID, DemoHire]
    verdict: Account
    struck: tuple[Blow, ...]


@pytest.fixture(scope="module")
async def outcome() -> AsyncGenerator[Outcome]:
    seed = int(os.environ.get("FARHAND_TEST_SEED") or random.SystemRandom().randrange(10_000))
    planned = blows(seed, STRUCK_WITHIN, COPIES)
    print(f"FARHAND_TEST_SEED={seed}", *planned, sep="\n  ")  # noqa: T201
    with new_home() as home:
        async with whole_line(home, PORT_BASE + 30, copies=COPIES) as line:
            hires = {hire.hire_id: hire for hire in hired(line, seed)}
            verdict = await live_through(line, hires, planned)
            yield Outcome(line, hires, verdict, planned)


async def live_through(
    line: Line, hires: Mapping[UUID, DemoHire], planned: tuple[Blow, ...]
) -> Account:
    """Let HR systems and people do theirs while everything is struck, and until all is settled."""
    actors = [
        asyncio.create_task(announce(line, hires)),
        asyncio.create_task(people.work(line.doors, line.clock, hires)),
    ]
    try:
        await strike(line, planned)
        return await settled(line, hires, actors)
    finally:
        for actor in actors:
            actor.cancel()
        await asyncio.gather(*actors, return_exceptions=True)


def hired(line: Line, seed: int) -> tuple[DemoHire, ...]:
    """The company of the demo, announced in a hurry."""
    begins = line.clock.now()
    made = company(seed, begins, HIRES, bamboohr=False)
    longest = max(hire.announced_at for hire in made) - begins
    share = 1 - ANNOUNCED_WITHIN / longest
    return tuple(_sooner(hire, (hire.announced_at - begins) * share) for hire in made)


def _sooner(hire: DemoHire, by: timedelta) -> DemoHire:
    """What is told later of a hire comes as much sooner, but for what hangs on its start."""
    if hire.story in STARTS_EARLY:
        return replace(hire, announced_at=hire.announced_at - by)
    later = tuple(replace(each, at=each.at - by) for each in hire.later)
    return replace(hire, announced_at=hire.announced_at - by, later=later)


async def announce(line: Line, hires: Mapping[UUID, DemoHire]) -> None:
    """Deliver each thing when it is known, again and again until it is taken."""
    async with asyncio.TaskGroup() as senders:
        for each in sorted(each for hire in hires.values() for each in deliveries.planned(hire)):
            await until(line.clock, each.at)
            senders.create_task(line.doors.deliver("onboarding", each))


async def settled(
    line: Line, hires: Mapping[UUID, DemoHire], actors: Sequence["asyncio.Task[None]"]
) -> Account:
    """Wait until every hire is where it has to be, or until nothing has moved for long."""
    loop = asyncio.get_running_loop()
    moved_at, before = loop.time(), None
    while True:
        for actor in actors:
            if actor.done():
                actor.result()  # raises what ended it
        seen = await line.doors.hires()
        verdict = account(hires, seen, line.mail.counts(), line.clock.now())
        if verdict.by_status != before:
            moved_at, before = loop.time(), verdict.by_status
        if verdict.settled or loop.time() - moved_at > AT_REST_SECONDS:
            return verdict
        await asyncio.sleep(0.5)


def test_every_hire_is_where_it_has_to_be_none_lost_or_doubled(outcome: Outcome) -> None:
    assert outcome.verdict.problems == ()
    assert outcome.verdict.by_status.total() == HIRES


def test_everything_struck_was_started_again_and_nothing_else(outcome: Outcome) -> None:
    killed = Counter(blow.name for blow in outcome.struck if blow.what == "kill")
    restarts = {name: each.restarts for name, each in outcome.line.stack.children.items()}
    assert {name: count for name, count in restarts.items() if count} == killed


@pytest.mark.parametrize("service", [service.name for service in SERVICES])
async def test_nothing_was_set_aside(outcome: Outcome, service: str) -> None:
    for path in ("/dead-letters", "/quarantine", "/gaps"):
        assert await outcome.line.doors.get(service, path) == []


@pytest.mark.parametrize("service", [service.name for service in SERVICES])
async def test_the_outbox_drains(outcome: Outcome, service: str) -> None:
    async def drained() -> bool:
        row = await outcome.line.row(f"select count(*) from {service}.outbox")  # noqa: S608
        return row is not None and row[0] == 0

    assert await eventually(drained, 20)


async def test_every_event_lies_in_its_topic_under_its_number(outcome: Outcome) -> None:
    lying: defaultdict[tuple[str, bytes | None], list[Lying]] = defaultdict(list)
    for each in await read_all(outcome.line, *(f"farhand.{s.name}" for s in SERVICES)):
        lying[each.header("ce_source"), each.key].append(each)
    assert {key for source, key in lying if source == "onboarding/journey"} == {
        str(hire_id).encode() for hire_id in outcome.company
    }
    for events in lying.values():
        firsts = {each.sequence: each for each in reversed(events)}
        assert sorted(firsts) == list(range(1, len(firsts) + 1))
        # Two copies may publish out of order, and twice what a third left behind: readers go by
        # the number, so what counts is that it is the same each time.
        assert [each for each in events if each.value != firsts[each.sequence].value] == []


async def test_every_letter_was_sent_once_and_is_one_mail(outcome: Outcome) -> None:
    line = outcome.line
    sent = await _sent(line)
    ids = [
        str(read(file)["Message-ID"]).strip("<>").partition("@")[0] for file in line.mail.mails()
    ]
    assert [each for each, count in Counter(ids).items() if count > 1] == []
    assert [each for each, count in sent.items() if count > 1] == []
    digest_of = await _digests(line)
    assert {digest_of.get(each, each) for each in sent} <= set(ids)

    async def all_have_a_receipt() -> bool:  # the last ones may be on their way
        nonlocal without
        digest_of = await _digests(line)
        without = set(ids) - {digest_of.get(each, each) for each in await _sent(line)}
        return not without

    without: set[str] = set()
    with suppress(TimeoutError):
        await eventually(all_have_a_receipt, 60)
    assert {each: await _told_of(line, each) for each in without} == {}


async def _sent(line: Line) -> Counter[str]:
    """The letters that notify says were sent, each with how often it says so."""
    said = {
        each.header("ce_id"): each.event["message_id"]
        for each in await read_all(line, "farhand.notify")
        if each.type == "message.sent.v1"
    }
    return Counter(said.values())


async def _told_of(line: Line, letter: str) -> list[str]:
    """The types of all that notify said of a letter, for whoever reads of a failure."""
    return [
        each.type for each in await read_all(line, "farhand.notify") if letter in str(each.event)
    ]


async def _digests(line: Line) -> dict[str, str]:
    """The letters that shared a mail with others, each with the id of that mail."""
    return {
        each.event["message_id"]: each.event["digest_id"]
        for each in await read_all(line, "farhand.notify")
        if each.type == "message.sent_in_digest.v1"
    }


def test_no_two_mails_say_the_same(outcome: Outcome) -> None:
    mails = [read(file) for file in outcome.line.mail.mails()]
    said = Counter((mail["To"], mail["Subject"], text_of(mail)) for mail in mails)
    assert [(to, subject) for (to, subject, _), count in said.items() if count > 1] == []


async def test_every_peer_has_an_address_of_its_own_and_belongs_to_a_hire(
    outcome: Outcome,
) -> None:
    line = outcome.line

    async def agree() -> bool:
        return {peer.public_key for peer in line.peers()} == await _granted(line)

    assert await eventually(agree)
    addresses = Counter(peer.address for peer in line.peers())
    assert [address for address, count in addresses.items() if count > 1] == []


async def _granted(line: Line) -> set[str]:
    conn = await asyncpg.connect(at(line.stack.addresses.postgres, DATABASE))
    try:
        rows = await conn.fetch(
            "select public_key from onboarding.vpn_peer where state = 'granted'"
        )
        return {row["public_key"] for row in rows}
    finally:
        await conn.close()
