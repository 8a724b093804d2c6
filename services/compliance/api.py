"""`/decisions`: what the law says of a hire, for machines and for lawyers; then and now."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Query
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field

from libs.common import ids
from libs.common.contracts.compliance import CheckDecided
from libs.common.contracts.values import Owner
from libs.common.database import Pool
from libs.common.inbound import Dead, Parked, Result, Turned
from libs.common.message import Command
from libs.common.running import Running, running
from services.compliance.check_state import Check
from services.compliance.difference import differences
from services.compliance.explain import explain
from services.compliance.history import decision_as_of
from services.compliance.waiving import WaiveFinding, WithdrawWaiver

router = APIRouter(prefix="/decisions", tags=["decisions"])

State = Annotated[Running, Depends(running)]
AsOf = Annotated[
    datetime | date | None,
    Query(description="a moment with its offset from UTC, or a day: the end of it in UTC"),
]


class DecisionThen(BaseModel):
    """A decision as it was known at a moment, and why it differs from the one in force now."""

    as_of: datetime
    decided_at: datetime
    decision: CheckDecided
    version_now: int | None
    differs: tuple[str, ...]


class WaiverAsked(BaseModel):
    """Who lets a hire go on, why, and until which day."""

    role: Owner
    by: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,40}$")]
    reason: Annotated[str, Field(min_length=10, max_length=500)]
    until: date


@router.get("/{hire_id}", summary="The decision on a hire, in force now or known then")
async def read_decision(
    hire_id: UUID, state: State, as_of: AsOf = None
) -> CheckDecided | DecisionThen:
    """Each finding with its rule, fact, law, dates in force, inputs and remedy."""
    if as_of is None:
        return await _decision(state.tools.pool, hire_id)
    return await _then(state.tools.pool, hire_id, as_of)


@router.get(
    "/{hire_id}/explanation",
    summary="The decision on a hire, as text for a lawyer",
    response_class=PlainTextResponse,
)
async def explain_decision(hire_id: UUID, state: State, as_of: AsOf = None) -> str:
    """The same, to be read by a person."""
    if as_of is None:
        return explain(await _decision(state.tools.pool, hire_id))
    then = await _then(state.tools.pool, hire_id, as_of)
    differs = then.differs or ("It says the same as the decision in force now.",)
    known = f"As known at {then.as_of.isoformat()}, decided at {then.decided_at.isoformat()}\n"
    return "\n".join([known + explain(then.decision), "Since then", *differs]) + "\n"


@router.post("/{hire_id}/findings/{rule}/waive", summary="Let a hire go on in spite of a finding")
async def waive_finding(
    hire_id: UUID, rule: str, waiver: WaiverAsked, state: State
) -> CheckDecided:
    """Refused with 409 where there is nothing to waive, or the role has no right to."""
    command = WaiveFinding(rule=rule, **waiver.model_dump())
    await submit(state, command, str(hire_id))
    return await _decision(state.tools.pool, hire_id)


@router.post("/{hire_id}/findings/{rule}/unwaive", summary="Take a waiver back before its day")
async def withdraw_waiver(hire_id: UUID, rule: str, state: State) -> CheckDecided:
    """The finding stands in the way again."""
    await submit(state, WithdrawWaiver(rule=rule), str(hire_id))
    return await _decision(state.tools.pool, hire_id)


async def submit(state: Running, command: Command, key: str) -> None:
    """Have a command decided; a refusal is 409 with the reason."""
    result: Result = await state.kernel.submit(command, key=key, id=ids.ordered())
    match result:
        case Turned(reason):
            raise HTTPException(409, reason)
        case Dead(reason):
            raise HTTPException(500, f"kept as a dead letter: {reason}")
        case Parked():
            raise HTTPException(202, "kept; it follows once the dead letter before it is settled")
        case _:
            return


async def _decision(pool: Pool, hire_id: UUID) -> CheckDecided:
    check = await _check(pool, hire_id)
    if check is None or check.decided is None:
        raise HTTPException(404, "nothing is decided on this hire")
    return check.decided


async def _check(pool: Pool, hire_id: UUID) -> Check | None:
    text = await pool.fetchval(
        "select state from entity where decider = 'check' and key = $1", str(hire_id)
    )
    return None if text is None else Check.model_validate_json(text)


async def _then(pool: Pool, hire_id: UUID, as_of: datetime | date) -> DecisionThen:
    moment = _moment(as_of)
    told = await decision_as_of(pool, hire_id, moment)
    if told is None:
        raise HTTPException(404, f"nothing was decided on this hire by {moment.isoformat()}")
    check = await _check(pool, hire_id)
    now = check.decided if check else None
    return DecisionThen(
        as_of=moment,
        decided_at=told.decided_at,
        decision=told.decision,
        version_now=now.version if now else None,
        differs=differences(told.decision, now) if now else ("Nothing is decided on it now.",),
    )


def _moment(as_of: datetime | date) -> datetime:
    if not isinstance(as_of, datetime):
        return datetime.combine(as_of + timedelta(days=1), time(), UTC) - timedelta(microseconds=1)
    if as_of.tzinfo is None:
        raise HTTPException(422, "as_of needs its offset from UTC, as in 2026-11-23T09:00:00Z")
    return as_of.astimezone(UTC)
