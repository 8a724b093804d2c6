"""Every decision that was told, so that it can be read as it was known then: a projection."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from libs.common.contracts.compliance import CheckDecided
from libs.common.database import Connection, Pool
from libs.common.jsonb import storable_json
from libs.common.message import Event
from libs.common.projection import Received, projection


@dataclass(frozen=True, slots=True)
class Told:
    """A decision, and when it was told, in UTC by the product's clock."""

    decision: CheckDecided
    decided_at: datetime


@projection("decision_history", CheckDecided)
async def keep_decisions(
    conn: Connection, batch: Sequence[Received[CheckDecided]]
) -> Sequence[Event]:
    """Keep a batch of decisions, each once."""
    await conn.execute(
        """
        insert into decision (hire_id, version, decided_at, body)
        select *
          from unnest($1::uuid[], $2::int[], $3::timestamptz[], $4::jsonb[])
        on conflict (hire_id, version) do nothing
        """,
        [each.message.hire_id for each in batch],
        [each.message.version for each in batch],
        [each.time for each in batch],
        [storable_json(each.message.model_dump_json()) for each in batch],
    )
    return ()


async def decision_as_of(pool: Pool, hire_id: UUID, as_of: datetime) -> Told | None:
    """The decision that was in force at a moment; None where there was none yet."""
    row = await pool.fetchrow(
        """
        select body, decided_at
          from decision
         where hire_id = $1
           and decided_at <= $2
         order by decided_at desc, version desc
         limit 1
        """,
        hire_id,
        as_of,
    )
    if row is None:
        return None
    return Told(CheckDecided.model_validate_json(row["body"]), row["decided_at"])
