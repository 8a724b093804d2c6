"""`farhand demo`: bring everything up, live through two weeks, and account for every hire."""

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import httpx2
from cyclopts import Parameter
from cyclopts.validators import Number
from rich.live import Live

from farhand import interrupt
from farhand.demo import deliveries, people, pipelines
from farhand.demo.accounts import Account, account
from farhand.demo.board import board
from farhand.demo.company import company
from farhand.demo.deliveries import Planned
from farhand.demo.doors import Doors
from farhand.demo.person import DemoHire
from farhand.demo.product_time import BEGINS, LASTS, hurried, until
from farhand.demo.summary import summary
from farhand.embedded.mail_folder import MailFolder
from farhand.home import Home
from farhand.reset import make_room
from farhand.screen import Screen
from farhand.services import HOOK_SOURCES, SERVICES
from farhand.settings import Settings
from farhand.stack import Stack, running
from farhand.up import welcome
from libs.common.clock import Clock

REST_SECONDS: Final = 30.0
"""When no hire has moved for so long after the two weeks, none will."""

LOOK_SECONDS: Final = 1.0
MARKER: Final = "demo"


def demo(
    *,
    hires: Annotated[int, Parameter(validator=Number(gte=1, lte=2000))] = 200,
    seconds: Annotated[float, Parameter(validator=Number(gte=30, lte=3600))] = 120.0,
    seed: int = 1,
    copies: Annotated[int, Parameter(validator=Number(gte=1, lte=8))] = 1,
    exit: Annotated[bool, Parameter(negative=())] = False,  # noqa: A002  # the flag's name
) -> None:
    """Live through two weeks of hires and deployments, and leave everything running to look at.

    Parameters
    ----------
    hires
        How many people are hired.
    seconds
        How long the two weeks take.
    seed
        Another number makes another company.
    copies
        How many processes of each service.
    exit
        End with a summary; the exit code is 1 if any hire ended where it should not.

    """
    screen = Screen()
    settings = Settings.from_env()
    make_room(Home(settings.home), MARKER)
    plan = Plan(hires, seed, seconds, copies, leave=exit)
    ended: list[Account] = []
    interrupt.run(run(settings, plan, screen, ended), screen.note)
    sys.exit(0 if ended and ended[0].settled else 1)


@dataclass(frozen=True, slots=True)
class Plan:
    """What the demo was asked for."""

    hires: int
    seed: int
    seconds: float
    copies: int
    leave: bool


async def run(settings: Settings, plan: Plan, screen: Screen, ended: list[Account]) -> None:
    """Bring up, play, account; stay until interrupted unless told to leave."""
    async with running(settings, services=(), report=screen) as stack:
        clock = hurried(plan.seconds)
        await stack.add_services(settings.evolve(clock=str(clock)), SERVICES, plan.copies)
        async with doors_of(stack) as doors:
            # However long it took to come up, the two weeks are whole: they begin now.
            begins = max(BEGINS, clock.now())
            people_hired = company(plan.seed, begins, plan.hires)
            show = Show(doors, clock, begins, plan.seed, people_hired, MailFolder(stack.home.mail))
            await show.play(screen)
            ended.append(show.verdict)
            for line in [*await summary(stack, doors, show.seen, show.verdict), *welcome(stack)]:
                screen.console.print(line, markup=False)
        if not plan.leave:
            await asyncio.Event().wait()
    screen.close()


@asynccontextmanager
async def doors_of(stack: Stack) -> AsyncGenerator[Doors]:
    """The front doors and APIs of a running stack, with their secrets."""
    async with httpx2.AsyncClient(timeout=10) as http:
        yield Doors(
            http,
            {each.name: f"http://127.0.0.1:{stack.settings.port(each.name)}" for each in SERVICES},
            {source: stack.credentials.read(f"hook_{source}") for source in HOOK_SOURCES},
            stack.credentials.read("api_token"),
        )


@dataclass(slots=True)
class Show:
    """The two weeks, as they are lived through."""

    doors: Doors
    clock: Clock
    begins: datetime
    seed: int
    company: tuple[DemoHire, ...]
    mail: MailFolder
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
                asyncio.create_task(self._deliver_pipelines()),
                asyncio.create_task(people.work(self.doors, self.clock, self.by_id)),
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
                senders.create_task(self.doors.deliver("onboarding", each))

    async def _deliver_pipelines(self) -> None:
        changes = pipelines.shipped(self.seed, self.begins, LASTS)
        planned: Sequence[Planned] = sorted(pipelines.planned(changes, self.seed))
        async with asyncio.TaskGroup() as senders:
            for each in planned:
                await until(self.clock, each.at)
                senders.create_task(self.doors.deliver("metrics", each))

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
        self.seen = await self.doors.hires()
        letters = self.mail.counts()
        self.verdict = account(self.by_id, self.seen, letters, now)
        passed = (now - self.begins) / LASTS
        sent = sum(hire.announced_at <= now for hire in self.company)
        live.update(board(now, passed, sent, len(self.company), self.seen, len(letters)))
