"""The story of one hire in SQL, and the trace it is told in."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.contracts.compliance import CheckDecided
from libs.common.database import Pool


@dataclass(frozen=True, slots=True)
class Chapter:
    """One event of a story."""

    id: str
    at: datetime
    type: str
    body: dict[str, Any]


async def story_of(pool: Pool, hire_id: UUID) -> Sequence[Chapter]:
    """All that was told of a hire, the newest first; who may see the hire was asked before."""
    rows = await pool.fetch(
        """
        select id, at, type, body
          from story
         where hire_id = $1
         order by at desc, position desc
         limit 500
        """,
        hire_id,
    )
    return [Chapter(row["id"], row["at"], row["type"], json.loads(row["body"])) for row in rows]


async def decision_of(pool: Pool, hire_id: UUID) -> CheckDecided | None:
    """The newest decision of compliance on a hire, whole; None while there is none."""
    body: str | None = await pool.fetchval(
        """
        select body
          from story
         where hire_id = $1
           and type = $2
         order by (body->>'version')::int desc
         limit 1
        """,
        hire_id,
        CheckDecided.type,
    )
    return None if body is None else CheckDecided.model_validate_json(body)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What first followed on a request: `refused` says why it was not done."""

    refused: str | None


async def outcome_of(pool: Pool, hire_id: UUID, request_id: UUID) -> Outcome | None:
    """What came of a request; None while nothing has followed on it yet."""
    row = await pool.fetchrow(
        """
        select type, body->>'why' as why
          from story
         where hire_id = $1
           and position > (select position
                             from story
                            where hire_id = $1 and body->'asked'->>'request_id' = $2)
           and type not like 'message.%' and type not like '%_requested.v1'
         order by position
         limit 1
        """,
        hire_id,
        str(request_id),
    )
    if row is None:
        return None
    is_refused = row["type"] in ("request.refused.v1", "waiver.refused.v1")
    return Outcome(row["why"] if is_refused else None)


async def trace_of(pool: Pool, hire_id: UUID) -> str | None:
    """The id of the trace in which all that happens to a hire is told."""
    traceparent: str | None = await pool.fetchval(
        "select traceparent from entity where decider = 'desk' and key = $1", str(hire_id)
    )
    return traceparent.split("-")[1] if traceparent else None
