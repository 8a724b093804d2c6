"""What is in the outbox reaches Kafka, whatever goes wrong on the way, and memory stays bounded."""

import asyncio
from asyncio import Future
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from aiokafka.errors import KafkaError, KafkaTimeoutError

from libs.common import ids, outbox
from libs.common.cloudevents import MAX_BODY_BYTES
from libs.common.database import Pool
from libs.common.fold import ContractError, Emitted
from libs.common.handoff import Handoff, HungProducerError
from libs.common.kafka_access import KafkaAccess
from libs.common.outbox import OutboxRow
from tests.kernel.conftest import Ledger, until
from tests.kernel.ledger import Balanced, Credited

ALICE = UUID(int=1)
NOW = datetime(2026, 1, 5, tzinfo=UTC)


@dataclass
class Wire:
    """A producer in memory: what it took, and what is to go wrong next."""

    taken: list[bytes] = field(default_factory=list[bytes])
    pending: list["Future[Any]"] = field(default_factory=list["Future[Any]"])
    troubles: list[Callable[["Wire"], None]] = field(default_factory=list[Callable[["Wire"], None]])
    away: bool = False
    starts: int = 0

    async def start(self) -> None:
        self.starts += 1

    async def flush(self) -> None:
        pass

    async def stop(self) -> None:
        pass

    async def send(self, _topic: str, value: bytes, **_envelope: object) -> "Future[Any]":
        if self.away:
            await asyncio.sleep(0.01)
            raise KafkaTimeoutError
        sent: Future[Any] = asyncio.get_running_loop().create_future()
        self.pending.append(sent)
        trouble = self.troubles.pop(0) if self.troubles else Wire.acknowledge
        trouble(self)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        self.taken.append(value)
        return sent

    def acknowledge(self) -> None:
        self.pending[-1].set_result(None)

    def wait(self) -> None:
        pass

    def cut_off(self) -> None:
        self.pending[-1].cancel()

    def fail_the_one_before(self) -> None:
        self.pending[-2].set_exception(KafkaError("refused"))
        self.pending[-1].set_result(None)


@asynccontextmanager
async def handing_over(
    pool: Pool, wire: Wire, owner: UUID, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[Handoff]:
    def same_wire(_bootstrap: str, _access: KafkaAccess) -> Wire:
        return wire

    monkeypatch.setattr("libs.common.handoff.new_producer", same_wire)
    handoff = Handoff(pool, "nowhere", owner)
    running = asyncio.create_task(handoff.run())
    try:
        yield handoff
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def put(pool: Pool, owner: UUID, numbers: Sequence[int]) -> list[OutboxRow]:
    emitted = [
        Emitted(Balanced(account=ALICE, balance=n), "ledger/account", str(ALICE), n, 0)
        for n in numbers
    ]
    async with pool.acquire() as conn, conn.transaction():
        return await outbox.put(conn, owner, emitted, [None], NOW)


async def test_a_failure_while_the_next_one_is_being_sent_is_noticed(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = ids.ordered()
    wire = Wire(troubles=[Wire.wait, Wire.fail_the_one_before])
    async with handing_over(pool, wire, owner, monkeypatch) as handoff:
        await until(lambda: wire.starts == 1)
        await asyncio.sleep(0.05)
        handoff.offer(await put(pool, owner, [1, 2]))
        await until(lambda: wire.starts == 2)
        await until(lambda: wire.taken[2:] == wire.taken[:1])
        await handoff.tidy()
    assert await pool.fetchval("select count(*) from outbox") == 0


async def test_while_kafka_is_away_memory_stays_bounded_and_order_is_kept(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libs.common.handoff.MAX_QUEUED", 50)
    owner, wire = ids.ordered(), Wire(away=True)
    async with handing_over(pool, wire, owner, monkeypatch) as handoff:
        for first in range(1, 301, 10):
            handoff.offer(await put(pool, owner, range(first, first + 10)))
            assert len(handoff._queue) <= 50  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        wire.away = False
        await until(lambda: len(set(wire.taken)) == 300)
    balances = [Balanced.model_validate_json(body).balance for body in dict.fromkeys(wire.taken)]
    assert balances == list(range(1, 301))
    assert wire.starts == 1


async def test_an_event_too_large_for_kafka_never_enters_the_outbox(pool: Pool) -> None:
    fits = MAX_BODY_BYTES - 100
    for length, refused in ((fits, False), (MAX_BODY_BYTES, True)):
        event = Credited(account=ALICE, amount=1, note="x" * length)
        async with pool.acquire() as conn, conn.transaction():
            emitted = [Emitted(event, "ledger/account", str(ALICE), 1, 0)]
            if refused:
                with pytest.raises(ContractError, match="bytes, and 524288 are allowed"):
                    await outbox.put(conn, ALICE, emitted, [None], NOW)
            else:
                await outbox.put(conn, ALICE, emitted, [None], NOW)


async def test_the_largest_event_that_is_allowed_really_reaches_kafka(ledger_bed: Ledger) -> None:
    [row] = await put(ledger_bed.pool, ids.ordered(), [1])
    large = OutboxRow(row.position, row.topic, row.envelope, b"x" * MAX_BODY_BYTES)
    handoff = Handoff(
        ledger_bed.pool, ledger_bed.settings.kafka, ids.ordered(), ledger_bed.settings.topic_prefix
    )
    running = asyncio.create_task(handoff.run())
    await asyncio.sleep(0.2)
    handoff.offer([large])
    async with asyncio.timeout(10):
        while await ledger_bed.pool.fetchval("select count(*) from outbox"):
            await handoff.tidy()
            await asyncio.sleep(0.02)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_what_was_cut_off_is_sent_again(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = ids.ordered()
    wire = Wire(troubles=[Wire.cut_off])
    async with handing_over(pool, wire, owner, monkeypatch) as handoff:
        handoff.offer(await put(pool, owner, [1]))
        await until(lambda: len(wire.taken) == 2)
        await handoff.tidy()
    assert await pool.fetchval("select count(*) from outbox") == 0


@pytest.mark.parametrize("away", [False, True], ids=["Kafka answers", "Kafka is away"])
async def test_a_process_whose_producer_hangs_is_to_be_started_anew(
    pool: Pool, monkeypatch: pytest.MonkeyPatch, *, away: bool
) -> None:
    async def answers(*_: object) -> bool:
        return not away

    monkeypatch.setattr("libs.common.handoff.answers", answers)
    monkeypatch.setattr("libs.common.handoff.STILL_SECONDS", 0.3)
    monkeypatch.setattr("libs.common.handoff.HUNG_SECONDS", 0.5)
    monkeypatch.setattr("libs.common.handoff.HEARTBEAT_SECONDS", 0.1)
    owner = ids.ordered()
    wire = Wire(troubles=[Wire.acknowledge, Wire.wait])
    async with handing_over(pool, wire, owner, monkeypatch) as handoff:
        beating = asyncio.create_task(handoff.keep_alive())
        handoff.offer(await put(pool, owner, [1]))
        await asyncio.sleep(1.5)
        assert not beating.done()  # nothing is left to be sent
        handoff.offer(await put(pool, owner, [2]))
        await asyncio.wait([beating], timeout=1.5 if away else 10)
        assert beating.done() is not away
        beating.cancel()
        [ended] = await asyncio.gather(beating, return_exceptions=True)
    assert isinstance(ended, asyncio.CancelledError if away else HungProducerError)
