"""What many ask for at once is done for all of them, by work that began after each had asked."""

import asyncio

import pytest

from services.console.sharing import Sharing


class Clerk:
    """Does work that takes until it is told to go on; tells how often it began."""

    def __init__(self) -> None:
        self.begun = 0
        self.go_on = asyncio.Event()

    async def work(self) -> int:
        self.begun += 1
        mine = self.begun
        await self.go_on.wait()
        return mine


async def begun(*asked: asyncio.Task[int]) -> None:
    for _ in range(5 * len(asked)):
        await asyncio.sleep(0)


async def test_fifty_who_ask_at_once_have_it_done_twice_at_most() -> None:
    clerk, sharing = Clerk(), Sharing[int]()
    asked = [asyncio.create_task(sharing.once("board", clerk.work)) for _ in range(50)]
    await begun(*asked)
    clerk.go_on.set()

    assert await asyncio.gather(*asked) == [1, *[2] * 49]


async def test_who_asks_while_it_is_done_is_shown_what_was_seen_later() -> None:
    clerk, sharing = Clerk(), Sharing[int]()
    first = asyncio.create_task(sharing.once("board", clerk.work))
    await begun(first)
    second = asyncio.create_task(sharing.once("board", clerk.work))
    await begun(second)
    assert clerk.begun == 1
    clerk.go_on.set()

    assert (await first, await second) == (1, 2)
    assert await sharing.once("board", clerk.work) == 3


async def test_who_sees_something_else_shares_nothing() -> None:
    clerk, sharing = Clerk(), Sharing[int]()
    asked = [asyncio.create_task(sharing.once(each, clerk.work)) for each in ("mine", "yours")]
    await begun(*asked)
    clerk.go_on.set()

    assert await asyncio.gather(*asked) == [1, 2]


async def test_who_leaves_takes_it_from_nobody() -> None:
    clerk, sharing = Clerk(), Sharing[int]()
    left, stays = (asyncio.create_task(sharing.once("board", clerk.work)) for _ in range(2))
    await begun(left, stays)
    left.cancel()
    clerk.go_on.set()

    assert await stays == 2


async def test_what_goes_wrong_is_told_and_the_next_begins_anew() -> None:
    sharing = Sharing[int]()

    async def fails() -> int:
        raise LookupError

    with pytest.raises(LookupError):
        await sharing.once("board", fails)
    clerk = Clerk()
    clerk.go_on.set()
    assert await sharing.once("board", clerk.work) == 1
