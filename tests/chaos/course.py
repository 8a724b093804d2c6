"""One run: hires flow, faults strike bout after bout, and at the end all is held to account."""

import asyncio
import random
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from farhand.demo.accounts import account
from farhand.stack import Report, Silence
from libs.common.clock import wall
from tests.chaos.faults import Bout, Fault, plan
from tests.chaos.ground import Ground, ground
from tests.chaos.steadiness import STEADY_WITHIN
from tests.chaos.strikes import Poisoned, Strikes
from tests.chaos.verdict import Breach, Seen, verdict
from tests.chaos.watch import Watch, memory
from tests.chaos.witness import witness
from tests.chaos.workload import WAVE, Workload, hired

DAY_IN_SECONDS: Final = 8.64
"""At 10,000 times the speed of the wall clock."""

LONGEST: Final = timedelta(days=200)
"""What a run may live through: the packs know the law of one year."""

AT_REST_DAYS: Final = 10
"""Without any hire moving for so many of the product's days, something is stuck."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What a run is made of; the same seed makes the same hires and the same faults."""

    seed: int
    hires: int
    faults: int
    width: int
    """how many faults there are at once, at most"""
    rate: float
    """hires announced a second"""
    day: float = DAY_IN_SECONDS
    """how many seconds a day lasts, at least"""

    @property
    def speed(self) -> float:
        """How many times as fast as the wall clock the product's clock runs."""
        fastest = LONGEST.total_seconds() / (self.hires / self.rate)
        return min(fastest, timedelta(days=1).total_seconds() / self.day)

    @property
    def apart(self) -> timedelta:
        """The product's time between two waves of hires."""
        return timedelta(seconds=WAVE / self.rate * self.speed)


@dataclass(frozen=True, slots=True)
class Struck:
    """A fault that was done, by the event loop's clock."""

    fault: Fault
    began: float
    ended: float
    steady_after: float | None
    """seconds from the end of its bout until all was steady; None if that took too long"""


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What is left when all is quiet again, and what had been done."""

    setup: Setup
    ground: Ground
    company: Mapping[UUID, Any]
    planned: tuple[Bout, ...]
    struck: list[Struck] = field(default_factory=list[Struck])
    missed: list[Fault] = field(default_factory=list[Fault])
    """faults that found nothing to be done to, such as a point that nobody came by"""
    poisoned: Sequence[Poisoned] = ()
    overdue: float = 0.0
    """the longest wait beyond a lease, in seconds"""
    memory_before: Mapping[str, int] = field(default_factory=dict[str, int])
    memory_after: Mapping[str, int] = field(default_factory=dict[str, int])
    seconds: float = 0.0
    wall_offset: float = 0.0
    """what the event loop's clock lacks of seconds since the epoch"""
    seen: Seen | None = None
    breaches: tuple[Breach, ...] = ()
    restarts: Mapping[str, int] = field(default_factory=dict[str, int])


@asynccontextmanager
async def lived_through(
    setup: Setup, home: Path, port_base: int, report: Report | None = None
) -> AsyncGenerator[Outcome]:
    """A run, judged; Kafka, PostgreSQL and the others are still there to be asked."""
    report = report or Silence()
    async with ground(home, port_base, setup.speed, report) as standing:
        begins = standing.line.clock.now()
        made = hired(setup.seed, begins, setup.hires, setup.apart)
        outcome = Outcome(
            setup=setup,
            ground=standing,
            company={hire.hire_id: hire for hire in made},
            planned=plan(setup.seed, setup.faults, setup.width),
        )
        await _live(outcome, report)
        yield outcome


async def _live(outcome: Outcome, report: Report) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    outcome.wall_offset = wall().timestamp() - began
    line = outcome.ground.line
    workload, watch = Workload(line, outcome.company), Watch(line.stack)
    strikes = Strikes(outcome.ground, workload, random.Random(outcome.setup.seed))  # noqa: S311
    actors = [
        asyncio.create_task(each)
        for each in (workload.announce(), workload.look_after(), watch.run())
    ]
    bouts = asyncio.create_task(_strike(outcome, strikes, watch, report))
    try:
        await _until_over(outcome, workload, bouts, actors, report)
        await strikes.sweep()
        board, now = await _settled(outcome)
    finally:
        for task in (*actors, bouts):
            task.cancel()
        await asyncio.gather(*actors, bouts, return_exceptions=True)
    outcome.poisoned = tuple(strikes.poisoned)
    outcome.overdue = max((sample.overdue for sample in watch.samples), default=0.0)
    outcome.memory_after = memory(line.stack)
    outcome.restarts = {name: each.restarts for name, each in line.stack.children.items()}
    outcome.seen = await witness(outcome.ground, board, now)
    outcome.breaches = verdict(outcome.company, outcome.seen)
    outcome.seconds = loop.time() - began


async def _strike(outcome: Outcome, strikes: Strikes, watch: Watch, report: Report) -> None:
    """One bout after the other, each given time to be over."""
    loop = asyncio.get_running_loop()

    async def one(fault: Fault) -> tuple[Fault, float, float, bool]:
        began = loop.time() + fault.after
        done = await strikes.strike(fault)
        return fault, began, loop.time(), done

    for bout in outcome.planned:
        await asyncio.sleep(bout.pause)
        results = await asyncio.gather(*map(one, bout.faults))
        ended = loop.time()
        steady = await watch.until_steady(ended, STEADY_WITHIN)
        for fault, began, over, done in results:
            if done:
                outcome.struck.append(Struck(fault, began, over, steady))
            else:
                outcome.missed.append(fault)
        told = "not steady" if steady is None else f"steady after {steady:.1f} s"
        report.note(f"{'; '.join(map(str, bout.faults))}: {told}")


async def _until_over(
    outcome: Outcome,
    workload: Workload,
    bouts: "asyncio.Task[None]",
    actors: Sequence["asyncio.Task[None]"],
    report: Report,
) -> None:
    """Until every hire is where it has to be and every fault is over, or nothing moves for long."""
    loop = asyncio.get_running_loop()
    told_at = loop.time()
    while not (workload.is_over and bouts.done()):
        for task in (*actors, bouts):
            if task.done():
                task.result()  # raises what ended it
        if bouts.done() and loop.time() - workload.moved_at > AT_REST_DAYS * outcome.setup.day:
            return
        if not outcome.memory_before and len(workload.at_rest) > len(workload.company) // 10:
            outcome.memory_before = memory(outcome.ground.stack)
        if loop.time() - told_at > 10:
            told_at = loop.time()
            report.note(
                f"{len(workload.at_rest)} of {len(workload.company)} hires are there, "
                f"{len(outcome.struck)} faults are over"
            )
        await asyncio.sleep(0.5)


async def _settled(outcome: Outcome) -> tuple[Mapping[UUID, Mapping[str, Any]], datetime]:
    """The board once it shows every hire where it has to be, and when; as it is, if it never does.

    A start that came in this very moment shows a moment later.
    """
    line, tries = outcome.ground.line, 0
    while True:
        board, now = await line.doors.hires(), line.clock.now()
        tries += 1
        if tries == 10 or account(outcome.company, board, line.mail.counts(), now).settled:
            return board, now
        await asyncio.sleep(1)
