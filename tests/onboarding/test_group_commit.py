"""Work that is done once for all who wait for it."""

import asyncio
from dataclasses import dataclass, field

import pytest

from services.onboarding.vpn.group_commit import REST, GroupCommit


@dataclass(slots=True)
class Ledger:
    """Work that reads what was changed by then, and takes until it is let go."""

    changed: list[str] = field(default_factory=list[str])
    began: int = 0
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def work(self) -> tuple[str, ...]:
        self.began += 1
        read = tuple(self.changed)
        await self.let_go.wait()
        return read


async def _in_turn(ledger: Ledger, group: GroupCommit[tuple[str, ...]], name: str) -> object:
    ledger.changed.append(name)
    return await group.done()


async def _settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_whoever_comes_while_it_runs_is_answered_by_the_next_run() -> None:
    ledger = Ledger()
    group = GroupCommit(ledger.work)
    first = asyncio.create_task(_in_turn(ledger, group, "first"))
    await _settle()
    later = [asyncio.create_task(_in_turn(ledger, group, name)) for name in ("second", "third")]
    await _settle()
    assert ledger.began == 1, "one at a time"
    ledger.let_go.set()
    assert await first == ("first",)
    assert await asyncio.gather(*later) == [("first", "second", "third")] * 2
    assert ledger.began == 2


async def test_a_run_that_fails_fails_those_who_waited_for_it_and_nobody_else() -> None:
    outcomes = iter([OSError("the disk is full"), None])

    async def work() -> str:
        await asyncio.sleep(0)
        if error := next(outcomes):
            raise error
        return "written"

    group = GroupCommit(work)
    first = asyncio.create_task(group.done())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    second = asyncio.create_task(group.done())
    with pytest.raises(OSError, match="full"):
        await first
    assert await second == "written"


async def test_whoever_stops_waiting_does_not_stop_it_for_others() -> None:
    ledger = Ledger()
    group = GroupCommit(ledger.work)
    impatient = asyncio.create_task(group.done())
    patient = asyncio.create_task(group.done())
    await _settle()
    impatient.cancel()
    ledger.let_go.set()
    assert await patient == ()
    assert ledger.began == 1
    assert impatient.cancelled()


async def test_it_runs_anew_once_all_were_answered() -> None:
    ledger = Ledger()
    ledger.let_go.set()
    group = GroupCommit(ledger.work)
    await group.done()
    ledger.changed.append("more")
    assert await group.done() == ("more",)


async def test_it_rests_in_proportion_to_what_it_took() -> None:
    loop, runs = asyncio.get_running_loop(), list[tuple[float, float]]()

    async def work() -> None:
        began = loop.time()
        await asyncio.sleep(0.02)
        runs.append((began, loop.time()))

    group = GroupCommit(work)
    await group.done()
    await group.done()
    (began, ended), (next_began, _) = runs
    assert next_began - ended >= REST * (ended - began)
