"""The kernel of one process: all that runs between a service's declaration and the wires."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from opentelemetry.trace import Tracer

from libs.common import cloudevents, cursors, dead_letters, ids, outbox, parking
from libs.common.cloudevents import Record
from libs.common.consumer import KafkaConsumer
from libs.common.database import TRANSIENT, Connection
from libs.common.dead_letters import Mended
from libs.common.effect_loop import EffectLoop
from libs.common.engine import Engine
from libs.common.front_door import Doors, deliveries
from libs.common.handoff import Handoff
from libs.common.inbound import Inbound, Result
from libs.common.message import Command
from libs.common.service import Service, Tools
from libs.common.spans import Spans
from libs.common.timer_loop import fire_due_timers
from libs.common.tracing import current_traceparent
from libs.common.transaction import Transaction

log = logging.getLogger(__name__)

DEAD_SECONDS: Final = 90.0
"""Longer than a transaction in which every statement takes nearly as long as it may."""

DRAIN_SECONDS: Final = 5.0
RELEASE_SECONDS: Final = 1.0
INBOX_DAYS: Final = 14
"""Longer than any sender's last retry; GitHub and Greenhouse give up within a day."""


@dataclass(frozen=True, slots=True)
class Unready:
    """Why a process should get no traffic."""

    why: str


class Kernel:
    """A running service, without its HTTP side."""

    def __init__(self, service: Service, tools: Tools, tracer: Tracer) -> None:
        settings = tools.settings
        owner, spans = ids.ordered(), Spans.of(tracer)
        self.service = service
        self.tools = tools
        self._handoff = Handoff(
            tools.pool, settings.kafka, owner, settings.topic_prefix, settings.kafka_access
        )
        self.engine = Engine(
            service.name,
            tools.pool,
            self._handoff,
            Transaction(
                service=service.name,
                owner=owner,
                deciders=service.deciders,
                projections=(*service.projections, deliveries),
                clock=tools.clock,
                spans=spans,
            ),
        )
        self._effects = EffectLoop(
            service.name, tools.pool, self.engine, tools.clock, spans, service.adapters(tools)
        )
        self.engine.on_effects = self._effects.wake.set
        self.doors = Doors(service.front_doors, tools, self.engine)
        topics = dict.fromkeys(service.topics, self._receive) | dict(self.doors.topics)
        self._consumer = (
            KafkaConsumer(
                service.name,
                settings.kafka,
                topics,
                settings.topic_prefix,
                settings.kafka_access,
            )
            if topics
            else None
        )
        self._release = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Run everything; on leaving, finish what is under way and hand over what is committed.

        Raises KafkaError while the broker is away. If a part of it ends unexpectedly, the caller
        is cancelled and the error raised: the process is to be started again.
        """
        async with asyncio.TaskGroup() as group:
            core = [
                group.create_task(self.engine.run()),
                group.create_task(self._handoff.run()),
                group.create_task(self._handoff.keep_alive()),
            ]
            effects = group.create_task(self._effects.run())
            sources = [
                group.create_task(fire_due_timers(self.tools.pool, self.engine, self.tools.clock)),
                group.create_task(self._release_parked()),
                group.create_task(self._tidy_inbox()),
            ]
            try:
                if self._consumer is not None:
                    await self._consumer.start()
                    sources.append(group.create_task(self._consumer.commit_offsets()))
                yield
            finally:
                if self._consumer is not None:
                    await self._consumer.stop()
                await _cancel(sources)
                self._effects.stop()
                await asyncio.wait([effects], timeout=DRAIN_SECONDS)
                await _cancel([effects])
                await self.engine.close(DRAIN_SECONDS)
                await self._handoff.drain(DRAIN_SECONDS)
                await _cancel(core)

    async def submit(self, command: Command, *, key: str, id: UUID | str) -> Result:  # noqa: A002
        """Decide a command durably, in the trace of the caller; the same id counts once.

        Raises UnavailableError or TimeoutError where that cannot be done now.
        """
        inbound = Inbound(
            id=cloudevents.storable(str(id)),
            type=command.type,
            source="command",
            key=cloudevents.storable(key),
            body=command.model_dump_json().encode(),
            recorded_at=self.tools.clock.now(),
            origin=f"command {id}",
            traceparent=current_traceparent(),
            parsed=command,
        )
        return (await self.engine.ask([inbound]))[0]

    async def replay(self, letter: UUID, mended: Mended, why: str) -> Result | None:
        """Handle a dead letter again, mended or as it came; None if there is no such one."""

        async def reopen(conn: Connection) -> Sequence[Inbound]:
            return await dead_letters.reopen(conn, letter, mended, why)

        results = await self.engine.ask((), reopen)
        self._release.set()
        return results[0] if results else None

    async def skip_gap(self, source: str, key: str) -> Result | None:
        """Give up the numbers that a key waits for; None if it waits for none."""

        async def skip(conn: Connection) -> Sequence[Inbound]:
            return await parking.skip_gap(conn, source, key)

        results = await self.engine.ask((), skip)
        return results[0] if results else None

    async def discard(self, letter: UUID, why: str) -> bool:
        """Give a dead letter up; what waited behind it flows on. False if there is no such one."""
        done = await dead_letters.discard(self.tools.pool, letter, why)
        self._release.set()
        return done

    def readiness(self) -> Unready | None:
        """Why this process should get no traffic, if so."""
        if self.engine.troubled_since is not None:
            return Unready("PostgreSQL does not answer; batches wait")
        if self.engine.stopped is not None:
            return Unready(f"standing still: this release fails every {self.engine.stopped}")
        if self._consumer is None:
            return None
        if not self._consumer.assigned:
            return Unready("no partitions are assigned yet")
        stuck = self._consumer.stuck()
        return None if stuck is None else Unready(stuck)

    @property
    def alive(self) -> bool:
        """Whether the loop still turns: false means that only a restart helps."""
        return time.monotonic() - self.engine.heartbeat < DEAD_SECONDS

    async def _receive(self, records: Sequence[Record]) -> None:
        now = self.tools.clock.now()
        await self.engine.submit([cloudevents.read_record(record, now) for record in records])

    async def _release_parked(self) -> None:
        """Let parked messages follow once nothing holds their key, one by one in order."""
        while True:
            self._release.clear()
            try:
                for key in await parking.released_keys(self.tools.pool):
                    while await self.engine.submit_after(_next_of(key)):
                        pass
            except TRANSIENT as error:
                log.warning("parked messages wait on: %s", type(error).__name__)
            try:
                await asyncio.wait_for(self._release.wait(), RELEASE_SECONDS)
            except TimeoutError:
                continue

    async def _tidy_inbox(self) -> None:
        while True:
            try:
                async with self.tools.pool.acquire() as conn:
                    await cursors.forget(conn, INBOX_DAYS)
                await outbox.forget_dead(self.tools.pool)
            except TRANSIENT as error:
                log.warning("the inbox is tidied later: %s", type(error).__name__)
            await asyncio.sleep(3600)


def _next_of(key: str) -> Callable[[Connection], Awaitable[Sequence[Inbound]]]:
    async def take(conn: Connection) -> Sequence[Inbound]:
        return await parking.next_released(conn, key)

    return take


async def _cancel(tasks: Sequence["asyncio.Task[None]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
