"""Deliveries that could not be read: kept sealed, with the reason, until a person settles them."""

from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Any

from libs.common import ids
from libs.common.database import Pool
from libs.common.sealing import ErasedError, Vault


def own_key(source: str, delivery: str) -> str:
    """Under whose data key a delivery is sealed that is about nobody known, or about several."""
    return str(ids.derived("delivery", source, delivery))


async def listed(pool: Pool, limit: int) -> list[dict[str, Any]]:
    """Quarantined deliveries, oldest first, without their bodies."""
    rows = await pool.fetch(
        """
        select source, id, reason, received_at
          from delivery
         where status = 'quarantined'
         order by received_at
         limit $1
        """,
        limit,
    )
    return [dict(row) for row in rows]


async def kept_about(pool: Pool, person: str) -> list[str]:
    """Under whose data keys deliveries are sealed that are about a person among others."""
    rows = await pool.fetch(
        "select source, id from delivery where about <> '{}' and about @> array[$1::text]", person
    )
    return [own_key(row["source"], row["id"]) for row in rows]


async def open_bodies(pool: Pool, vault: Vault) -> AsyncGenerator[tuple[str, str, bytes]]:
    """Every quarantined delivery with what it holds, by source and id."""
    rows = await pool.fetch("select source, id, body from delivery where status = 'quarantined'")
    for row in rows:
        with suppress(ErasedError):
            yield row["source"], row["id"], await vault.open_bytes(row["body"])


async def sealed_body(pool: Pool, source: str, delivery: str) -> str | None:
    """The sealed body of a quarantined delivery; None if there is no such one."""
    return await pool.fetchval(
        "select body from delivery where source = $1 and id = $2 and status = 'quarantined'",
        source,
        delivery,
    )


async def discard(pool: Pool, vault: Vault, source: str, delivery: str, why: str) -> bool:
    """Give a delivery up, with a reason; False if there is no such quarantined one.

    Nobody knows whose data it holds, so it is made unreadable for ever.
    """
    status = await pool.execute(
        """
        update delivery
           set status = 'discarded', reason = reason || '; discarded: ' || $3, settled_at = now()
         where source = $1 and id = $2 and status = 'quarantined'
        """,
        source,
        delivery,
        why,
    )
    if status != "UPDATE 1":
        return False
    await vault.erase(own_key(source, delivery))
    return True
