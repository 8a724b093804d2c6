# pyright: reportUnknownMemberType=false
# (redis-py leaves its parameters without types)
"""How each fault is done, and undone; each returns when nothing of it is left but its traces."""

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from aiokafka.errors import KafkaError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from libs.common.contracts.onboarding import HireAnnounced
from tests.chaos.faults import (
    ASLEEP_SECONDS,
    SERVICES,
    STEPS,
    Condition,
    Fault,
    Kind,
    Mood,
    Point,
)
from tests.chaos.ground import Ground
from tests.chaos.topics import replay_topic
from tests.chaos.workload import Workload
from tests.e2e.odd_records import odd_record
from tests.e2e.records import Headers, envelope, sender
from tests.e2e.senders import a_name
from tests.e2e.waiting import eventually

BACK_SECONDS: Final = 240.0
REACHED_SECONDS: Final = 20.0
"""How long a process may take to come by a point, before it is let off."""

STAYS_SECONDS: Final = 6.0
"""How long a copy that joins stays, once it is ready."""

TROUBLE_SECONDS: Final = 8.0
"""How long a peer or a wire is in trouble."""

FULL_SECONDS: Final = 6.0
"""How long a disk is full."""

HELD_SECONDS: Final = 12.0
"""How long a poison event is left where it is, while the others go on."""

READERS: Final[Mapping[str, tuple[str, ...]]] = {
    "farhand.onboarding": ("compliance", "metrics", "notify", "console"),
    "farhand.compliance": ("onboarding", "compliance", "console"),
}
"""Each topic with the services that read it; all of these read what `odd_record` makes there."""


@dataclass(frozen=True, slots=True)
class Poisoned:
    """A hire that had a poison event for a while, by the event loop's clock."""

    hire: str
    began: float
    ended: float


@dataclass(slots=True)
class Strikes:
    """Does faults to a ground while a workload flows over it."""

    ground: Ground
    workload: Workload
    chance: random.Random
    poisoned: list[Poisoned] = field(default_factory=list[Poisoned])
    _places: set[str] = field(default_factory=set[str])
    """where the records lie that were put there to do harm"""

    async def strike(self, fault: Fault) -> bool:
        """Do it, wait until it is over; False if it found nothing to be done to."""
        await asyncio.sleep(fault.after)
        ways: Mapping[Kind, Callable[[Fault], Awaitable[bool]]] = {
            Kind.KILL: self._kill,
            Kind.KILL_PART: self._kill,
            Kind.DIE_AT: self._have_die,
            Kind.FLUSH: self._flush,
            Kind.SLEEP: self._put_to_sleep,
            Kind.JOIN: self._join_and_leave,
            Kind.POISON: self._poison,
            Kind.ODD: self._send_odd,
            Kind.REDELIVER: self._redeliver,
            Kind.PROVIDER: self._be_moody,
            Kind.GREYLIST: self._be_strict,
            Kind.WIRE: self._spoil_wire,
            Kind.DISK: self._fill_disk,
            Kind.CLOCK: self._step_clock,
        }
        return await ways[fault.kind](fault)

    async def _kill(self, fault: Fault) -> bool:
        child = self.ground.stack.child(fault.target)
        before = child.restarts
        os.kill(await self._pid(fault.target), signal.SIGKILL)
        await self._back(fault.target, before)
        return True

    async def _have_die(self, fault: Fault) -> bool:
        child = self.ground.stack.child(fault.target)
        before = child.restarts
        self.ground.order(fault.target, Point(fault.detail))

        async def died() -> bool:
            return child.restarts > before

        with suppress(TimeoutError):
            await eventually(died, REACHED_SECONDS)
        if self.ground.revoke(fault.target) and child.restarts == before:
            return False
        await self._back(fault.target, before)
        return True

    async def _back(self, name: str, restarts_before: int) -> None:
        child = self.ground.stack.child(name)

        async def is_back() -> bool:
            return child.restarts > restarts_before and child.ready.is_set()

        await eventually(is_back, BACK_SECONDS)

    async def _pid(self, name: str) -> int:
        async def pid() -> int | None:
            return self.ground.stack.pid(name)

        return await eventually(pid, BACK_SECONDS) or 0

    async def _flush(self, _: Fault) -> bool:
        async def flushed() -> bool:
            with suppress(RedisError, OSError):
                async with Redis.from_url(self.ground.stack.addresses.redis) as redis:
                    return bool(await redis.flushall())
            return False  # it is down at this moment

        return await eventually(flushed, BACK_SECONDS)

    async def _put_to_sleep(self, fault: Fault) -> bool:
        """Long enough for its leases, its locks and its place among the consumers to be lost."""
        pid = await self._pid(fault.target)
        os.kill(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(ASLEEP_SECONDS)
        finally:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        return True

    async def _join_and_leave(self, fault: Fault) -> bool:
        service, _, number = fault.target.partition("-")
        stack = self.ground.stack
        stack.add(self.ground.copy(service, int(number)))
        try:
            await stack.start(fault.target)
            await asyncio.sleep(STAYS_SECONDS)
        finally:
            await stack.children.pop(fault.target).stop()
        return True

    async def _poison(self, fault: Fault) -> bool:
        """What cannot be read is sent of a hire that is on its way; an operator discards it."""
        under_way = self.workload.under_way
        if not under_way:
            return False
        hire, began = self.chance.choice(under_way), asyncio.get_running_loop().time()
        headers = envelope(HireAnnounced.type, a_name(), source="chaos")
        where = await self._put(
            fault.target, b'{"hire_id": 7}', str(hire.hire_id).encode(), headers
        )
        letters = {reader: await self._letter(reader, where) for reader in READERS[fault.target]}
        await asyncio.sleep(HELD_SECONDS)
        for reader, letter in letters.items():
            await self._discard(reader, letter)
        ended = asyncio.get_running_loop().time()
        self.poisoned.append(Poisoned(str(hire.hire_id), began, ended))
        return True

    async def _send_odd(self, fault: Fault) -> bool:
        odd = odd_record(fault.detail, fault.target)
        where = await self._put(fault.target, odd.value, odd.key, odd.headers)
        for reader in READERS[fault.target]:
            await self._discard(reader, await self._letter(reader, where))
        return True

    async def _put(
        self, topic: str, value: bytes | None, key: bytes | None, headers: Headers
    ) -> str:
        async def put() -> str | None:
            with suppress(KafkaError, OSError):
                async with sender(self.ground.line) as producer:
                    return await producer.put(topic, value, key=key, headers=headers)
            return None  # it is down at this moment

        where = await eventually(put, BACK_SECONDS) or ""
        self._places.add(where)
        return where

    async def sweep(self) -> None:
        """Discard what is left of the harm: who reads more than it must sets more aside."""
        for service in SERVICES:
            letters: list[dict[str, Any]]
            letters = await self.ground.line.doors.get(service, "/dead-letters?limit=1000")
            for letter in letters:
                if letter["origin"] in self._places:
                    await self._discard(service, letter["id"])

    async def _letter(self, reader: str, where: str) -> str:
        """The dead letter that a reader made of what lies at a place."""
        doors = self.ground.line.doors

        async def look() -> str | None:
            letters: list[dict[str, Any]] = await doors.get(reader, "/dead-letters?limit=1000")
            return next((each["id"] for each in letters if each["origin"] == where), None)

        return await eventually(look, BACK_SECONDS) or ""

    async def _discard(self, reader: str, letter: str) -> None:
        why = {"why": "the fault suite made it"}
        await self.ground.line.doors.post(reader, f"/dead-letters/{letter}/discard", why)

    async def _redeliver(self, fault: Fault) -> bool:
        return await replay_topic(self.ground.stack.addresses.kafka, fault.target) > 0

    async def _be_moody(self, fault: Fault) -> bool:
        self.ground.be(Mood(fault.detail))
        try:
            await asyncio.sleep(TROUBLE_SECONDS)
        finally:
            self.ground.be(Mood.WELL)
        return True

    async def _be_strict(self, _: Fault) -> bool:
        doorkeeper = self.ground.around.doorkeeper
        before, doorkeeper.strict = doorkeeper.refused, True
        try:
            await asyncio.sleep(TROUBLE_SECONDS)
        finally:
            doorkeeper.strict = False
        return doorkeeper.refused > before

    async def _spoil_wire(self, fault: Fault) -> bool:
        wire = self.ground.around.wires[fault.target.removeprefix("wire to ")]
        before = wire.harmed
        wire.be(Condition(fault.detail))
        try:
            await asyncio.sleep(TROUBLE_SECONDS)
        finally:
            wire.be(Condition.SOUND)
        return wire.harmed > before

    async def _fill_disk(self, _: Fault) -> bool:
        """What stands on it may end and is started again, which it can once there is space."""
        if (disk := self.ground.around.disk) is None:
            return False
        try:
            await asyncio.to_thread(disk.fill)
            await asyncio.sleep(FULL_SECONDS)
        finally:
            disk.clear()
        children = self.ground.stack.children

        async def all_back() -> bool:
            return all(child.ready.is_set() for child in children.values())

        return await eventually(all_back, BACK_SECONDS)

    async def _step_clock(self, fault: Fault) -> bool:
        self.ground.step_clock(fault.target, STEPS[fault.detail])
        try:
            await asyncio.sleep(TROUBLE_SECONDS)
        finally:
            self.ground.right_clock(fault.target)
        return True
