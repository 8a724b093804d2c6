"""Who is hired while things break, when, and what people do about it."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

import httpx2

from farhand.demo import deliveries, people
from farhand.demo.accounts import unlike
from farhand.demo.company import STARTS_EARLY, company
from farhand.demo.person import UNLAWFUL, DemoHire
from farhand.demo.product_time import until
from libs.common.contracts.onboarding import HireStatus
from services.onboarding.local_day import starts_at
from tests.chaos.steadiness import BEHIND_SECONDS
from tests.chaos.tempo import Tempo
from tests.e2e.line import Line

WAVE: Final = 40
"""So many hires at most are announced in about ten seconds by the wall clock."""

ANNOUNCED_WITHIN: Final = timedelta(hours=28)
"""In ten seconds, at the speed of the clock."""

UNDER_WAY_DAYS: Final = 12
"""The announcements of so many of the product's days may be under way at once."""

PATIENCE: Final = 4
"""A wave waits for who is behind, but no longer than so many times as long as it does anyway."""

QUICK_LOOK: Final = 1.0
SLOW_LOOK: Final = 15.0
COMPUTERS: Final = 16
NOT_FOUND: Final = 404


def wave(seed: int, first: int, begins: datetime, hires: int) -> tuple[DemoHire, ...]:
    """The company of the demo, of which each is announced in a hurry; the same for the same seed.

    `first` hires came before. What is told of a hire depends on the day on which its wave begins.
    """
    made = company(seed + first, begins, hires, bamboohr=False)
    longest = max(hire.announced_at for hire in made) - begins
    share = max(0.0, 1 - ANNOUNCED_WITHIN / longest)
    return tuple(
        _sooner(
            replace(hire, number=hire.number + first, email=f"{first}.{hire.email}"),
            (hire.announced_at - begins) * share,
        )
        for hire in made
    )


def _sooner(hire: DemoHire, by: timedelta) -> DemoHire:
    """What is told later of a hire comes as much sooner, but for what hangs on its start."""
    if hire.story in STARTS_EARLY:
        return replace(hire, announced_at=hire.announced_at - by)
    later = tuple(replace(each, at=each.at - by) for each in hire.later)
    return replace(hire, announced_at=hire.announced_at - by, later=later)


@dataclass(frozen=True, slots=True)
class Pace:
    """How many hires there are to be, and how fast they come at most."""

    seed: int
    hires: int
    rate: float
    """hires announced a second, where everybody keeps up"""
    day_lasts: float
    """how many seconds by the wall clock one of the product's days lasts"""
    bouts: int = 0
    """how many bouts of faults they are to flow through"""

    @property
    def wave(self) -> int:
        """How many come at once: few enough for some to come with each bout."""
        return min(WAVE, max(1, self.hires // max(1, self.bouts)))

    @property
    def apart(self) -> float:
        """Seconds between two waves, at least."""
        return self.wave / self.rate

    @property
    def most_under_way(self) -> float:
        """No wave is announced while so many hires are on their way."""
        return max(3 * WAVE, UNDER_WAY_DAYS * self.day_lasts * self.rate)


@dataclass(slots=True)
class Workload:
    """The hires on their way: announced wave after wave, and looked after until they are there."""

    line: Line
    pace: Pace
    tempo: Tempo
    behind: Callable[[], float]
    """by how many seconds the services are behind"""
    company: dict[UUID, DemoHire] = field(default_factory=dict[UUID, DemoHire])
    """all that were announced so far, or are about to be"""
    untold: dict[UUID, int] = field(default_factory=dict[UUID, int])
    """how many deliveries of each hire are still to be made"""
    at_rest: set[UUID] = field(default_factory=set[UUID])
    moved_at: float = 0.0
    """when anything last moved, by the event loop's clock"""
    all_known: bool = False
    """whether the last wave has begun"""
    _newcomers: "asyncio.Queue[DemoHire]" = field(default_factory=asyncio.Queue[DemoHire])

    @property
    def is_over(self) -> bool:
        """Whether every hire is where it has to be."""
        return self.all_known and len(self.at_rest) == len(self.company)

    @property
    def under_way(self) -> list[DemoHire]:
        """The hires that were announced and are not yet where they have to be."""
        now = self.line.clock.now()
        return [
            hire
            for hire_id, hire in self.company.items()
            if hire_id not in self.at_rest and hire.announced_at < now
        ]

    def look_again(self, board: Mapping[UUID, Mapping[str, Any]], now: datetime) -> bool:
        """Look after those that were where they have to be, and are not: False if there are none.

        A hire whose start is moved stands where it stood until the law of that day is looked at.
        """
        moved_on = [
            hire
            for hire_id, hire in self.company.items()
            if hire_id in board
            and hire_id in self.at_rest
            and any(unlike(hire, board[hire_id], now))
        ]
        for hire in moved_on:
            self.at_rest.discard(hire.hire_id)
            self._newcomers.put_nowait(hire)
        return bool(moved_on)

    async def announce(self) -> None:
        """Deliver each thing when it is known, again and again until it is taken."""
        loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as senders:
            while (left := self.pace.hires - len(self.company)) > 0:
                await self._until_due(len(self.company) / self.pace.hires)
                begun, now = loop.time(), self.line.clock.now()
                if begun > self.tempo.ends_at:
                    break
                size = min(self.pace.wave, left)
                for hire in wave(self.pace.seed, len(self.company), now, size):
                    self._take_up(hire, senders)
                self.tempo.announced = len(self.company) / self.pace.hires
                await asyncio.sleep(self.pace.apart)
                await self._until_there_is_room(begun)
            self.tempo.announced = 1.0  # of those that there will be
            self.all_known = True

    async def _until_due(self, share: float) -> None:
        """Hires that are ahead of the faults wait for them."""
        loop = asyncio.get_running_loop()
        while not self.tempo.hires_are_due(share, loop.time()):
            await asyncio.sleep(QUICK_LOOK)

    def _take_up(self, hire: DemoHire, senders: asyncio.TaskGroup) -> None:
        told = list(deliveries.planned(hire))
        self.company[hire.hire_id] = hire
        self.untold[hire.hire_id] = len(told)
        self._newcomers.put_nowait(hire)
        for each in told:
            senders.create_task(self._deliver(each, hire.hire_id))

    async def _until_there_is_room(self, begun: float) -> None:
        """Who is behind is given some time, but hires go on to come while things break."""
        loop = asyncio.get_running_loop()
        while loop.time() < self.tempo.ends_at:
            is_patient = loop.time() < begun + PATIENCE * self.pace.apart
            crowded = len(self.company) - len(self.at_rest) > self.pace.most_under_way
            if not crowded and not (is_patient and self.behind() > BEHIND_SECONDS):
                return
            await asyncio.sleep(QUICK_LOOK)

    async def _deliver(self, planned: deliveries.Planned, hire_id: UUID) -> None:
        await until(self.line.clock, planned.at)
        while True:
            with suppress(TimeoutError):  # a real sender does not give up within minutes
                await self.line.doors.deliver("onboarding", planned)
                break
        self.untold[hire_id] -= 1
        self._moved()

    def _moved(self) -> None:
        self.moved_at = asyncio.get_running_loop().time()

    async def look_after(self) -> None:
        """Play the people, as the demo does, until cancelled."""
        self._moved()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._confirm())
            computers = asyncio.Semaphore(COMPUTERS)
            while True:
                hire = await self._newcomers.get()
                group.create_task(self._see_through(hire, computers))

    async def _confirm(self) -> None:
        """Legal confirms the law, and HR mends what could not be read."""
        while True:
            with suppress(TimeoutError):  # nobody answers now: they try again
                await people.confirm_law(self.line.doors)
                await people.mend_quarantine(self.line.doors, self.company)
            await asyncio.sleep(QUICK_LOOK)

    async def _see_through(self, hire: DemoHire, computers: asyncio.Semaphore) -> None:
        """Do what is open about one hire; look more often while it moves, and seldom else."""
        before, wait = "", QUICK_LOOK
        await until(self.line.clock, hire.announced_at)
        while True:
            seen = None
            async with computers:
                with suppress(TimeoutError):  # nobody answers now: they try again
                    seen = await self._do_what_is_open(hire, await self._look(hire))
            if seen is not None and self._is_at_rest(hire, seen):
                self.at_rest.add(hire.hire_id)
                return self._moved()
            now = str(seen)
            if now != before:
                self._moved()
            wait = QUICK_LOOK if now != before else min(2 * wait, SLOW_LOOK)
            before = now
            await asyncio.sleep(wait)
            await until(self.line.clock, self._may_change_at(hire, seen))

    async def _do_what_is_open(
        self, hire: DemoHire, seen: dict[str, Any] | None
    ) -> dict[str, Any] | None:
        """What is seen of the hire after it."""
        if seen is None or not _is_lawful(hire):
            return seen
        for deed in people.deeds(hire, seen, self.line.clock.now().date()):
            answer = await self.line.doors.post("onboarding", deed.path, dict(deed.body))
            seen = answer.json() if answer.is_success else seen
        return seen

    def _may_change_at(self, hire: DemoHire, seen: Mapping[str, Any] | None) -> datetime:
        """Until when there is nothing to be seen or done of a hire that is all told."""
        now = self.line.clock.now()
        if seen is None or self.untold[hire.hire_id]:
            return now
        day = people.next_deed_on(hire, seen)
        if day is not None:
            return datetime.combine(day, time.min, UTC)
        is_ready = seen["status"] == HireStatus.READY
        return starts_at(hire.last_known.starts_on, hire.last_known.timezone) if is_ready else now

    def _is_at_rest(self, hire: DemoHire, seen: Mapping[str, Any]) -> bool:
        if self.untold[hire.hire_id] or (_waits(seen) and _is_lawful(hire)):
            return False
        return not any(unlike(hire, seen, self.line.clock.now()))  # what was told may be on its way

    async def _look(self, hire: DemoHire) -> dict[str, Any] | None:
        """Where the hire stands; None while nobody knows of it."""
        try:
            return await self.line.doors.get("onboarding", f"/hires/{hire.hire_id}")
        except httpx2.HTTPStatusError as error:
            if error.response.status_code == NOT_FOUND:
                return None
            raise


def _waits(seen: Mapping[str, Any]) -> bool:
    """Whether a person still has something to do about the hire."""
    open_states = ("open", "submitted")
    return any(t["state"] in open_states and t["done_by"] == "person" for t in seen["tasks"])


def _is_lawful(hire: DemoHire) -> bool:
    return hire.story not in UNLAWFUL
