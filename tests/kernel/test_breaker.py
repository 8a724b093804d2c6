"""When so much fails that the release is at fault, it is stopped; one broken key never stops it."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from libs.common.breaker import MAX_DEFECTS, MAX_KEYS, Breaker
from libs.common.fold import Defective
from libs.common.inbound import Applied, Dead, Inbound, Result
from tests.kernel.conftest import Ledger, until
from tests.kernel.ledger import POISON, UNPROJECTABLE, ledger
from tests.kernel.records import credit, envelope

DEFECT = Defective("deciding it raised KeyError")


def message(key: int, kind: str = "hire.announced.v1") -> Inbound:
    return Inbound("id", kind, "source", str(key), b"", datetime(2026, 1, 5, tzinfo=UTC), "here")


def outcomes(result: Result, keys: int, count: int) -> list[tuple[Inbound, Result]]:
    return [(message(number % keys), result) for number in range(count)]


@pytest.mark.parametrize(
    ("seen", "tripped"),
    [
        pytest.param(outcomes(DEFECT, MAX_KEYS, MAX_DEFECTS), True, id="everybody fails"),
        pytest.param(outcomes(DEFECT, MAX_KEYS, MAX_DEFECTS - 1), False, id="one short"),
        pytest.param(outcomes(DEFECT, MAX_KEYS - 1, 500), False, id="many, but of few keys"),
        pytest.param(outcomes(Dead("unreadable"), 300, 300), False, id="unreadable bodies"),
        pytest.param(
            [
                *outcomes(DEFECT, 90, 90),
                (message(1), Applied()),
                *outcomes(DEFECT, 90, 90),
            ],
            False,
            id="one success between",
        ),
        pytest.param(
            [
                each
                for defect in outcomes(DEFECT, 100, 100)
                for each in (defect, (message(1, "task.done.v1"), Applied()))
            ],
            True,
            id="another type still works",
        ),
        pytest.param(
            [(replayed.readmitted(), DEFECT) for replayed, _ in outcomes(DEFECT, 100, 100)],
            False,
            id="a person replays what still fails",
        ),
    ],
)
def test_the_breaker_trips_when_a_type_of_message_fails_everybody(
    seen: list[tuple[Inbound, Result]], *, tripped: bool
) -> None:
    assert (Breaker().after(seen).tripped is not None) is tripped


def test_the_breaker_counts_over_batches() -> None:
    breaker = Breaker()
    for half in (outcomes(DEFECT, 100, 60), [(message(60 + n), DEFECT) for n in range(60)]):
        breaker = breaker.after(half)
    assert breaker.tripped == "hire.announced.v1"


@pytest.mark.parametrize(
    "amount",
    [pytest.param(POISON, id="a decision"), pytest.param(UNPROJECTABLE, id="a projection")],
)
async def test_a_release_that_fails_everybody_stands_still_until_told_to_go_on(
    ledger_bed: Ledger, amount: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libs.common.breaker.MAX_DEFECTS", 12)
    monkeypatch.setattr("libs.common.breaker.MAX_KEYS", 10)
    accounts = [UUID(int=n) for n in range(40)]
    await ledger_bed.send_all((a, credit(a, amount), envelope(a, 1)) for a in accounts)
    async with ledger_bed.run(ledger()) as kernel:
        await until(lambda: kernel.engine.stopped is not None)
        unready = kernel.readiness()
        assert unready is not None
        assert "account.credited.v1" in unready.why
        assert kernel.alive
        await asyncio.sleep(0.3)
        assert await ledger_bed.pool.fetchval("select count(*) from dead_letter") < 12
        while await ledger_bed.pool.fetchval("select count(*) from dead_letter") < len(accounts):
            kernel.engine.resume()
            await asyncio.sleep(0.05)
        await until(lambda: kernel.readiness() is None)


async def test_one_poisonous_message_among_many_stops_nobody(ledger_bed: Ledger) -> None:
    accounts = [UUID(int=n) for n in range(60)]
    bad = accounts[17]
    await ledger_bed.send_all(
        (a, credit(a, UNPROJECTABLE if a == bad else 3), envelope(a, 1)) for a in accounts
    )
    async with ledger_bed.run(ledger()) as kernel:
        for account in accounts:
            if account != bad:
                await ledger_bed.until_balance(account, 3)
        assert kernel.readiness() is None
        [letter] = await ledger_bed.pool.fetch("select key, reason from dead_letter")
        assert letter["key"] == str(bad)
        assert letter["reason"] == "handling it raised ValueError"


def test_a_defect_is_a_dead_letter_like_any_other() -> None:
    assert isinstance(replace(DEFECT, reason="x"), Dead)
