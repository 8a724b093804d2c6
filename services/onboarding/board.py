"""The states of journeys, read for people."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from libs.common import page_cursor
from libs.common.contracts.onboarding import HireStatus
from libs.common.database import Pool
from services.onboarding.model import Journey

FIRST: Final = ("0001-01-01", "")


@dataclass(frozen=True, slots=True)
class Row:
    """A journey and the span that its trace begins with."""

    journey: Journey
    traceparent: str | None


def cursor(journey: Journey) -> str:
    """Where the page after this journey begins."""
    return page_cursor.write(journey.profile.starts_on, journey.hire_id)


def _place(after: str | None) -> tuple[str, str]:
    if after is None:
        return FIRST
    day, hire_id = page_cursor.read(after, date.fromisoformat, UUID)
    return day.isoformat(), str(hire_id)


async def page(pool: Pool, status: HireStatus | None, after: str | None, limit: int) -> list[Row]:
    """Journeys by the day they start, then by id."""
    rows = await pool.fetch(
        """
        select state, traceparent
          from entity
         where decider = 'journey'
           and ($1::text is null or state->>'status' = $1)
           and (state->'profile'->>'starts_on', key) > ($2, $3)
         order by state->'profile'->>'starts_on', key
         limit $4
        """,
        status,
        *_place(after),
        limit,
    )
    return [_row(row) for row in rows]


async def one(pool: Pool, hire_id: UUID) -> Row | None:
    """One journey; None if there is no such hire."""
    row = await pool.fetchrow(
        "select state, traceparent from entity where decider = 'journey' and key = $1",
        str(hire_id),
    )
    return None if row is None else _row(row)


def _row(row: Any) -> Row:
    return Row(Journey.model_validate_json(row["state"]), row["traceparent"])


async def by_status(pool: Pool) -> dict[str, int]:
    """How many journeys stand where."""
    rows = await pool.fetch(
        """
        select state->>'status' as status, count(*) as hires
          from entity
         where decider = 'journey'
         group by 1
         order by 1
        """
    )
    return {row["status"]: row["hires"] for row in rows}


async def hire_of_task(pool: Pool, task_id: UUID) -> UUID | None:
    """Whose task it is; None if there is no such task."""
    key = await pool.fetchval(
        """
        select key
          from entity
         where decider = 'journey'
           and jsonb_path_query_array(state, '$.tasks[*].plan.task_id')
               @> jsonb_build_array($1::text)
        """,
        str(task_id),
    )
    return None if key is None else UUID(key)
