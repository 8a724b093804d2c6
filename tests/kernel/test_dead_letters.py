"""What cannot be handled is kept whole, holds no more than its own key, and can be mended."""

import json
import logging
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from asyncpg import DataError

from libs.common import dead_letters, parking
from libs.common.contracts.operations import DeadLetterKept
from libs.common.dead_letters import Mended
from libs.common.decider import Decider, Decision
from libs.common.inbound import Applied, Dead, Parked
from libs.common.service import Service
from tests.kernel.conftest import Ledger
from tests.kernel.ledger import (
    POISON,
    UNPROJECTABLE,
    Account,
    Bank,
    Close,
    Credited,
    PayOut,
    Transferred,
    ledger,
)
from tests.kernel.ledger import credit as decide_credit
from tests.kernel.records import credit, envelope

ALICE, BOB, CAROL = UUID(int=1), UUID(int=2), UUID(int=3)
CANARY = "Ada Canary"
DESK_PARKED = "select count(*) from parked where source = 'bank/desk'"
"""Of what was sent; what the ledger tells itself may wait as well."""
OPEN = "select count(*) from dead_letter where status = 'open'"


async def letters(bed: Ledger) -> list[dict[str, Any]]:
    return await dead_letters.open_letters(bed.pool, 1000, None)


async def one_letter(bed: Ledger) -> dict[str, Any]:
    [letter] = await letters(bed)
    return letter


@pytest.mark.parametrize(
    ("poison", "why"),
    [
        pytest.param(
            credit(ALICE, POISON, CANARY),
            "deciding account.credited.v1 raised ZeroDivisionError at credit:",
            id="a decision raises",
        ),
        pytest.param(
            credit(ALICE, UNPROJECTABLE, CANARY),
            "handling it raised ValueError",
            id="a projection raises",
        ),
        pytest.param(
            json.dumps({"account": CANARY, "amount": CANARY}).encode(),
            "account: Input should be a valid UUID",
            id="the body does not match",
        ),
        pytest.param(f'{{"{CANARY}'.encode(), "Invalid JSON", id="the body is no JSON"),
        pytest.param(b"\xff\xfe", "Invalid JSON", id="the body is no text"),
        pytest.param(None, "Invalid JSON", id="there is no body"),
        pytest.param(credit(ALICE, 1, "x" * 900_000), "bytes, and", id="what follows is too large"),
    ],
)
async def test_poison_holds_its_own_key_in_order_and_nobody_else(
    ledger_bed: Ledger,
    poison: bytes | None,
    why: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG, "libs")
    async with ledger_bed.run(ledger(decider=echoing)) as kernel:
        await ledger_bed.send_all(
            [
                (ALICE, credit(ALICE, 1, "first"), envelope(ALICE, 1)),
                (ALICE, poison, envelope(ALICE, 2)),
                (ALICE, credit(ALICE, 2, "third"), envelope(ALICE, 3)),
                (BOB, credit(BOB, 5), envelope(BOB, 1)),
                (ALICE, credit(ALICE, 3, "fourth"), envelope(ALICE, 4)),
            ]
        )
        await ledger_bed.until_balance(BOB, 5)
        await ledger_bed.until(DESK_PARKED, 2)
        letter = await one_letter(ledger_bed)
        assert (letter["key"], letter["holds_key"]) == (str(ALICE), True)
        assert letter["parked"] >= 2
        assert why in letter["reason"]
        assert await ledger_bed.balance(ALICE) == 1
        assert kernel.readiness() is None

        mended = Mended(credit(ALICE, 10, "mended"))
        assert await kernel.replay(letter["id"], mended, "a typo") == Applied()
        await ledger_bed.until_balance(ALICE, 16)
        assert await ledger_bed.notes(ALICE) == ["first", "mended", "third", "fourth"]
        await ledger_bed.until("select count(*) from parked", 0)
    told = [letter["reason"], caplog.text, *capfd.readouterr()]
    told += [f"{span.to_json()}" for span in ledger_bed.traced]
    assert not any(CANARY in each for each in told)


echoing = Decider("account", Account)


@echoing.on(Credited)
def credit_loudly(state: Account | None, event: Credited, now: datetime) -> Decision[Account]:
    decision = decide_credit(state, event, now)
    if len(event.note) > 100_000:
        return Decision(
            decision.state, emit=(Loud(account=event.account, amount=1, note=event.note),)
        )
    return decision


class Loud(Credited, name="account.loud.v1", subject="account"):
    """Says again what it was told."""

    example = Credited.example


async def test_a_message_that_fails_again_opens_its_letter_again(ledger_bed: Ledger) -> None:
    async with ledger_bed.run(ledger()) as kernel:
        await ledger_bed.send_all(
            [
                (ALICE, credit(ALICE, POISON), envelope(ALICE, 1)),
                (ALICE, credit(ALICE, 2), envelope(ALICE, 2)),
            ]
        )
        await ledger_bed.until("select count(*) from parked", 1)
        letter = (await one_letter(ledger_bed))["id"]
        assert isinstance(await kernel.replay(letter, Mended(), "try again"), Dead)
        assert isinstance(await kernel.replay(letter, Mended(b"{}"), "worse"), Dead)
        again = await one_letter(ledger_bed)
        assert again["id"] == letter
        assert "account: Field required" in again["reason"]
        assert await dead_letters.body_of(ledger_bed.pool, letter) == b"{}"
        assert await ledger_bed.pool.fetchval("select count(*) from parked") == 1
        assert await kernel.replay(letter, Mended(credit(ALICE, 1)), "right") == Applied()
        assert await kernel.replay(letter, Mended(credit(ALICE, 1)), "twice") is None
        await ledger_bed.until_balance(ALICE, 3)


async def test_what_waited_behind_a_letter_can_fail_too(ledger_bed: Ledger) -> None:
    async with ledger_bed.run(ledger()) as kernel:
        await ledger_bed.send_all(
            (ALICE, credit(ALICE, amount), envelope(ALICE, number))
            for number, amount in enumerate([POISON, 1, POISON, 2], start=1)
        )
        await ledger_bed.until(DESK_PARKED, 3)
        first = (await one_letter(ledger_bed))["id"]
        assert await kernel.discard(first, "not ours")
        assert not await kernel.discard(first, "not ours")
        await ledger_bed.until(DESK_PARKED, 1)
        await ledger_bed.until_balance(ALICE, 1)
        second = (await one_letter(ledger_bed))["id"]
        assert second != first
        assert await kernel.discard(second, "not ours either")
        await ledger_bed.until_balance(ALICE, 3)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        pytest.param({"ce_type": b"account.vanished.v9"}, "unknown to this release", id="type"),
        pytest.param({"ce_type": None}, "ce_type is missing", id="null header"),
        pytest.param({"ce_source": b"\xff"}, "ce_source is missing", id="header not UTF-8"),
        pytest.param({"ce_id": b""}, "ce_id is missing", id="empty id"),
        pytest.param({"ce_sequence": b"9" * 40}, "ce_sequence is not", id="huge number"),
        pytest.param({"ce_specversion": b"7"}, "ce_specversion", id="another version"),
    ],
)
async def test_an_envelope_that_cannot_be_used_holds_nobody_and_can_be_mended(
    ledger_bed: Ledger, changes: dict[str, bytes | None], why: str
) -> None:
    async with ledger_bed.run(ledger()) as kernel:
        await ledger_bed.send(ALICE, credit(ALICE, 7), envelope(ALICE) | changes)
        await ledger_bed.send(ALICE, credit(ALICE, 5), envelope(ALICE))
        await ledger_bed.until_balance(ALICE, 5)
        await ledger_bed.until(OPEN, 1)
        letter = await one_letter(ledger_bed)
        assert not letter["holds_key"]
        assert why in letter["reason"]
        mended = Mended(type="account.credited.v1", key=str(ALICE))
        assert await kernel.replay(letter["id"], mended, "that is what it was") == Applied()
        assert await ledger_bed.balance(ALICE) == 12


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"ce_subject": b"a\0b"}, id="NUL in the key"),
        pytest.param({"ce_subject": ("\N{PILE OF POO}" * 900).encode()}, id="endless key"),
        pytest.param({"ce_id": b"\0"}, id="NUL in the id"),
        pytest.param({"ce_id": ("\N{PILE OF POO}" * 5000).encode()}, id="endless id"),
        pytest.param({"ce_type": b"\0"}, id="NUL in the type"),
        pytest.param({"ce_source": ("\N{PILE OF POO}" * 900).encode()}, id="endless source"),
        pytest.param(
            {
                "ce_subject": ("\N{PILE OF POO}" * 900).encode(),
                "ce_id": ("\N{PILE OF POO}" * 900).encode(),
                "ce_source": ("\N{PILE OF POO}" * 900).encode(),
                "traceparent": b"\0" * 900,
                "ce_time": b"0001-01-01T00:00:00+23:59",
            },
            id="all of it",
        ),
    ],
)
async def test_what_cannot_be_stored_as_it_is_is_buried_all_the_same(
    ledger_bed: Ledger, headers: dict[str, bytes | None]
) -> None:
    async with ledger_bed.run(ledger()):
        for number in (1, 2):
            told = envelope(ALICE, number) | {"ce_id": str(number).encode()} | headers
            await ledger_bed.send(ALICE, credit(ALICE, POISON), told)
        await ledger_bed.send(BOB, credit(BOB, 5), envelope(BOB, 1))
        await ledger_bed.until_balance(BOB, 5)
        kept = "select (select count(*) from dead_letter) + (select count(*) from parked)"
        await ledger_bed.until(kept, 2)


async def test_a_dead_letter_is_told_on_its_topic_each_time_it_is_kept(ledger_bed: Ledger) -> None:
    async with ledger_bed.run(ledger()) as kernel:
        await ledger_bed.send(ALICE, credit(ALICE, POISON, CANARY), envelope(ALICE, 1))
        await ledger_bed.until(OPEN, 1)
        letter = await one_letter(ledger_bed)
        await kernel.replay(letter["id"], Mended(), "try again")
        told = await ledger_bed.told(DeadLetterKept, 2)
    assert told[0].evolve(kept_at=told[1].kept_at) == told[1]
    assert (told[0].letter_id, told[0].reason) == (letter["id"], letter["reason"])
    assert (told[0].service, told[0].message) == ("ledger", "account.credited.v1")
    assert CANARY not in told[0].model_dump_json()


async def test_a_record_without_key_or_headers_is_buried(ledger_bed: Ledger) -> None:
    async with ledger_bed.run(ledger()):
        for key, body in [(None, b"x"), (b"", b""), (b"\xff\0", None)]:
            await (await ledger_bed.send_raw(key, body, {}))
        await ledger_bed.until(OPEN, 3)
        assert await ledger_bed.pool.fetchval("select count(*) from parked") == 0


async def test_ids_that_repeat_lose_nothing_where_numbers_tell_them_apart(
    ledger_bed: Ledger,
) -> None:
    async with ledger_bed.run(ledger()) as kernel:
        await ledger_bed.send_all(
            (ALICE, credit(ALICE, amount), envelope(ALICE, number, ce_id=b"always"))
            for number, amount in [(1, POISON), (2, 1), (3, 1), (5, 1), (6, 1)]
        )
        await ledger_bed.until("select count(*) from parked", 4)
        await ledger_bed.send(ALICE, credit(ALICE, 1), envelope(ALICE, 4, ce_id=b"always"))
        await ledger_bed.until("select count(*) from parked where cause = 'dead_letter'", 5)
        await kernel.discard((await one_letter(ledger_bed))["id"], "poison")
        await ledger_bed.until_balance(ALICE, 5)


async def test_a_reply_set_aside_comes_back_to_the_decider_that_asked(ledger_bed: Ledger) -> None:
    bank = Bank()
    bank.failures = 1
    async with ledger_bed.run(two_deciders(bank)) as kernel:
        await ledger_bed.send(ALICE, credit(ALICE, 5), envelope(ALICE, 1))
        await ledger_bed.until_balance(ALICE, 5)
        await kernel.submit(PayOut(amount=5), key=str(ALICE), id="p1")
        await ledger_bed.send(ALICE, credit(ALICE, POISON), envelope(ALICE, 2))
        await ledger_bed.until(OPEN, 1)
        await ledger_bed.until("select count(*) from parked where source = 'effect'", 1)
        await kernel.discard((await one_letter(ledger_bed))["id"], "poison")
        await ledger_bed.until_balance(ALICE, 0)
        seen = await ledger_bed.pool.fetch("select key from entity where decider = 'bystander'")
        assert seen == []


bystander = Decider("bystander", Account)


@bystander.on(Transferred)
def stand_by(_state: Account | None, _reply: Transferred, _now: datetime) -> Decision[Account]:
    return Decision(Account(closed=True))


def two_deciders(bank: Bank) -> Service:
    base = ledger(bank)
    return replace(base, deciders=(*base.deciders, bystander))


async def test_a_timer_of_a_held_key_stays_and_can_still_be_cancelled(ledger_bed: Ledger) -> None:
    async with ledger_bed.run(ledger()) as kernel:
        await ledger_bed.send(ALICE, credit(ALICE, 0), envelope(ALICE, 1))
        await ledger_bed.until_balance(ALICE, 0)
        await ledger_bed.send(ALICE, credit(ALICE, POISON), envelope(ALICE, 2))
        await ledger_bed.until(OPEN, 1)
        closing = await kernel.submit(Close(), key=str(ALICE), id="c1")
        assert closing == Parked("dead_letter")
        await ledger_bed.pool.execute("update timer set due = now() - interval '1 day'")
        await kernel.discard((await one_letter(ledger_bed))["id"], "poison")
        await ledger_bed.until("select count(*) from parked", 0)
        await ledger_bed.until("select count(*) from timer", 0)
        assert "reminded" not in await ledger_bed.notes(ALICE)


async def test_a_gap_that_never_closes_can_be_given_up(ledger_bed: Ledger) -> None:
    async with ledger_bed.run(ledger()) as kernel:
        await ledger_bed.send_all(
            (ALICE, credit(ALICE, 1), envelope(ALICE, number)) for number in (1, 4, 5, 7)
        )
        await ledger_bed.until("select count(*) from parked", 3)
        [gap] = await parking.gaps(ledger_bed.pool, 10)
        assert (gap["read_up_to"], gap["waiting_from"], gap["waiting"]) == (1, 4, 3)
        assert await kernel.skip_gap("bank/desk", str(ALICE)) == Applied()
        assert await ledger_bed.balance(ALICE) == 3
        assert await kernel.skip_gap("bank/desk", str(ALICE)) == Applied()
        assert await ledger_bed.balance(ALICE) == 4
        assert await kernel.skip_gap("bank/desk", str(ALICE)) is None


async def test_letters_are_paged_without_a_hole(ledger_bed: Ledger) -> None:
    async with ledger_bed.run(ledger()):
        await ledger_bed.send_all((UUID(int=n), b"", envelope(UUID(int=n), 1)) for n in range(25))
        await ledger_bed.until(OPEN, 25)
    seen: list[UUID] = []
    after: UUID | None = None
    while page := await dead_letters.open_letters(ledger_bed.pool, 10, after):
        seen += [letter["id"] for letter in page]
        after = seen[-1]
    assert len(seen) == len(set(seen)) == 25


async def test_a_command_that_not_even_a_table_can_keep_is_told_to_who_sent_it(
    ledger_bed: Ledger,
) -> None:
    async with ledger_bed.run(ledger()) as kernel:
        assert await kernel.submit(PayOut(amount=1), key="a\0b", id="c\0d" * 500) == Applied()
        for why in ("because\0", "because\ud800"):
            with pytest.raises(DataError):
                await kernel.replay(UUID(int=1), Mended(), why)
        assert await kernel.submit(PayOut(amount=1), key=str(BOB), id="p2") == Applied()
        assert kernel.alive
