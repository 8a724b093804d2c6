"""One run: start a contender on clean ground, feed it, wait for the end, check every row."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from threading import Event
from typing import Final
from uuid import UUID

from bench import ground, processes, profile, traces, usage, waits
from bench.contender import Contender
from bench.contenders.step import HIRES
from bench.feed import Load, Record, feed, record
from bench.measured import NOTHING, THOUSAND, Cpu, Run
from bench.workload.hire import Hire, hires
from bench.workload.outcome import differences
from farhand.stack import Stack
from libs.common.database import Connection

POLL_SECONDS: Final = 0.2
STALLED_SECONDS: Final = 60.0
IDLE_SECONDS: Final = 2.0
TAIL_SECONDS: Final = 0.6
"""Longer than spans wait to be exported: what is spent on them belongs to the run."""
WRONG_TOLD: Final = 5

Progress = Callable[[int], None]
"""Told how many hires are through. Must not block."""


@dataclass(frozen=True, slots=True)
class Bout:
    """Which contender has its turn, with what, in which round."""

    contender: Contender
    load: Load
    round: int


async def run(
    stack: Stack,
    bout: Bout,
    progress: Progress,
    *,
    profiled: Path | None = None,
    waited: Counter[str] | None = None,
) -> Run:
    """Run once; raises StackError where the contender does not start, TimeoutError where it hangs.

    Whatever happens, its processes, its topics and its database are gone afterwards. What it did
    is written into the folder `profiled`, if one is given, which makes it slower; what its sessions
    waited for is counted in `waited`.
    """
    prefix = f"{bout.contender.name}-{time.monotonic_ns()}-"
    async with (
        ground.database(stack, bout.contender) as (dsn, conn),
        ground.topics(stack, prefix),
        processes.running(stack, bout.contender, dsn, prefix) as pids,
        profile.sampling(pids, profiled) if profiled else nullcontext(),
        nullcontext() if waited is None else waits.watching(dsn, waited),
    ):
        return await _Under(stack, bout, conn, prefix, pids).run(progress)


@dataclass(frozen=True)
class _Under:
    """A contender that is up and waits."""

    stack: Stack
    bout: Bout
    conn: Connection
    prefix: str
    pids: Sequence[int]

    @cached_property
    def hires(self) -> list[Hire]:
        return list(hires(self.bout.load.hires))

    async def run(self, progress: Progress) -> Run:
        records = [record(hire) for hire in self.hires]
        idle = await self._idle()
        before, busy, began = self._cpu(), usage.busy_seconds(), time.monotonic()
        _, sent = await asyncio.gather(self._until_through(progress), self._feed(records))
        await asyncio.sleep(TAIL_SECONDS)
        used, elapsed = self._cpu().less(before), time.monotonic() - began
        committed = await self._commit_times()
        return Run(
            contender=self.bout.contender.name,
            load=self.bout.load,
            round=self.bout.round,
            seconds=max(committed.values()) - min(sent.values()),
            cpu=used.less(NOTHING, self.bout.load.hires / THOUSAND),
            idle=idle,
            others=max(0.0, (usage.busy_seconds() - busy - used.total) / elapsed),
            memory=usage.peak_memory(self.pids),
            latencies=[committed[hire_id] - at for hire_id, at in sent.items()],
            wrong=await self._wrong(min(sent.values())),
        )

    async def _feed(self, records: Sequence[Record]) -> Mapping[UUID, float]:
        """In a thread, so that the clock of a trickle is not held up; it ends when we do."""
        stop = Event()
        try:
            return await asyncio.to_thread(
                feed, self.stack.addresses.kafka, self.prefix + HIRES, records, self.bout.load, stop
            )
        finally:
            stop.set()

    async def _idle(self) -> Cpu:
        before = self._cpu()
        await asyncio.sleep(IDLE_SECONDS)
        return self._cpu().less(before, IDLE_SECONDS)

    def _cpu(self) -> Cpu:
        parts = {name: self.stack.pid(name) for name in ("postgres", "kafka", "zipkin")}
        used = {name: usage.cpu_seconds([pid]) if pid else 0.0 for name, pid in parts.items()}
        return Cpu(
            app=usage.cpu_seconds(self.pids),
            postgres=used["postgres"],
            kafka=used["kafka"],
            traces=used["zipkin"],
        )

    async def _until_through(self, progress: Progress) -> None:
        through, moved = 0, time.monotonic()
        query = f"select count(*) from {self.bout.contender.notices}"  # noqa: S608  # a name of ours
        while through < self.bout.load.hires:
            await asyncio.sleep(POLL_SECONDS)
            before, through = through, int(await self.conn.fetchval(query) or 0)
            moved = moved if through == before else time.monotonic()
            if time.monotonic() - moved > STALLED_SECONDS:
                raise TimeoutError(
                    f"{self.bout.contender.title} stands still at {through} of "
                    f"{self.bout.load.hires} hires; its logs are in {self.stack.home.logs}"
                )
            progress(through)

    async def _commit_times(self) -> Mapping[UUID, float]:
        """When the notice of each hire was committed, in seconds since the epoch."""
        contender = self.bout.contender
        rows = await self.conn.fetch(
            f"select {contender.hire_id} hire_id,"  # noqa: S608  # names of ours
            " extract(epoch from pg_xact_commit_timestamp(xmin))::float8 at"
            f" from {contender.notices}"
        )
        return {row["hire_id"]: row["at"] for row in rows}

    async def _wrong(self, began: float) -> list[str]:
        """Why this run does not count, if so."""
        contender = self.bout.contender
        rows = await self.conn.fetch(contender.outcomes.read_text())
        found = (dict[str, object](row) for row in rows)
        wrong = list(islice(differences(self.hires, found), WRONG_TOLD))
        if ended := processes.restarts(self.stack, contender):
            wrong.append(f"a process ended by itself {ended} times")
        if contender.traced:
            told = await traces.wrong(self.stack.addresses.zipkin, self.hires, began)
            wrong += [told] if told is not None else []
        return wrong
