"""A whole benchmark: the ground is made, every bout is fought, the document is written."""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from rich.status import Status

from bench import ground, plots, profile
from bench.machine import machine, versions
from bench.measured import Run, failed
from bench.report import Report
from bench.rounds import Plan
from bench.run import Bout, Progress, run
from farhand.errors import StackError
from farhand.home import Home
from farhand.reset import make_room, remove
from farhand.screen import Screen
from farhand.settings import Given, Settings
from farhand.stack import Stack, running
from libs.common import clock
from libs.common.database import TRANSIENT

MARKER: Final = "bench"
NOWHERE: Final = "127.0.0.1:9"
UNUSED: Final = Given(
    redis=f"redis://{NOWHERE}",
    smtp=NOWHERE,
    scim=f"http://{NOWHERE}",
    bamboohr_url=f"http://{NOWHERE}",
)
"""What nobody asks here is not started, so as not to be measured. All else is, whatever the
environment gives: the CPU of PostgreSQL and Kafka is known only of children of ours."""


@dataclass(slots=True)
class Session:
    """One call of `make bench`; `is_clean` once every run was done and none was disqualified."""

    plan: Plan
    settings: Settings
    to: Path
    screen: Screen = field(default_factory=Screen)
    is_clean: bool = False

    async def run(self) -> None:
        """Raises StackError, with a sentence for the person, where the ground cannot be made."""
        home, began = Home(self.settings.home), clock.wall()
        make_room(home, MARKER)
        try:
            settings = self.settings.evolve(given=UNUSED, clock=None)
            async with running(settings, services=(), report=self.screen) as stack:
                await ground.keep_commit_times(stack)
                await self._fight(stack, self.plan.warm_up, "warm ")
                runs = await self._fight(stack, self.plan.bouts)
                runs += await self._fight(stack, self.plan.copied, "more ")
                shares, waited = await self._profile(stack), await self._waits(stack)
        except asyncio.CancelledError:
            remove(home)
            raise
        finally:
            self.screen.close()
        self._write(runs, shares, waited, began)
        self.is_clean = not any(each.wrong for each in runs)
        if self.is_clean:  # else it stays until the next run, for its logs to be read
            remove(home)

    async def _fight(self, stack: Stack, bouts: Sequence[Bout], kind: str = "") -> list[Run]:
        runs: list[Run] = []
        for number, bout in enumerate(bouts, 1):
            title = _title(bout, f"{kind}{number}/{len(bouts)}")
            with self.screen.console.status(title) as status:
                done = await self._try(stack, bout, _progress(status, title))
            runs.append(done)
            self.screen.console.print(f"{title} {_says(done)}", markup=False)
        return runs

    async def _try(self, stack: Stack, bout: Bout, progress: Progress) -> Run:
        """A contender that fails is disqualified; the others go on."""
        try:
            return await run(stack, bout, progress)
        except (StackError, TimeoutError) as error:
            self.screen.note(str(error))
            why = "stood still" if isinstance(error, TimeoutError) else "did not start"
            return failed(bout.contender.name, bout.load, bout.round, why)

    async def _profile(self, stack: Stack) -> Mapping[str, float]:
        """Where the CPU of the kernel goes, by one more burst that is not counted."""
        folder = stack.home.tmp
        for bout in self.plan.profiled:
            self.screen.note(f"One more burst of {bout.load.hires:,} hires, to see where time goes")
            if not await self._once_more(run(stack, bout, lambda _: None, profiled=folder)):
                return {}
        return profile.shares(folder)

    async def _waits(self, stack: Stack) -> Mapping[str, int]:
        """What the sessions of the most processes wait for, by one more that is not counted."""
        waited = Counter[str]()
        for bout in self.plan.copied[-1:]:
            self.screen.note(f"And {bout.load.hires:,} more, to see what sessions wait for")
            if not await self._once_more(run(stack, bout, lambda _: None, waited=waited)):
                return {}
        return waited

    async def _once_more(self, looked_into: Coroutine[None, None, Run]) -> bool:
        """Whether it came to an end: what was measured before it is told either way."""
        try:
            await looked_into
        except (StackError, *TRANSIENT) as error:
            self.screen.note(f"Left out of the document, for it broke off: {error}")
            return False
        return True

    def _write(
        self,
        runs: Sequence[Run],
        shares: Mapping[str, float],
        waited: Mapping[str, int],
        began: datetime,
    ) -> None:
        report = Report(
            contenders=self.plan.contenders,
            runs=runs,
            copied={each.contender.name: each.contender for each in self.plan.copied},
            shares=shares,
            waited=waited,
            machine=machine(),
            versions=versions(),
            began=f"{began:%d %B %Y}",
            rounds=self.plan.rounds,
        )
        drawn = plots.draw(report, self.to / "benchmarks")
        document = self.to / "benchmarks.md"
        document.write_text(report.markdown([(t, f"benchmarks/{file}") for t, file in drawn]))
        self.screen.console.print(f"\nWritten: {document}", markup=False)


def _title(bout: Bout, place: str) -> str:
    load = bout.load
    rate = "at once" if load.per_second is None else f"at {load.per_second:.0f}/s"
    return f"{place:>9}  {bout.contender.title:<28} {load.hires:>6,} {rate:<8}"


def _progress(status: Status, title: str) -> Progress:
    return lambda through: status.update(f"{title} {through:,} through")


def _says(done: Run) -> str:
    if done.wrong:
        return f"✗ disqualified: {done.wrong[0]}"
    latency = sorted(done.latencies)[len(done.latencies) // 2] * 1_000
    return (
        f"{done.hires_per_second:8,.1f} hires/s  {done.cpu.total:6.2f} CPU-s for 1,000  "
        f"p50 {latency:7,.0f} ms  others {done.others:.2f}"
    )
