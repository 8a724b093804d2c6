"""One run: hires flow, faults strike bout after bout, and at the end all is held to account."""

import asyncio
import random
from collections import deque
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
from tests.chaos.faults import Bout, Fault, again, plan
from tests.chaos.ground import Ground, ground
from tests.chaos.steadiness import STEADY_WITHIN
from tests.chaos.strikes import Poisoned, Strikes
from tests.chaos.tempo import Tempo
from tests.chaos.verdict import Breach, Seen, verdict
from tests.chaos.watch import Watch, memory
from tests.chaos.witness import witness
from tests.chaos.workload import Pace, Workload

DAY_IN_SECONDS: Final = 8.64
"""At 10,000 times the speed of the wall clock."""

LONGEST: Final = timedelta(days=180)
"""What a run may live through: the packs know the law of one year."""

REST_DAYS: Final = 16
"""How long the product takes until the last hire that was announced is where it has to be."""

JUDGED_SECONDS: Final = 60.0
JUDGED_SECONDS_A_HIRE: Final = 0.02
"""How long it takes to bring all up, and to hold each hire to account."""

CANCELLED_SECONDS: Final = 10.0
QUICK_LOOK: Final = 0.5
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

    minutes: float = 60.0
    """how long all of it may take"""

    @property
    def speed(self) -> float:
        """How many times as fast as the wall clock the product's clock runs."""
        fastest = LONGEST.total_seconds() / (60 * self.minutes)
        return min(fastest, timedelta(days=1).total_seconds() / self.day)

    @property
    def day_lasts(self) -> float:
        """Seconds by the wall clock."""
        return timedelta(days=1).total_seconds() / self.speed

    @property
    def announcing(self) -> float:
        """For how many seconds hires may be announced, so that all is over in time."""
        rest = REST_DAYS * self.day_lasts
        judged = JUDGED_SECONDS + JUDGED_SECONDS_A_HIRE * self.hires
        return max(30.0, 60 * self.minutes - rest - judged)


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
    planned: tuple[Bout, ...]
    company: Mapping[UUID, Any] = field(default_factory=dict[UUID, Any])
    struck: list[Struck] = field(default_factory=list[Struck])
    missed: list[Fault] = field(default_factory=list[Fault])
    """faults that found nothing to be done to, such as a point that nobody came by, or no time"""
    poisoned: Sequence[Poisoned] = ()
    overdue: float = 0.0
    """the longest wait beyond a lease, in seconds"""
    held: list[tuple[int, Mapping[str, int]]] = field(
        default_factory=list[tuple[int, Mapping[str, int]]]
    )
    """the bytes that each process held, when so many hires were there"""
    peaks: Mapping[str, int] = field(default_factory=dict[str, int])
    """the most bytes that each process ever held, of those that run at the end"""
    lived: tuple[datetime, datetime] | None = None
    """the product's time at the beginning and the end"""
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
        planned = plan(setup.seed, setup.faults, setup.width)
        outcome = Outcome(setup=setup, ground=standing, planned=planned)
        await _live(outcome, report)
        yield outcome


async def _live(outcome: Outcome, report: Report) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    outcome.wall_offset = wall().timestamp() - began
    line, setup = outcome.ground.line, outcome.setup
    watch, begins = Watch(line.stack), line.clock.now()
    tempo = Tempo(began, setup.announcing)
    pace = Pace(setup.seed, setup.hires, setup.rate, setup.day_lasts, len(outcome.planned))
    workload = Workload(line, pace, tempo, lambda: watch.behind)
    outcome.company = workload.company
    strikes = Strikes(outcome.ground, workload, random.Random(setup.seed))  # noqa: S311
    actors = [
        asyncio.create_task(each)
        for each in (workload.announce(), workload.look_after(), watch.run())
    ]
    bouts = asyncio.create_task(_strike(outcome, strikes, watch, tempo, report))
    try:
        while True:
            is_over = await _until_over(outcome, workload, bouts, actors, watch, report)
            await strikes.sweep()
            board, now = await _settled(outcome)
            if not is_over or not workload.look_again(board, now):
                break
    finally:
        for task in (*actors, bouts):
            task.cancel()
        await asyncio.wait([*actors, bouts], timeout=CANCELLED_SECONDS)
    outcome.poisoned = tuple(strikes.poisoned)
    outcome.overdue = max((sample.overdue for sample in watch.samples), default=0.0)
    outcome.held.append((len(workload.at_rest), memory(line.stack)))
    outcome.peaks = memory(line.stack, "VmHWM")
    outcome.lived = begins, now
    outcome.restarts = {name: each.restarts for name, each in line.stack.children.items()}
    outcome.seen = await witness(outcome.ground, board, now)
    outcome.breaches = verdict(outcome.company, outcome.seen)
    outcome.seconds = loop.time() - began


async def _strike(
    outcome: Outcome, strikes: Strikes, watch: Watch, tempo: Tempo, report: Report
) -> None:
    """One bout after the other, each given time to be over; what struck nothing comes once more."""
    loop, planned, bouts = asyncio.get_running_loop(), len(outcome.planned), deque(outcome.planned)
    number, tried = 0, set[Fault]()
    while bouts:
        bout, share = bouts.popleft(), number / planned
        number += 1
        await asyncio.sleep(bout.pause)
        while not tempo.bout_is_due(min(share, 1.0), loop.time()):
            await asyncio.sleep(QUICK_LOOK)
        if loop.time() > tempo.ends_at:  # all has to be over in time
            outcome.missed += bout.faults
            continue
        for fault in await _have_out(outcome, bout, strikes, watch, report):
            if fault in tried:
                outcome.missed.append(fault)
            else:
                second = again(fault)
                tried.add(second)
                bouts.append(Bout(0.0, (second,)))
        tempo.struck = min(1.0, number / planned)


async def _have_out(
    outcome: Outcome, bout: Bout, strikes: Strikes, watch: Watch, report: Report
) -> list[Fault]:
    """Do one bout, and wait until all is steady; what found nothing to be done to is returned."""
    loop = asyncio.get_running_loop()

    async def one(fault: Fault) -> tuple[Fault, float, float, bool]:
        began = loop.time() + fault.after
        done = await strikes.strike(fault)
        return fault, began, loop.time(), done

    begun = loop.time()
    results = await asyncio.gather(*map(one, bout.faults))
    ended = loop.time()
    steady = await watch.until_steady(ended, STEADY_WITHIN)
    outcome.struck += [
        Struck(fault, began, over, steady) for fault, began, over, done in results if done
    ]
    told = "not steady" if steady is None else f"steady after {steady:.1f} s"
    took, then = ended - begun, loop.time() - ended
    report.note(f"{'; '.join(map(str, bout.faults))}: {told} ({took:.0f} + {then:.0f} s)")
    missed = [fault for fault, _, _, done in results if not done]
    for fault in missed:
        report.note(f"{fault} found nothing to be done to")
    return missed


async def _until_over(
    outcome: Outcome,
    workload: Workload,
    bouts: "asyncio.Task[None]",
    actors: Sequence["asyncio.Task[None]"],
    watch: Watch,
    report: Report,
) -> bool:
    """Until every hire is where it has to be and every fault is over, or nothing moves for long.

    False if the latter.
    """
    loop = asyncio.get_running_loop()
    told_at = loop.time()
    while not (workload.is_over and bouts.done()):
        for task in (*actors, bouts):
            if task.done():
                task.result()  # raises what ended it
        if (
            bouts.done()
            and loop.time() - workload.moved_at > AT_REST_DAYS * outcome.setup.day_lasts
        ):
            return False
        if loop.time() - told_at > 10:
            told_at = loop.time()
            outcome.held.append((len(workload.at_rest), memory(outcome.ground.stack)))
            report.note(
                f"{len(workload.at_rest)} hires of {outcome.setup.hires} are there, "
                f"{len(workload.company)} announced; {len(outcome.struck)} faults are over; "
                f"{watch.behind:.1f} s behind"
            )
        await asyncio.sleep(0.5)
    return True


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
