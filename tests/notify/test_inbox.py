"""The inbox, on a real PostgreSQL: what a reader was told, and what is still asked of them."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from libs.common.contracts.notify import Asked, MessageRead, MessageWritten, Urgency
from libs.common.contracts.onboarding import HireCancelled, HireStatus
from libs.common.contracts.values import Owner
from libs.common.database import Pool
from libs.common.ids import derived
from libs.common.message import Event
from libs.common.projection import Received
from services.notify import inbox_pages
from services.notify.asks import BLOCKED
from services.notify.inbox import inbox
from services.notify.inbox_pages import Wanted
from tests.notify.company import HIRE, LAPTOP, MONDAY_MORNING, done, dropped, stands

HOUR = timedelta(hours=1)
LAPTOP_TASK = f"task:{LAPTOP}"


@pytest.fixture
async def pool(
    service_pool: Callable[[str], AbstractAsyncContextManager[Pool]],
) -> AsyncGenerator[Pool]:
    async with service_pool("notify") as pool:
        yield pool


def written(
    name: str,
    topic: str = LAPTOP_TASK,
    *,
    at: datetime = MONDAY_MORNING - HOUR,
    urgency: Urgency = Urgency.TASK,
    reader: Owner = Owner.IT,
    hire: UUID = HIRE,
) -> MessageWritten:
    return MessageWritten(
        hire_id=hire,
        message_id=derived(name),
        recipient=reader,
        written_at=at,
        asks=(Asked(topic=topic, of=reader, urgency=urgency, text=name, why="Because."),),
        about="ML engineer, starts on 2026-12-01",
        link="http://127.0.0.1:7101/hires/1",
    )


async def hear(pool: Pool, *events: Event, at: datetime = MONDAY_MORNING) -> None:
    async with pool.acquire() as conn, conn.transaction():
        await inbox.project(conn, [Received(f"e{n}", at, e) for n, e in enumerate(events)])


async def read(pool: Pool, **asked: Any) -> Sequence[dict[str, Any]]:
    everything: dict[str, Any] = {
        "reader": Owner.IT,
        "hire_id": None,
        "unread": False,
        "still_open": False,
        "before": None,
        "limit": 100,
    }
    return await inbox_pages.page(pool, Wanted(**{**everything, **asked}))


async def still_asked(pool: Pool) -> list[UUID]:
    return [row["message_id"] for row in await read(pool, still_open=True)]


async def test_what_was_written_is_in_the_inbox_of_its_reader_only(pool: Pool) -> None:
    await hear(pool, written("Order a laptop"))
    [message] = await read(pool)
    assert (message["message_id"], message["open"]) == (derived("Order a laptop"), True)
    assert await read(pool, reader=Owner.HR) == []
    assert await read(pool, hire_id=UUID(int=9)) == []


@pytest.mark.parametrize(
    ("topic", "ending"),
    [
        pytest.param(LAPTOP_TASK, done(), id="the task is done"),
        pytest.param(LAPTOP_TASK, dropped(), id="the task is dropped"),
        pytest.param(BLOCKED, stands(HireStatus.PROVISIONING), id="the hire goes on"),
        pytest.param(
            LAPTOP_TASK,
            HireCancelled(hire_id=HIRE, cancelled_at=MONDAY_MORNING),
            id="the hire is off",
        ),
    ],
)
@pytest.mark.parametrize("late", [False, True], ids=["in order", "the end is heard of first"])
async def test_what_has_ended_is_not_asked_any_more(
    pool: Pool, topic: str, ending: Event, *, late: bool
) -> None:
    events = [written("an ask", topic), written("another", "task:other", hire=UUID(int=9)), ending]
    for event in reversed(events) if late else events:
        await hear(pool, event)
    assert await still_asked(pool) == [derived("another")]
    assert len(await read(pool)) == 2


async def test_what_is_asked_again_after_its_end_is_open(pool: Pool) -> None:
    await hear(pool, written("first"), done(), written("again", at=MONDAY_MORNING + HOUR))
    assert await still_asked(pool) == [derived("again")]


async def test_a_hire_that_stays_blocked_settles_nothing(pool: Pool) -> None:
    await hear(pool, written("unblock", BLOCKED), stands(HireStatus.BLOCKED))
    assert await still_asked(pool) == [derived("unblock")]


async def test_a_reminder_takes_the_place_of_the_ask_whatever_comes_first(pool: Pool) -> None:
    first, reminder = written("ask"), written("reminder", at=MONDAY_MORNING)
    for number, order in enumerate(permutations([first, reminder])):
        hire = UUID(int=number + 1)
        for each in order:
            message = derived(each.asks[0].text, hire)
            await hear(pool, each.evolve(hire_id=hire, message_id=message))
        open_now = await read(pool, hire_id=hire, still_open=True)
        assert [row["message_id"] for row in open_now] == [derived("reminder", hire)]


async def test_news_ask_for_nothing(pool: Pool) -> None:
    await hear(pool, written("Everything is ready", "ready", urgency=Urgency.ANNOUNCEMENT))
    assert await still_asked(pool) == []


async def test_a_message_is_read_once(pool: Pool) -> None:
    seen = MessageRead(
        hire_id=HIRE, message_id=derived("ask"), recipient=Owner.IT, read_at=MONDAY_MORNING
    )
    await hear(pool, written("ask"), seen)
    await hear(pool, seen.evolve(read_at=MONDAY_MORNING + HOUR))
    assert [row["read_at"] for row in await read(pool)] == [MONDAY_MORNING]
    assert await read(pool, unread=True) == []


async def test_a_repeated_event_says_nothing_new(pool: Pool) -> None:
    await hear(pool, written("ask"), written("ask"), done(), done())
    await hear(pool, written("ask"), done())
    assert len(await read(pool)) == 1


async def test_pages_hold_every_message_once_the_newest_first(pool: Pool) -> None:
    names = [f"message {number}" for number in range(7)]
    await hear(
        pool,
        *(
            written(n, f"task:{n}", at=MONDAY_MORNING + HOUR * (i // 2))
            for i, n in enumerate(names)
        ),
    )
    found: list[dict[str, Any]] = []
    before = None
    while page := await read(pool, limit=3, before=before):
        found += page
        before = (page[-1]["written_at"], page[-1]["message_id"])
    assert {row["message_id"] for row in found} == {derived(name) for name in names}
    assert len(found) == len(names)
    assert [row["written_at"] for row in found] == sorted(
        (row["written_at"] for row in found), reverse=True
    )
