"""Locks that make concurrent batches come to the same figures as one after the other.

Names are locked in stripes, for the length of a transaction, so that a batch of any size takes a
bounded number of locks. Nobody deadlocks: every transaction locks generation, events, entities,
buckets and key results in this order, and the stripes of each in ascending order.
"""

from collections.abc import Iterable
from enum import Enum
from typing import Final
from zlib import crc32

from libs.common.database import Connection

STRIPES: Final = 256


def _number(text: str) -> int:
    """The same number from 0 to 2^31-1 in every process."""
    return crc32(text.encode()) & 0x7FFF_FFFF


class Locked(Enum):
    """What is locked; advisory locks have one name space a database, so each has its own."""

    GENERATION = _number("metrics.generation")
    EVENT = _number("metrics.event")
    ENTITY = _number("metrics.entity")
    BUCKET = _number("metrics.bucket")
    KEY_RESULT = _number("metrics.key_result")


async def lock(conn: Connection, what: Locked, names: Iterable[str]) -> None:
    """Hold every name until the transaction ends, waiting for whoever holds one of them."""
    stripes = sorted({_number(name) % STRIPES for name in names})
    await conn.execute(
        "select pg_advisory_xact_lock($1, stripe) from unnest($2::int[]) as stripe",
        what.value,
        stripes,
    )


async def lock_live_generation(conn: Connection) -> int:
    """The generation that is live, which no rebuild replaces until the transaction ends."""
    await conn.execute("select pg_advisory_xact_lock_shared($1, 0)", Locked.GENERATION.value)
    return await live_generation(conn)


async def stop_projecting(conn: Connection) -> int:
    """Wait for every batch under way, let no other begin, and return the live generation."""
    await conn.execute("select pg_advisory_xact_lock($1, 0)", Locked.GENERATION.value)
    return await live_generation(conn)


async def live_generation(conn: Connection) -> int:
    """The number of the generation that figures are made of now."""
    return await conn.fetchval("select number from generation where state = 'live'")
