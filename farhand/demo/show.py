"""The two weeks, as they are lived through: deliveries, people at work, and the live board."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from rich.live import Live

from farhand.demo import (
    data_runs,
    deliveries,
    experiments,
    models,
    people,
    pipelines,
    return_lines,
)
from farhand.demo.accounts import Account, account
from farhand.demo.board import board
from farhand.demo.deliveries import Planned
from farhand.demo.person import DemoHire, Story
from farhand.demo.product_time import LASTS, until
from farhand.demo.surroundings import Surroundings
from farhand.screen import Screen
from libs.common.clock import Clock

REST_SECONDS: Final = 30.0
"""When no hire has moved for so long after the two weeks, none will."""

LOOK_SECONDS: Final = 1.0


@dataclass(slots=True)
class Show:
    """The two weeks, as they are lived through."""

    around: Surroundings
    clock: Clock
    begins: datetime
    seed: int
    company: tuple[DemoHire, ...]
    seen: Mapping[UUID, Mapping[str, Any]] = field(default_factory=dict[UUID, Mapping[str, Any]])
    verdict: Account = field(
        default_factory=lambda: Account(("the demo was interrupted",), Counter[str]())
    )

    @property
    def by_id(self) -> dict[UUID, DemoHire]:
        """The company by the ids that Farhand derives."""
        return {hire.hire_id: hire for hire in self.company}

    async def play(self, screen: Screen) -> None:
        """Deliver, let people work, and watch, until all hires have come to rest."""
        with Live(console=screen.console, refresh_per_second=4) as live:
            actors = [
                asyncio.create_task(self._deliver_hires()),
                asyncio.create_task(self._keep_records()),
                asyncio.create_task(self._deliver_pipelines()),
                asyncio.create_task(people.work(self.around.doors, self.clock, self.by_id)),
            ]
            try:
                await self._watch(live, actors)
            finally:
                for actor in actors:
                    actor.cancel()
                await asyncio.gather(*actors, return_exceptions=True)

    async def _deliver_hires(self) -> None:
        planned = sorted(each for hire in self.company for each in deliveries.planned(hire))
        async with asyncio.TaskGroup() as senders:
            for each in planned:
                await until(self.clock, each.at)
                senders.create_task(self.around.doors.deliver("onboarding", each))

    async def _keep_records(self) -> None:
        """What HR writes down in BambooHR, which then says so by itself."""
        if self.around.hr is None:
            return
        for hire in self.company:
            if hire.story is Story.BAMBOOHR:
                await until(self.clock, hire.announced_at)
                record = deliveries.bamboohr(hire)
                await self.around.hr.put(str(hire.number), record, at=hire.announced_at)

    async def _deliver_pipelines(self) -> None:
        changes = pipelines.shipped(self.seed, self.begins, LASTS)
        told = (
            *pipelines.planned(changes, self.seed),
            *models.planned(self.begins),
            *experiments.planned(self.begins),
            *data_runs.planned(self.seed, self.begins),
            *return_lines.planned(self.begins),
        )
        planned: Sequence[Planned] = sorted(told)
        async with asyncio.TaskGroup() as senders:
            for each in planned:
                await until(self.clock, each.at)
                senders.create_task(self.around.doors.deliver("metrics", each))

    async def _watch(self, live: Live, actors: Sequence["asyncio.Task[None]"]) -> None:
        loop = asyncio.get_running_loop()
        moved, moved_at = self.verdict.by_status, loop.time()
        while True:
            for actor in actors:
                if actor.done() and (error := actor.exception()):
                    raise error
            await self._look(live)
            if self.verdict.by_status != moved:
                moved, moved_at = self.verdict.by_status, loop.time()
            at_rest = self.verdict.settled or loop.time() - moved_at > REST_SECONDS
            if self.clock.now() >= self.begins + LASTS and at_rest:
                return
            await asyncio.sleep(LOOK_SECONDS)

    async def _look(self, live: Live) -> None:
        now = self.clock.now()
        self.seen = await self.around.doors.hires()
        letters = await self.around.mails.counts()
        self.verdict = account(self.by_id, self.seen, letters, now)
        passed = (now - self.begins) / LASTS
        sent = sum(hire.announced_at <= now for hire in self.company)
        live.update(board(now, passed, sent, len(self.company), self.seen, len(letters)))
