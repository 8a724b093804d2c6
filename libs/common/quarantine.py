"""Deliveries that could not be read: kept sealed, with the reason, until a person settles them."""

from typing import Any

from libs.common.database import Pool


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


async def sealed_body(pool: Pool, source: str, delivery: str) -> str | None:
    """The sealed body of a quarantined delivery; None if there is no such one."""
    return await pool.fetchval(
        "select body from delivery where source = $1 and id = $2 and status = 'quarantined'",
        source,
        delivery,
    )


async def discard(pool: Pool, source: str, delivery: str, why: str) -> bool:
    """Give a delivery up, with a reason; False if there is no such quarantined one."""
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
    return status == "UPDATE 1"
