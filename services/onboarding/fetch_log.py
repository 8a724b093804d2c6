"""The last fetch of each employee: kept beside the journeys, for people who mend what failed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from libs.common.database import Connection, Pool
from libs.common.message import EffectFailed, Event, Message
from libs.common.projection import Received, projection
from services.onboarding.hints import (
    EmployeeFound,
    EmployeeGone,
    FetchEmployee,
    FollowHint,
    Hint,
    LookAgain,
)
from services.onboarding.reconciliation import Reconciliation


@dataclass(frozen=True, slots=True)
class Fetch:
    """What became of the last fetch; `trouble` says why it failed, and never a value."""

    hire_id: UUID
    source: str
    employee_id: str
    hinted_at: datetime | None
    asked_at: datetime
    outcome: str
    settled_at: datetime | None
    trouble: str | None
    is_hire: bool


@dataclass(frozen=True, slots=True)
class _Step:
    hire_id: UUID
    hint: Hint
    outcome: str
    trouble: str | None = None


@projection("employee_fetches", FollowHint, LookAgain, EmployeeFound, EmployeeGone, EffectFailed)
async def employee_fetches(conn: Connection, batch: Sequence[Received[Any]]) -> Sequence[Event]:
    """Note what was asked for and what came of it; the last step of each hire counts."""
    steps: dict[UUID, tuple[_Step, datetime]] = {}
    for received in batch:
        step = _step(received.message)
        if step is not None:
            steps[step.hire_id] = (step, received.time)
    if not steps:
        return ()
    await conn.execute(
        """
        insert into employee_fetch as f
               (hire_id, source, employee_id, hinted_at, asked_at, outcome, settled_at, trouble)
        select hire_id, source, employee_id, hinted_at, at, outcome,
               case when outcome <> 'asked' then at end, trouble
          from unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[],
                      $6::text[], $7::text[])
               as s (hire_id, source, employee_id, hinted_at, at, outcome, trouble)
        on conflict (hire_id) do update
           set hinted_at = excluded.hinted_at, outcome = excluded.outcome,
               settled_at = excluded.settled_at, trouble = excluded.trouble,
               asked_at = case when excluded.outcome = 'asked' then excluded.asked_at
                               else f.asked_at end
        """,
        [step.hire_id for step, _ in steps.values()],
        [step.hint.source for step, _ in steps.values()],
        [step.hint.employee_id for step, _ in steps.values()],
        [step.hint.hinted_at for step, _ in steps.values()],
        [at for _, at in steps.values()],
        [step.outcome for step, _ in steps.values()],
        [step.trouble for step, _ in steps.values()],
    )
    return ()


def _step(message: Message) -> _Step | None:
    match message:
        case FollowHint() | LookAgain():
            return _Step(message.hire_id, message.hint, "asked")
        case EmployeeFound():
            return _Step(message.hire_id, message.hint, "found")
        case EmployeeGone():
            return _Step(message.hire_id, message.hint, "gone")
        case EffectFailed(effect=FetchEmployee.type):
            return _failed(message)
        case _:
            return None


def _failed(message: EffectFailed) -> _Step | None:
    try:
        asked = FetchEmployee.model_validate_json(message.body)
    except ValidationError:
        return None  # written by another release, and given up for just that
    return _Step(asked.hire_id, asked.hint, "failed", message.reason)


async def failed(pool: Pool, limit: int) -> list[Fetch]:
    """The fetches that failed, those asked for first foremost."""
    rows = await pool.fetch(
        """
        select f.*, e.key is not null as is_hire
          from employee_fetch f
          left join entity e on e.decider = 'journey' and e.key = f.hire_id::text
         where f.trouble is not null
         order by f.asked_at
         limit $1
        """,
        limit,
    )
    return [Fetch(**row) for row in rows]


async def last_of(pool: Pool, hire_id: UUID) -> Fetch | None:
    """The last fetch for a hire; None where none was ever asked for."""
    row = await pool.fetchrow(
        """
        select f.*, e.key is not null as is_hire
          from employee_fetch f
          left join entity e on e.decider = 'journey' and e.key = f.hire_id::text
         where f.hire_id = $1
        """,
        hire_id,
    )
    return None if row is None else Fetch(**row)


async def reconciliation_with(pool: Pool, source: str) -> Reconciliation | None:
    """How far an HR system was asked for changes; None where it never was."""
    state = await pool.fetchval(
        "select state from entity where decider = 'reconciliation' and key = $1", source
    )
    return None if state is None else Reconciliation.model_validate_json(state)
