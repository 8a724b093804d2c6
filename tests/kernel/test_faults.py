"""Whatever dies in the middle, the ledger is exact afterwards: nothing lost, nothing twice."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from uuid import UUID

import pytest

from libs.common import clock, database, effect_queue
from libs.common.inbound import Applied, Dropped, EffectClaim, Inbound
from libs.common.kernel import Kernel
from libs.common.message import Command
from tests.infrastructure import Infrastructure
from tests.kernel.conftest import Ledger, until
from tests.kernel.ledger import Bank, Deposit, PayOut, Transfer, Transferred, ledger
from tests.kernel.proxy import wire_to
from tests.kernel.records import credit, envelope

ALICE = UUID(int=1)
ACCOUNTS = [UUID(int=n) for n in range(1, 21)]
ROUNDS = 10


@pytest.fixture(autouse=True)
def breakable(infrastructure: Infrastructure) -> None:
    if not infrastructure.can_crash("postgres", "kafka"):
        pytest.skip("Kafka and PostgreSQL were not started here")


async def send_rounds(bed: Ledger, rounds: Sequence[int]) -> None:
    for number in rounds:
        await bed.send_all((a, credit(a, 1), envelope(a, number)) for a in ACCOUNTS)
        await asyncio.sleep(0.02)


async def submit_surely(kernel: Kernel, command: Command, account: UUID, name: str) -> None:
    """As a client does: ask again under the same id until there is an answer."""
    while True:
        with suppress(*database.TRANSIENT):
            await kernel.submit(command, key=str(account), id=name)
            return
        await asyncio.sleep(0.1)


async def deposit_surely(kernel: Kernel, account: UUID, name: str) -> None:
    await submit_surely(kernel, Deposit(account=account, amount=1, by=""), account, name)


async def assert_exact(bed: Ledger, balance: int) -> None:
    """Every account has its balance, and told of each step once, in order, over Kafka."""
    for account in ACCOUNTS:
        await bed.until_balance(account, balance)
        await bed.until(
            "select sequence from cursor where source = 'ledger/account' and key = $1",
            balance,
            str(account),
        )
    await bed.until("select count(*) from outbox", 0)
    await bed.until("select count(*) from parked", 0)
    await bed.until("select count(*) from dead_letter", 0)
    counted = await bed.pool.fetch("select credits from credits")
    assert {row["credits"] for row in counted} == {ROUNDS}


async def test_postgresql_killed_under_load(
    ledger_bed: Ledger, infrastructure: Infrastructure
) -> None:
    bank = Bank()
    async with ledger_bed.run(ledger(bank)) as kernel:
        sending = asyncio.create_task(send_rounds(ledger_bed, range(1, ROUNDS + 1)))
        deposits = [
            asyncio.create_task(deposit_surely(kernel, account, f"{account}/{n}"))
            for account in ACCOUNTS
            for n in range(5)
        ]
        await asyncio.sleep(0.1)
        await infrastructure.crash("postgres")
        await sending
        await infrastructure.until_back("postgres")
        await asyncio.gather(*deposits)
        await assert_exact(ledger_bed, ROUNDS + 5)
        await until(lambda: kernel.readiness() is None)


async def test_kafka_killed_under_load_and_once_more_at_the_end(
    ledger_bed: Ledger, infrastructure: Infrastructure, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("kernel.DRAIN_SECONDS", "handoff.STOP_SECONDS", "consumer.STOP_SECONDS"):
        monkeypatch.setattr(f"libs.common.{name}", 0.3)
    monkeypatch.setattr("libs.common.consumer.CALL_SECONDS", 0.3)
    async with ledger_bed.run(ledger()) as kernel:
        sending = asyncio.create_task(send_rounds(ledger_bed, range(1, ROUNDS + 1)))
        await asyncio.sleep(0.1)
        await infrastructure.crash("kafka")
        for n in range(5):
            for account in ACCOUNTS:
                await deposit_surely(kernel, account, f"{account}/{n}")
        await infrastructure.until_back("kafka")
        await sending
        await assert_exact(ledger_bed, ROUNDS + 5)

        await infrastructure.crash("kafka")
        await deposit_surely(kernel, ALICE, "last")
        stopping = asyncio.get_running_loop().time()
    assert asyncio.get_running_loop().time() - stopping < 5
    assert await ledger_bed.pool.fetchval("select count(*) from outbox") == 1
    assert await ledger_bed.pool.fetchval("select count(*) from process") == 0
    await infrastructure.until_back("kafka")


@asynccontextmanager
async def doomed(bed: Ledger) -> AsyncGenerator[Kernel]:
    """A process that decides, and dies before it hands anything over."""
    kernel = bed.make(ledger())
    parts = [
        asyncio.create_task(kernel.engine.run()),
        asyncio.create_task(kernel._handoff.keep_alive()),  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    ]
    yield kernel
    for part in parts:
        part.cancel()
    await asyncio.gather(*parts, return_exceptions=True)


async def test_what_a_dead_process_left_in_the_outbox_is_adopted(
    ledger_bed: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libs.common.outbox.OWNER_DEAD_AFTER", timedelta(seconds=1))
    async with ledger_bed.run(ledger()) as survivor:
        async with doomed(ledger_bed) as kernel:
            for account in ACCOUNTS:
                await deposit_surely(kernel, account, f"{account}/1")
            await ledger_bed.until("select count(*) from process", 2)
            await asyncio.sleep(1.2)
            assert await ledger_bed.pool.fetchval("select count(*) from outbox") == len(ACCOUNTS)
        for account in ACCOUNTS:
            await deposit_surely(survivor, account, f"{account}/2")
        for account in ACCOUNTS:
            await ledger_bed.until(
                "select sequence from cursor where source = 'ledger/account' and key = $1",
                2,
                str(account),
            )
        await ledger_bed.until("select count(*) from outbox", 0)


async def test_an_effect_of_a_dead_process_is_tried_again_under_its_key(
    ledger_bed: Ledger,
) -> None:
    bank = Bank()
    async with doomed(ledger_bed) as kernel:
        assert await kernel.submit(PayOut(amount=5), key=str(ALICE), id="p1") == Applied()
    [lost] = await effect_queue.claim(ledger_bed.pool, [Transfer.type], 10)
    assert await effect_queue.claim(ledger_bed.pool, [Transfer.type], 10) == []
    await ledger_bed.pool.execute("update effect set leased_until = now() - interval '1 second'")
    async with ledger_bed.run(ledger(bank)) as survivor:
        await ledger_bed.until_balance(ALICE, -5)
        assert bank.transfers == {str(lost.id): 5}
        too_late = Inbound(
            id=f"{lost.id}#reply",
            type=Transferred.type,
            source="effect",
            key=str(ALICE),
            body=Transferred(amount=5).model_dump_json().encode(),
            recorded_at=clock.wall(),
            origin="a process thought dead",
            decider="account",
            claim=EffectClaim(lost.id),
            parsed=Transferred(amount=5),
        )
        assert await survivor.engine.submit([too_late]) == [Dropped("stale")]
        assert await ledger_bed.balance(ALICE) == -5


async def test_a_commit_reported_as_failed_counts_once_and_is_published(
    ledger_bed: Ledger,
) -> None:
    bank = Bank()
    async with wire_to(ledger_bed.settings.postgres) as wire:
        pool = await database.connect_pool(wire.dsn, application="test", size=4)
        async with ledger_bed.run(ledger(bank), pool) as kernel:
            for number in range(1, 6):
                wire.cuts = 1
                await send_rounds(ledger_bed, [number])
                await until(lambda: wire.cuts == 0)
            for account in ACCOUNTS[:5]:
                wire.cuts = 1
                await submit_surely(kernel, PayOut(amount=1), account, f"p{account}")
            await until(lambda: len(bank.transfers) == 5)
            for number, account in enumerate(ACCOUNTS):
                await ledger_bed.until_balance(account, 5 - (number < 5))
                await ledger_bed.until(
                    "select sequence from cursor where source = 'ledger/account' and key = $1",
                    5,
                    str(account),
                )
            await ledger_bed.until("select count(*) from outbox", 0)
            await ledger_bed.until("select count(*) from effect", 0)
        assert wire.cut >= 5
        assert bank.calls == 5
        pool.terminate()
