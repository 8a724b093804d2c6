"""The board in SQL: a page of hires by filters, how many stand where, and the runway to the start.

Every statement is bounded by the `Scope` of who asks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from libs.common.cloudevents import storable
from libs.common.database import Pool
from services.console.hire import Hire
from services.console.scope import Scope

PAGE: Final = 50
SCOPED: Final = "($1::bool or manager = $2 or hire_id = $3)"

# Who should have started and is not ready is late, whatever was told.
ATTENTION: Final = """
case when attention = 4 then 4
     when starts_on <= $4 and status in ('announced', 'checking', 'provisioning', 'blocked') then 0
     else attention
 end
"""
FILTERED: Final = f"""
announced and {SCOPED}
   and ($5::text[] is null or status = any ($5))
   and ($6::text is null or $6 = any (turn))
   and ($7::text is null or place = $7 or place like $7 || '-%')
   and ($8::text[] is null or search like all ($8))
   and ($9::date is null or starts_on >= $9)
   and ($10::date is null or starts_on <= $10)
   and ($11::int is null or {ATTENTION} = $11)
"""


@dataclass(frozen=True, slots=True)
class Filters:
    """What the URL asks for; what is None is not asked."""

    status: tuple[str, ...] | None = None
    turn: str | None = None
    place: str | None = None
    words: tuple[str, ...] | None = None
    starts_from: date | None = None
    starts_to: date | None = None
    attention: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A hire on the board, with how urgent it is today."""

    hire: Hire
    attention: int


@dataclass(frozen=True, slots=True)
class Slot:
    """How many hires of a status start on a day."""

    starts_on: date
    status: str
    hires: int
    late: int


def _asked(scope: Scope, today: date, filters: Filters) -> tuple[object, ...]:
    patterns = [f"%{_literal(word)}%" for word in filters.words or ()]
    return (
        scope.everything,
        scope.manager,
        scope.hire_id,
        today,
        list(filters.status) if filters.status else None,
        filters.turn,
        storable(filters.place) if filters.place else None,
        patterns or None,
        filters.starts_from,
        filters.starts_to,
        filters.attention,
    )


def _literal(word: str) -> str:
    """A word in which nothing is a wildcard."""
    return storable(word).lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


async def page(
    pool: Pool, scope: Scope, today: date, filters: Filters, number: int
) -> Sequence[Row]:
    """A page of hires, the late first, then by start; one more than a page if there is another."""
    rows = await pool.fetch(
        f"""
        select state, {ATTENTION} as urgency
          from hire
         where {FILTERED}
         order by urgency, starts_on, hire_id
         limit $12 offset $13
        """,  # noqa: S608  # constants of this module
        *_asked(scope, today, filters),
        PAGE + 1,
        PAGE * (number - 1),
    )
    return [Row(Hire.model_validate_json(row["state"]), row["urgency"]) for row in rows]


async def counts(
    pool: Pool, scope: Scope, today: date, filters: Filters
) -> tuple[Mapping[str, int], Mapping[int, int]]:
    """How many of the hires found stand where, and how many are how urgent."""
    rows = await pool.fetch(
        f"""
        select status, {ATTENTION} as urgency, count(*) as hires
          from hire
         where {FILTERED}
         group by 1, 2
        """,  # noqa: S608  # constants of this module
        *_asked(scope, today, filters),
    )
    by_status: dict[str, int] = {}
    by_urgency: dict[int, int] = {}
    for row in rows:
        by_status[row["status"]] = by_status.get(row["status"], 0) + row["hires"]
        by_urgency[row["urgency"]] = by_urgency.get(row["urgency"], 0) + row["hires"]
    return by_status, by_urgency


async def runway(pool: Pool, scope: Scope, today: date, filters: Filters) -> Sequence[Slot]:
    """How many hires of which status start on which day, among those found."""
    rows = await pool.fetch(
        f"""
        select starts_on, status, count(*) as hires,
               count(*) filter (where {ATTENTION} = 0) as late
          from hire
         where {FILTERED}
         group by starts_on, status
         order by starts_on, status
        """,  # noqa: S608  # constants of this module
        *_asked(scope, today, filters),
    )
    return [Slot(**dict(row)) for row in rows]


async def places(pool: Pool, scope: Scope) -> Sequence[str]:
    """Every jurisdiction that somebody is hired in."""
    rows = await pool.fetch(
        f"select distinct place from hire where announced and {SCOPED} order by place",  # noqa: S608
        scope.everything,
        scope.manager,
        scope.hire_id,
    )
    return [row["place"] for row in rows]


async def seen(pool: Pool, scope: Scope, hires: Sequence[UUID]) -> Sequence[UUID]:
    """Those of some hires that are in the scope of who asks."""
    rows = await pool.fetch(
        f"""
        select hire_id
          from hire
         where announced and {SCOPED} and hire_id = any ($4::uuid[])
        """,  # noqa: S608  # constants of this module
        scope.everything,
        scope.manager,
        scope.hire_id,
        hires,
    )
    return [row["hire_id"] for row in rows]


async def one(pool: Pool, scope: Scope, hire_id: UUID) -> Hire | None:
    """One hire, if it is in the scope of who asks."""
    state = await pool.fetchval(
        f"select state from hire where announced and {SCOPED} and hire_id = $4",  # noqa: S608
        scope.everything,
        scope.manager,
        scope.hire_id,
        hire_id,
    )
    return None if state is None else Hire.model_validate_json(state)
