"""One measurement: everything is brought up, a burst is sent, people do what is asked of them."""

import asyncio
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Final

import asyncpg

from bench import usage
from bench.product.readers import Looks, reading
from bench.product.watch import STALLED_SECONDS, Cost, Progress, Watch
from farhand.bootstrap import DATABASE, at
from farhand.demo import deliveries, people
from farhand.demo.company import company
from farhand.demo.doors import Doors, doors_of
from farhand.demo.person import UNLAWFUL, DemoHire, Story
from farhand.services import SERVICES
from farhand.settings import Given, Settings
from farhand.stack import Report, Stack, running
from libs.common.clock import Clock, wall
from libs.common.contracts.onboarding import HireStatus

MORNING: Final = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""A Monday; most of Europe is at work."""
SPEED: Final = 60
"""A minute in a second, so that letters which wait for more go out while we look."""
WARM_UP: Final = 200
"""Hires that are not counted; about them legal confirms the law, once for all who follow."""
SENDERS: Final = 32
LOOK_SECONDS: Final = 1.0
"""Between two looks at the board where there was nothing to do."""
SEED: Final = 11
UNLIMITED: Final = "1000000"
ELSEWHERE: Final = (Story.BAMBOOHR, Story.UNREADABLE)
"""Whom another system tells of, and whom a person has to mend first."""


@dataclass(frozen=True, slots=True)
class Load:
    """How many hires come, how many of them a second, and how many browsers look meanwhile.

    With a `rate` of zero they come as many at once as can.
    """

    hires: int
    rate: float = 0
    readers: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a load came to, with so many copies of each service.

    `told_seconds` is from the first delivery to the last; `decided_seconds` until the law has
    decided on each and its tasks are planned; `clear_seconds` until the adapters have nothing left
    to do either; `ready_seconds` from the first task closed by a person until the last hire is
    ready. `cost` is all CPU from the first delivery to the end, in seconds; `memory` the services'
    peak, in bytes. The `looks` at the board of those who read meanwhile took so many seconds each.
    """

    load: Load
    copies: int
    looks: Looks
    told_seconds: float
    decided_seconds: float
    clear_seconds: float
    ready_seconds: float
    deeds: int
    cost: Cost
    memory: int
    wrong: Sequence[str]


async def measure(
    settings: Settings, load: Load, copies: int, report: Report, progress: Progress
) -> Measured:
    """One load on a stack of its own, which is gone afterwards.

    Raises StackError where something does not start, TimeoutError where the hires stand still.
    """
    os.environ["FARHAND_HOOK_RATE"] = UNLIMITED  # one sender, who is us
    async with running(settings.evolve(given=Given()), services=(), report=report) as stack:
        clock = Clock(MORNING, wall(), SPEED)
        await stack.add_services(settings.evolve(clock=str(clock)), SERVICES, copies)
        conn = await asyncpg.connect(at(stack.addresses.postgres, DATABASE))
        try:
            async with doors_of(stack.settings, stack.credentials) as doors:
                return await _Run(stack, doors, clock, Watch(conn, progress), load, copies).run()
        finally:
            await conn.close(timeout=5)


@dataclass(frozen=True, slots=True)
class _Run:
    stack: Stack
    doors: Doors
    clock: Clock
    watch: Watch
    load: Load
    copies: int

    async def run(self) -> Measured:
        told = list(_told_now(self.clock.now(), WARM_UP + self.load.hires))
        warm, counted = told[:WARM_UP], told[WARM_UP:]
        await self._deliver(warm, 0)
        await self.watch.until_at_rest(len(warm))
        await self._close_all(warm)
        password = self.stack.credentials.read("console_password")
        url = self.doors.addresses["console"]
        async with reading(url, password, self.load.readers) as looks:
            return await self._counted(counted, told, looks)

    async def _counted(
        self, counted: Sequence[DemoHire], told: Sequence[DemoHire], looks: Looks
    ) -> Measured:
        before, began = Cost.now(self.stack), time.monotonic()
        await self._deliver(counted, self.load.rate)
        told_at = time.monotonic()
        decided_at, clear_at = await self.watch.until_at_rest(len(told))
        people_began = time.monotonic()
        deeds = await self._close_all(told)
        ready_at = time.monotonic()
        return Measured(
            load=self.load,
            copies=self.copies,
            looks=looks,
            told_seconds=told_at - began,
            decided_seconds=decided_at - began,
            clear_seconds=clear_at - began,
            ready_seconds=ready_at - people_began,
            deeds=deeds,
            cost=Cost.now(self.stack).since(before),
            memory=usage.peak_memory(self._services()),
            wrong=await self._wrong(told),
        )

    async def _deliver(self, hires: Iterable[DemoHire], rate: float) -> None:
        desks, began = asyncio.Semaphore(SENDERS), time.monotonic()

        async def send(hire: DemoHire) -> None:
            async with desks:
                await self.doors.deliver("onboarding", next(deliveries.planned(hire)))

        async with asyncio.TaskGroup() as senders:
            for number, hire in enumerate(hires):
                if rate:
                    await asyncio.sleep(began + number / rate - time.monotonic())
                senders.create_task(send(hire))

    async def _close_all(self, hires: Sequence[DemoHire]) -> int:
        """Play the people, who never tarry, until nothing is left to them; how much they did."""
        expected = Counter(map(_ends, hires))
        done, moved_at = 0, time.monotonic()
        while await self.watch.statuses() != expected:
            if not (now := await self._work(hires)):
                await asyncio.sleep(LOOK_SECONDS)
            done, moved_at = done + now, time.monotonic() if now else moved_at
            if time.monotonic() - moved_at > STALLED_SECONDS:
                raise TimeoutError(f"the hires stand still: {await self.watch.statuses()}")
        return done

    async def _work(self, hires: Sequence[DemoHire]) -> int:
        await people.confirm_law(self.doors)
        seen = await self.doors.hires()
        desks, done = asyncio.Semaphore(SENDERS), 0

        async def work(each: list[people.Deed]) -> None:
            async with desks:
                for deed in each:
                    await self.doors.post("onboarding", deed.path, dict(deed.body))

        async with asyncio.TaskGroup() as group:
            for hire in hires:
                if hire.story not in UNLAWFUL and hire.hire_id in seen:
                    todo = list(people.deeds(hire, seen[hire.hire_id], date.max))
                    done += len(todo)
                    group.create_task(work(todo))
        self.watch.progress(await self.watch.statuses())
        return done

    async def _wrong(self, hires: Sequence[DemoHire]) -> list[str]:
        """Whatever is not as it has to be, by the product's own API."""
        seen = await self.doors.hires()
        wrong = [
            f"{hire.ref} ({hire.story}) is {seen[hire.hire_id]['status']}"
            for hire in hires
            if hire.hire_id in seen and seen[hire.hire_id]["status"] != _ends(hire)
        ]
        if len(seen) != len(hires):
            wrong.append(f"{len(hires)} hires were sent, {len(seen)} are there")
        wrong += [
            f"{service.name} has a dead letter"
            for service in SERVICES
            if await self.doors.get(service.name, "/dead-letters")
        ]
        wrong += [
            f"{name} ended by itself" for name, each in self.stack.children.items() if each.restarts
        ]
        return wrong

    def _services(self) -> list[int]:
        names = tuple(each.name for each in SERVICES)
        return [
            pid
            for name in self.stack.children
            if name.startswith(names) and (pid := self.stack.pid(name)) is not None
        ]


def _told_now(now: datetime, hires: int) -> Iterator[DemoHire]:
    """So many hires of the demo's company, all announced at once, with nothing to follow."""
    made = company(SEED, now, hires + hires // 10)
    told = (each for each in made if each.story not in ELSEWHERE)
    for hire, _ in zip(told, range(hires), strict=False):
        yield replace(hire, announced_at=now, later=())


def _ends(hire: DemoHire) -> str:
    return HireStatus.BLOCKED if hire.story in UNLAWFUL else HireStatus.READY
