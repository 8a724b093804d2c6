"""A database restored to an older moment than Kafka: no number is ever given to two events."""

from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaConsumer

from libs.common import restoring
from libs.common.cloudevents import read_record
from tests.kernel.conftest import TOPIC, Ledger
from tests.kernel.ledger import ledger
from tests.kernel.records import credit, envelope

ALICE, BOB = UUID(int=1), UUID(int=2)
KEPT = ("entity", "cursor", "inbox", "credits")
"""What the service knows, and a dump keeps."""


@asynccontextmanager
async def older(bed: Ledger) -> AsyncGenerator[None]:
    """What is done inside is undone in the database afterwards, as by restoring a dump."""
    for table in KEPT:
        await bed.pool.execute(f"create table kept_{table} as table {table}")
    yield
    for table in KEPT:
        await bed.pool.execute(f"truncate {table}")
        await bed.pool.execute(f"insert into {table} select * from kept_{table}")  # noqa: S608  # ours


async def bodies_of_numbers(bed: Ledger) -> dict[tuple[str, str, int | None], set[bytes]]:
    """What Kafka holds under each number of each key of the ledger's."""
    found: defaultdict[tuple[str, str, int | None], set[bytes]] = defaultdict(set)
    consumer: Any = AIOKafkaConsumer(
        bed.settings.topic_prefix + TOPIC,
        bootstrap_servers=bed.settings.kafka,
        auto_offset_reset="earliest",
    )
    async with consumer:
        ends = await consumer.end_offsets(consumer.assignment())
        while any([await consumer.position(place) < end for place, end in ends.items()]):
            for batch in (await consumer.getmany(timeout_ms=500)).values():
                for event in (read_record(each, bed.tools.clock.now()) for each in batch):
                    if event.source == "ledger/account":
                        found[event.source, event.key, event.sequence].add(event.body)
    return found


async def go_on(bed: Ledger) -> int:
    """What a service does at its start with FARHAND_RESTORED."""
    now = bed.tools.clock.now()
    topics = [bed.settings.topic_prefix + TOPIC]
    newest = await restoring.newest_numbers("ledger", bed.settings.kafka, topics, now)
    return await restoring.go_on_after(bed.pool, newest, now)


async def test_numbers_go_on_after_those_that_were_published(ledger_bed: Ledger) -> None:
    lost = envelope(ALICE, 2)
    async with ledger_bed.run(ledger()):
        await ledger_bed.send(ALICE, credit(ALICE, 5), envelope(ALICE, 1))
        await ledger_bed.until_balance(ALICE, 5)
        await ledger_bed.until("select count(*) from outbox", 0)
    async with older(ledger_bed), ledger_bed.run(ledger()):
        await ledger_bed.send(ALICE, credit(ALICE, 7), lost)
        await ledger_bed.send(BOB, credit(BOB, 3), envelope(BOB, 1))
        await ledger_bed.until_balance(ALICE, 12)
        await ledger_bed.until_balance(BOB, 3)
        await ledger_bed.until("select count(*) from outbox", 0)

    assert await go_on(ledger_bed) == 4  # of two keys, by the account and by what counts credits

    async with ledger_bed.run(ledger()):
        # read again once the group goes back to the beginning, and then something new
        await ledger_bed.send(ALICE, credit(ALICE, 8), lost)
        await ledger_bed.send(ALICE, credit(ALICE, 1), envelope(ALICE, 3))
        await ledger_bed.send(BOB, credit(BOB, 4), envelope(BOB, 1))
        await ledger_bed.until_balance(ALICE, 14)
        await ledger_bed.until_balance(BOB, 4)
        await ledger_bed.until("select count(*) from outbox", 0)
    told = await bodies_of_numbers(ledger_bed)
    assert {number for _, key, number in told if key == str(ALICE)} == {1, 2, 3, 4}
    assert {number for _, key, number in told if key == str(BOB)} == {1, 2}
    assert [number for number, bodies in told.items() if len(bodies) > 1] == []


async def test_a_database_as_new_as_the_log_is_left_as_it_is(ledger_bed: Ledger) -> None:
    async with ledger_bed.run(ledger()):
        await ledger_bed.send(ALICE, credit(ALICE, 5), envelope(ALICE, 1))
        await ledger_bed.until_balance(ALICE, 5)
        await ledger_bed.until("select count(*) from outbox", 0)
    assert await go_on(ledger_bed) == 0
    assert await ledger_bed.balance(ALICE) == 5
