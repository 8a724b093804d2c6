"""The flow of hires in SQL: how far they come, whom they wait for, and which letters are held.

Every statement is bounded by the `Scope` of who asks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from libs.common.database import Pool
from services.console.scope import Scope

SCOPED: Final = "announced and ($1::bool or manager = $2 or hire_id = $3)"


@dataclass(frozen=True, slots=True)
class Wait:
    """How many hires wait for one role, and how long they have stood where they stand.

    `owner` is empty where nobody has to do anything: it is being decided or set up.
    """

    owner: str
    hires: int
    blocked: int
    half: timedelta
    longest: timedelta


@dataclass(frozen=True, slots=True)
class Held:
    """Letters to one role that wait for working hours; the next goes out at `until` (UTC)."""

    recipient: str
    letters: int
    until: datetime


async def funnel(pool: Pool, scope: Scope) -> Mapping[str, int]:
    """How many hires ever got how far, of those in the scope of who asks."""
    row = await pool.fetchrow(
        f"""
        select count(*) as announced,
               count(*) filter (where state->'decided' <> 'null') as decided,
               count(*) filter (where state->'decided'->>'verdict' = 'clear') as clear,
               count(*) filter (where state->>'ready_at' is not null) as ready,
               count(*) filter (where state->>'started_at' is not null) as started
          from hire
         where {SCOPED}
        """,  # noqa: S608  # a constant of this module
        scope.everything,
        scope.manager,
        scope.hire_id,
    )
    return dict(row) if row else {}


async def waits(pool: Pool, scope: Scope, now: datetime) -> Sequence[Wait]:
    """Whom hires wait for, the most first; `now` is the product's time."""
    rows = await pool.fetch(
        f"""
        select coalesce(owner, '') as owner,
               count(*) as hires,
               count(*) filter (where status = 'blocked') as blocked,
               percentile_disc(0.5) within group (order by greatest($4 - since, '0')) as half,
               max(greatest($4 - since, '0')) as longest
          from hire
          left join lateral unnest(turn) as owner on true
         where {SCOPED}
           and (owner is not null
                or status in ('announced', 'checking', 'provisioning', 'changing'))
         group by owner
         order by hires desc, owner
        """,  # noqa: S608  # a constant of this module
        scope.everything,
        scope.manager,
        scope.hire_id,
        now,
    )
    return [Wait(**dict(row)) for row in rows]


async def held(pool: Pool, scope: Scope, now: datetime) -> Sequence[Held]:
    """The letters that wait for their readers' working hours, the most first."""
    rows = await pool.fetch(
        f"""
        select letter->>'recipient' as recipient,
               count(*) as letters,
               min((letter->>'until')::timestamptz) as until
          from hire
         cross join lateral jsonb_array_elements(state->'letters') as letter
         where {SCOPED}
           and letter->>'state' = 'held'
           and (letter->>'until')::timestamptz > $4
         group by recipient
         order by letters desc, recipient
        """,  # noqa: S608  # a constant of this module
        scope.everything,
        scope.manager,
        scope.hire_id,
        now,
    )
    return [Held(**dict(row)) for row in rows]
