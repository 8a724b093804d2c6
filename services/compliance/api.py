"""`/decisions`: what the law says of a hire, for machines and for lawyers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import PlainTextResponse

from libs.common.contracts.compliance import CheckDecided
from libs.common.database import Pool
from libs.common.running import Running, running
from services.compliance.check import Check
from services.compliance.explain import explain

router = APIRouter(prefix="/decisions", tags=["decisions"])

State = Annotated[Running, Depends(running)]


@router.get("/{hire_id}", summary="The decision in force on a hire")
async def read_decision(hire_id: UUID, state: State) -> CheckDecided:
    """Each finding with its rule, fact, law, dates in force, inputs and remedy."""
    return await _decision(state.tools.pool, hire_id)


@router.get(
    "/{hire_id}/explanation",
    summary="The decision in force, as text for a lawyer",
    response_class=PlainTextResponse,
)
async def explain_decision(hire_id: UUID, state: State) -> str:
    """The same, to be read by a person."""
    return explain(await _decision(state.tools.pool, hire_id))


async def _decision(pool: Pool, hire_id: UUID) -> CheckDecided:
    text = await pool.fetchval(
        "select state from entity where decider = 'check' and key = $1", str(hire_id)
    )
    check = None if text is None else Check.model_validate_json(text)
    if check is None or check.decided is None:
        raise HTTPException(404, "nothing is decided on this hire")
    return check.decided
