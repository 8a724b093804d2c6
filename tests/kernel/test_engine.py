"""Who waits for an answer gets one, whatever becomes of the batch, the database or the process."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast
from uuid import UUID

import asyncpg
import pytest

from libs.common import database, effect_loop
from libs.common.database import Connection
from libs.common.decider import Decider, Decision, SetTimer
from libs.common.effect_loop import CONCURRENT, MOST_CLAIMED
from libs.common.effects import Call
from libs.common.engine import UnavailableError
from libs.common.inbound import Applied, Dead
from libs.common.message import Command, Event, Reply
from libs.common.projection import Received, projection
from libs.common.service import Service
from tests.kernel.conftest import Ledger, until
from tests.kernel.ledger import (
    Account,
    Bank,
    Close,
    Credited,
    PayOut,
    Reminder,
    Transfer,
    ledger,
)
from tests.kernel.records import credit, envelope

ALICE = UUID(int=1)


async def test_whoever_cannot_be_served_in_time_is_told_so(
    ledger_bed: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libs.common.engine.ASK_SECONDS", 0.2)
    async with ledger_bed.run(ledger()) as kernel, ledger_bed.pool.acquire() as conn:
        async with conn.transaction():
            await conn.execute("lock table entity")
            with pytest.raises(TimeoutError):
                await kernel.submit(PayOut(amount=1), key=str(ALICE), id="p1")
        await ledger_bed.until("select count(*) from inbox where id = 'p1'", 1)


async def test_nobody_waits_for_a_process_that_has_ended(
    ledger_bed: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libs.common.kernel.DRAIN_SECONDS", 0.2)
    async with ledger_bed.pool.acquire() as conn, conn.transaction():
        await conn.execute("lock table entity")
        async with ledger_bed.run(ledger()) as kernel:
            waiting = asyncio.create_task(kernel.submit(PayOut(amount=1), key=str(ALICE), id="p1"))
            await asyncio.sleep(0.1)
        with pytest.raises(UnavailableError):
            await waiting
        with pytest.raises(UnavailableError):
            await kernel.submit(PayOut(amount=1), key=str(ALICE), id="p2")


async def test_what_was_taken_before_a_stop_is_finished(ledger_bed: Ledger) -> None:
    async with ledger_bed.run(ledger()) as kernel:
        waiting = [
            asyncio.create_task(kernel.submit(PayOut(amount=1), key=str(ALICE), id=f"p{n}"))
            for n in range(50)
        ]
        await asyncio.sleep(0)
    assert await asyncio.gather(*waiting) == [Applied()] * 50


async def test_while_the_database_is_in_trouble_nothing_piles_up(
    ledger_bed: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libs.common.engine.ASK_SECONDS", 0.3)
    monkeypatch.setattr("libs.common.kernel.DRAIN_SECONDS", 0.3)
    pool = await database.connect_pool(ledger_bed.settings.postgres, application="test", size=3)
    async with ledger_bed.run(ledger(), pool) as kernel:
        pool.terminate()
        with pytest.raises((UnavailableError, TimeoutError)):
            await kernel.submit(PayOut(amount=1), key=str(ALICE), id="p1")
        with pytest.raises(UnavailableError):
            await kernel.submit(PayOut(amount=1), key=str(ALICE), id="p2")
        unready = kernel.readiness()
        assert unready is not None
        assert "PostgreSQL" in unready.why
        assert kernel.alive


async def test_a_batch_too_slow_for_the_database_is_halved_until_it_is_not(
    ledger_bed: Ledger,
) -> None:
    accounts = [UUID(int=n) for n in range(32)]
    await ledger_bed.send_all((a, credit(a, 1), envelope(a, 1)) for a in accounts)
    pool = await asyncpg.create_pool(
        ledger_bed.settings.postgres, server_settings={"statement_timeout": "200ms"}
    )
    async with pool, ledger_bed.run(replace(ledger(), projections=(slow,)), pool):
        for account in accounts:
            await ledger_bed.until_balance(account, 1)
    assert await ledger_bed.pool.fetchval("select count(*) from dead_letter") == 0


@projection("slow", Credited)
async def slow(conn: Connection, batch: Sequence[Received[Credited]]) -> Sequence[Event]:
    await conn.execute("select pg_sleep($1)", 0.015 * len(batch))
    return ()


careless = Decider("careless", Account)


class Remind(Command):
    """Ask for a reminder at a moment that says nothing of its zone."""


@careless.on(Remind)
def remind_somewhere(state: Account | None, _command: Remind, now: datetime) -> Decision[Account]:
    return Decision(state, timers=(SetTimer(now.replace(tzinfo=None), Reminder()),))


async def test_a_timer_without_a_zone_is_a_defect_of_its_decision(ledger_bed: Ledger) -> None:
    service = Service("careless", "Careless", deciders=(careless,))
    async with ledger_bed.run(service) as kernel:
        result = await kernel.submit(Remind(), key=str(ALICE), id="r1")
        assert isinstance(result, Dead)
        assert "Reminder was set to a moment without a zone" in result.reason


class BrokenBank(Bank):
    """Answers with what is no reply."""

    async def transfer(self, effect: Transfer, call: Call) -> Reply:
        await super().transfer(effect, call)
        return cast("Reply", None)


async def test_an_adapter_that_answers_nonsense_fails_its_effect_and_nothing_else(
    ledger_bed: Ledger,
) -> None:
    bank = BrokenBank()
    async with ledger_bed.run(ledger(bank)) as kernel:
        await kernel.submit(PayOut(amount=5), key=str(ALICE), id="p1")
        await ledger_bed.until(
            "select state->'notes'->>0 from entity where key = $1 and decider = 'account'",
            "failed: gave up after 3 tries: the adapter raised TypeError",
            str(ALICE),
        )
        assert bank.calls == 3
        assert await kernel.submit(Close(), key=str(ALICE), id="c1") == Applied()


class BusyBank(Bank):
    """Counts how many transfers it is asked for at once."""

    at_once = 0
    most = 0

    async def transfer(self, effect: Transfer, call: Call) -> Reply:
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        await asyncio.sleep(0.05)
        self.at_once -= 1
        return await super().transfer(effect, call)


@pytest.mark.parametrize(
    ("soon", "most"),
    [
        pytest.param(0, 2 * CONCURRENT, id="slow: those tried, and those being answered"),
        pytest.param(60, MOST_CLAIMED, id="quick: their turn comes soon"),
    ],
)
async def test_no_more_effects_are_leased_than_are_tried_soon(
    ledger_bed: Ledger, monkeypatch: pytest.MonkeyPatch, soon: float, most: int
) -> None:
    monkeypatch.setattr(effect_loop, "SOON_SECONDS", soon)
    bank = BusyBank()
    leased = "select count(*) from effect where leased_until > now()"
    async with ledger_bed.run(ledger(bank)) as kernel:
        for number in range(60):
            await kernel.submit(PayOut(amount=1), key=str(UUID(int=number)), id=f"p{number}")
        held: list[int] = []
        while len(bank.transfers) < 60:
            held.append(await ledger_bed.pool.fetchval(leased))
            await asyncio.sleep(0.01)
        await until(lambda: bank.at_once == 0)
    assert bank.most <= CONCURRENT
    assert max(held) <= most


async def test_an_effect_whose_turn_comes_too_late_is_given_back_untried(
    ledger_bed: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(effect_loop, "TURN_SECONDS", -1)
    bank = Bank()
    async with ledger_bed.run(ledger(bank)) as kernel:
        await kernel.submit(PayOut(amount=5), key=str(ALICE), id="p1")
        await asyncio.sleep(0.5)  # it is leased again and again
        assert await ledger_bed.pool.fetchval("select attempt from effect") in {0, 1}
        assert bank.calls == 0
        monkeypatch.undo()
        await ledger_bed.until_balance(ALICE, -5)
    assert bank.calls == 1
