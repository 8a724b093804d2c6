# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false
# (aiokafka leaves its parameters without types)
"""What is looked at all the time: is everything up, who lags, and what waits too long?"""

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from farhand.bootstrap import DATABASE, at
from farhand.stack import Stack
from libs.common.database import TRANSIENT
from tests.chaos.faults import SERVICES
from tests.chaos.steadiness import STAYS_SECONDS, Behind, Sample, steady_from

LOOK_SECONDS: Final = 1.0
ANSWER_SECONDS: Final = 4.0

OVERDUE: Final = """
select greatest(
    (select max(now() - leased_until)
       from {s}.timer t
      where leased_until < now()
        and not exists (select from {s}.dead_letter d
                         where d.key = t.key and d.status = 'open' and d.holds_key)
        and not exists (select from {s}.parked p where p.key = t.key)),
    (select max(now() - leased_until) from {s}.effect where leased_until < now()),
    (select max(now() - greatest(p.heartbeat_at, o.created_at)) - interval '5 seconds'
       from {s}.outbox o
       left join {s}.process p on p.owner = o.owner
      where greatest(p.heartbeat_at, o.created_at) < now() - interval '5 seconds'),
    interval '0')
"""
"""How far beyond its lease the oldest thing is that a dead process held."""


@dataclass(slots=True)
class Watch:
    """Looks once a second, and remembers what it saw."""

    stack: Stack
    samples: list[Sample] = field(default_factory=list[Sample])
    _ends: "deque[tuple[float, dict[TopicPartition, int]]]" = field(
        default_factory=lambda: deque[tuple[float, dict[TopicPartition, int]]](maxlen=240)
    )

    async def run(self) -> None:
        """Look until cancelled, from anew where what is asked has gone away."""
        while True:
            with suppress(KafkaError, *TRANSIENT):
                await self._look_for_long()
            self._remember(None, 0.0)
            await asyncio.sleep(LOOK_SECONDS)

    @property
    def behind(self) -> float:
        """By how many seconds the slowest service was behind when last looked at."""
        last = self.samples[-1].behind if self.samples else None
        return 0.0 if last is None else last.seconds

    async def until_steady(self, since: float, within: float) -> float | None:
        """How many seconds after a moment all was steady; None if it was not in time."""
        loop = asyncio.get_running_loop()
        first = len(self.samples)
        while loop.time() < since + within + STAYS_SECONDS + LOOK_SECONDS:
            if (steady := steady_from(self.samples[first:], since)) is not None:
                return max(0.0, steady - since - LOOK_SECONDS)
            await asyncio.sleep(LOOK_SECONDS / 2)
        return None

    async def _look_for_long(self) -> None:
        kafka = self.stack.addresses.kafka
        admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
        consumer = AIOKafkaConsumer(bootstrap_servers=kafka)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                conn = await asyncpg.connect(at(self.stack.addresses.postgres, DATABASE))
                await admin.start()
                await consumer.start()
            while True:
                async with asyncio.timeout(ANSWER_SECONDS):
                    behind = await self._behind(admin, consumer)
                    overdue = await _overdue(conn)
                self._remember(behind, overdue)
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            with suppress(KafkaError, *TRANSIENT):
                async with asyncio.timeout(ANSWER_SECONDS):
                    await consumer.stop()
                    await admin.close()

    def _remember(self, behind: Behind | None, overdue: float) -> None:
        at_ = asyncio.get_running_loop().time()
        down = [name for name, child in self.stack.children.items() if not child.ready.is_set()]
        self.samples.append(Sample(at_, tuple(down), behind, overdue))

    async def _behind(self, admin: AIOKafkaAdminClient, consumer: AIOKafkaConsumer) -> Behind:
        """By how many seconds the slowest group is behind: the age of what it has not committed."""
        now = asyncio.get_running_loop().time()
        committed: dict[TopicPartition, int] = {}
        for group in SERVICES:
            offsets = await admin.list_consumer_group_offsets(group)
            for partition, known in offsets.items():
                least = committed.get(partition, known.offset)
                committed[partition] = min(least, known.offset)
        self._ends.append((now, dict(await consumer.end_offsets(list(committed)))))
        late = [
            now - seen_at
            for seen_at, ends in self._ends
            if any(committed.get(part, end) < end for part, end in ends.items())
        ]
        return Behind(max(late, default=0.0))


async def _overdue(conn: "asyncpg.Connection[asyncpg.Record]") -> float:
    """The longest wait beyond a lease in any service, in seconds."""
    waits = [await conn.fetchval(OVERDUE.format(s=service)) for service in SERVICES]
    return max(wait.total_seconds() for wait in waits)


def memory(stack: Stack, what: str = "VmRSS") -> dict[str, int]:
    """The resident memory of each process now, in bytes; `VmHWM` is the most it ever was."""
    found: dict[str, int] = {}
    for name, child in stack.children.items():
        with suppress(OSError, StopIteration):
            status = Path(f"/proc/{child.pid}/status").read_text().splitlines()
            rss = next(line for line in status if line.startswith(f"{what}:"))
            found[name] = int(rss.split()[1]) * 1024
    return found
