# pyright: reportUnknownMemberType=false
# (redis-py leaves its parameters without types)
"""What is done to a running Farhand, at moments that a seed decides."""

import asyncio
import os
import random
import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

from farhand.services import SERVICES
from tests.e2e.line import Line
from tests.e2e.waiting import eventually

PARTS: Final = ("kafka", "postgres", "redis", "smtp")
ASLEEP_SECONDS: Final = 15.0
BACK_WITHIN: Final = 90.0


@dataclass(frozen=True, slots=True, order=True)
class Blow:
    """Something done to one process, so many seconds after the beginning."""

    after: float
    what: str
    name: str

    def __str__(self) -> str:
        return f"{self.after:.1f} s {self.what} {self.name}"


def blows(seed: int, within: float, copies: int) -> tuple[Blow, ...]:
    """One copy of each service and each part killed once, Redis emptied, one service asleep."""
    chance = random.Random(seed)  # noqa: S311  # moments, not secrets
    return tuple(
        sorted(Blow(chance.uniform(0, within), what, name) for what, name in _aims(chance, copies))
    )


def _aims(chance: random.Random, copies: int) -> Iterator[tuple[str, str]]:
    def copy_of(service: str) -> str:
        copy = chance.randint(1, copies)
        return service if copy == 1 else f"{service}-{copy}"

    for service in SERVICES:
        yield "kill", copy_of(service.name)
    for part in PARTS:
        yield "kill", part
    yield "empty", "redis"
    yield "put to sleep", copy_of(chance.choice(SERVICES).name)


async def strike(line: Line, planned: tuple[Blow, ...]) -> None:
    """Do it all; returns once everything is back."""
    async with asyncio.TaskGroup() as group:
        for blow in planned:
            group.create_task(_strike(line, blow))


async def _strike(line: Line, blow: Blow) -> None:
    await asyncio.sleep(blow.after)
    match blow.what:
        case "kill":
            await _kill(line, blow.name)
        case "empty":
            await _empty(line)
        case _:
            await _put_to_sleep(line, blow.name)


async def _kill(line: Line, name: str) -> None:
    child = line.stack.child(name)
    before = child.restarts

    async def is_back() -> bool:
        return child.restarts > before and child.ready.is_set()

    os.kill(await _pid(line, name), signal.SIGKILL)
    await eventually(is_back, BACK_WITHIN)


async def _pid(line: Line, name: str) -> int:
    async def pid() -> int | None:
        return line.stack.pid(name)

    return await eventually(pid, BACK_WITHIN) or 0


async def _empty(line: Line) -> None:
    async def emptied() -> bool:
        with suppress(RedisError, OSError):
            async with Redis.from_url(line.stack.addresses.redis) as redis:
                return bool(await redis.flushall())
        return False  # it is down at this moment

    await eventually(emptied, BACK_WITHIN)


async def _put_to_sleep(line: Line, name: str) -> None:
    """Long enough for its leases, its locks and its place among the consumers to be lost."""
    pid = await _pid(line, name)
    os.kill(pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(ASLEEP_SECONDS)
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)
