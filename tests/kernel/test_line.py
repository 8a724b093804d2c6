"""What every service gets from the kernel: order, exactly once, timers, effects, one trace."""

import json
from datetime import UTC, datetime
from uuid import UUID

from libs.common.clock import Clock, wall
from libs.common.inbound import Applied, Dropped, Turned
from tests.kernel.conftest import Ledger
from tests.kernel.ledger import Bank, Close, PayOut, ledger
from tests.kernel.records import credit, envelope

ALICE, BOB = UUID(int=1), UUID(int=2)


async def test_an_event_moves_the_state_and_its_answer_reaches_kafka(ledger_bed: Ledger) -> None:
    async with ledger_bed.run(ledger()):
        await ledger_bed.send(ALICE, credit(ALICE, 5), envelope(ALICE, 1))
        await ledger_bed.send(ALICE, credit(ALICE, 7), envelope(ALICE, 2))
        await ledger_bed.until_balance(ALICE, 12)
        await ledger_bed.until("select count(*) from outbox", 0)
        # the ledger reads its own topic: its two answers and two counts were read back, in order
        for source in ("ledger/account", "ledger/credits"):
            await ledger_bed.until("select sequence from cursor where source = $1", 2, source)


async def test_a_redelivered_event_has_no_second_effect(ledger_bed: Ledger) -> None:
    once = envelope(ALICE, 1)
    unnumbered = envelope(BOB)
    async with ledger_bed.run(ledger()):
        for _ in range(3):
            await ledger_bed.send(ALICE, credit(ALICE, 5), once)
            await ledger_bed.send(BOB, credit(BOB, 5), unnumbered)
        await ledger_bed.send(ALICE, credit(ALICE, 1), envelope(ALICE, 2))
        await ledger_bed.send(BOB, credit(BOB, 1), envelope(BOB))
        await ledger_bed.until_balance(ALICE, 6)
        await ledger_bed.until_balance(BOB, 6)


async def test_what_comes_too_early_waits_for_the_missing_number(ledger_bed: Ledger) -> None:
    async with ledger_bed.run(ledger()):
        await ledger_bed.send(ALICE, credit(ALICE, 1, "first"), envelope(ALICE, 1))
        await ledger_bed.send(ALICE, credit(ALICE, 4, "fourth"), envelope(ALICE, 4))
        await ledger_bed.send(ALICE, credit(ALICE, 3, "third"), envelope(ALICE, 3))
        await ledger_bed.until("select count(*) from parked where cause = 'gap'", 2)
        await ledger_bed.send(BOB, credit(BOB, 9), envelope(BOB, 1))
        await ledger_bed.until_balance(BOB, 9)
        await ledger_bed.send(ALICE, credit(ALICE, 2, "second"), envelope(ALICE, 2))
        await ledger_bed.until_balance(ALICE, 10)
        notes = await ledger_bed.pool.fetchval(
            "select state->>'notes' from entity where key = $1 and decider = 'account'", str(ALICE)
        )
        assert json.loads(notes) == ["first", "second", "third", "fourth"]
        assert await ledger_bed.pool.fetchval("select count(*) from parked") == 0


async def test_a_timer_fires_once_at_its_product_time(ledger_bed: Ledger) -> None:
    a_day_in_a_tenth_of_a_second = Clock(datetime(2026, 1, 5, tzinfo=UTC), wall(), 864_000)
    hurried = ledger_bed.settings.model_copy(update={"clock": str(a_day_in_a_tenth_of_a_second)})
    ledger_bed.settings = hurried
    async with ledger_bed.run(ledger()):
        await ledger_bed.send(ALICE, credit(ALICE, 5, "in"), envelope(ALICE, 1))
        await ledger_bed.until(
            "select state->>'notes' from entity where key = $1 and decider = 'account'",
            '["in", "reminded"]',
            str(ALICE),
        )
        assert await ledger_bed.pool.fetchval("select count(*) from timer") == 0


async def test_an_effect_is_retried_under_one_key_and_answered_once(ledger_bed: Ledger) -> None:
    bank = Bank()
    bank.failures = 2
    async with ledger_bed.run(ledger(bank)) as kernel:
        await ledger_bed.send(ALICE, credit(ALICE, 5), envelope(ALICE, 1))
        await ledger_bed.until_balance(ALICE, 5)
        assert await kernel.submit(PayOut(amount=5), key=str(ALICE), id="p1") == Applied()
        await ledger_bed.until_balance(ALICE, 0)
    assert (bank.calls, list(bank.transfers.values())) == (3, [5])


async def test_an_effect_that_is_given_up_reaches_the_decider(ledger_bed: Ledger) -> None:
    bank = Bank()
    bank.failures = 99
    async with ledger_bed.run(ledger(bank)) as kernel:
        await kernel.submit(PayOut(amount=5), key=str(ALICE), id="p1")
        await ledger_bed.until(
            "select state->'notes'->>0 from entity where key = $1 and decider = 'account'",
            "failed: gave up after 3 tries: the bank is busy",
            str(ALICE),
        )


async def test_a_command_counts_once_and_a_refusal_changes_nothing(ledger_bed: Ledger) -> None:
    async with ledger_bed.run(ledger()) as kernel:
        await ledger_bed.send(ALICE, credit(ALICE, 5), envelope(ALICE, 1))
        await ledger_bed.until_balance(ALICE, 5)
        refused = await kernel.submit(Close(), key=str(ALICE), id="c1")
        assert refused == Turned("there is money on the account; pay it out first")
        assert await kernel.submit(PayOut(amount=5), key=str(ALICE), id="p1") == Applied()
        assert await kernel.submit(PayOut(amount=5), key=str(ALICE), id="p1") == Dropped(
            "duplicate"
        )
        await ledger_bed.until_balance(ALICE, 0)


async def test_two_copies_of_a_service_do_everything_once(ledger_bed: Ledger) -> None:
    accounts = [UUID(int=100 + n) for n in range(30)]
    async with ledger_bed.run(ledger()), ledger_bed.run(ledger()):
        await ledger_bed.send_all(
            (account, credit(account, 1), envelope(account, sequence))
            for sequence in range(1, 4)
            for account in accounts
        )
        for account in accounts:
            await ledger_bed.until_balance(account, 3)


async def test_all_that_happens_to_a_key_is_one_causal_trace(ledger_bed: Ledger) -> None:
    first = b"00-11111111111111111111111111111111-2222222222222222-01"
    other = b"00-33333333333333333333333333333333-4444444444444444-01"
    async with ledger_bed.run(ledger()) as kernel:
        await ledger_bed.send(ALICE, credit(ALICE, 5), envelope(ALICE, 1, traceparent=first))
        await ledger_bed.until_balance(ALICE, 5)
        await ledger_bed.send(ALICE, credit(ALICE, 5), envelope(ALICE, 2, traceparent=other))
        await ledger_bed.until_balance(ALICE, 10)
        await kernel.submit(PayOut(amount=10), key=str(ALICE), id="p1")
        await ledger_bed.until_balance(ALICE, 0)
    spans = {span.context.span_id: span for span in ledger_bed.traced if span.context}
    trace_ids = {span.context.trace_id for span in spans.values() if span.context}
    assert trace_ids == {0x11111111111111111111111111111111}
    roots = [span for span in spans.values() if span.parent and span.parent.span_id not in spans]
    assert [span.parent.span_id for span in roots if span.parent] == [0x2222222222222222]
    assert {"account.credited.v1", "PayOut", "Transfer", "Transferred"} <= {
        span.name for span in spans.values()
    }
    [joined] = [span for span in spans.values() if span.links and span.name.startswith("account")]
    assert joined.links[0].context.trace_id == 0x33333333333333333333333333333333


async def test_a_span_tells_of_its_record_as_opentelemetry_names_it(ledger_bed: Ledger) -> None:
    async with ledger_bed.run(ledger()):
        await ledger_bed.send(ALICE, credit(ALICE, 5), envelope(ALICE, 1))
        await ledger_bed.until_balance(ALICE, 5)
    [told] = [span.attributes for span in ledger_bed.traced if span.name == "account.credited.v1"]
    assert told is not None
    named = {name: value for name, value in told.items() if name.startswith("messaging.")}
    partition, offset = (
        named.pop(f"messaging.{each}") for each in ("destination.partition.id", "kafka.offset")
    )
    assert (str(partition).isdigit(), type(offset)) == (True, int)
    assert named.pop("messaging.message.id")
    assert str(named.pop("messaging.destination.name")).endswith("farhand.ledger")
    assert named == {
        "messaging.system": "kafka",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
    }
