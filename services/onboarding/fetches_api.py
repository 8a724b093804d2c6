"""`/fetches`: employees that HR systems were asked for, and how a failed fetch is repeated."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import BaseModel, Field

from libs.common import ids
from libs.common.running import Running, running
from services.onboarding import fetch_log
from services.onboarding.fetch_log import Fetch
from services.onboarding.hints import FollowHint, Hint
from services.onboarding.reconciliation import Reconcile, Reconciliation

BAMBOOHR: Final = "bamboohr"

router = APIRouter(tags=["hires"])

State = Annotated[Running, Depends(running)]


class FetchView(BaseModel):
    """The last fetch of one employee from the HR system."""

    hire_id: UUID
    source: str
    employee_id: str
    outcome: str = Field(description="asked, found, gone or failed")
    asked_at: datetime
    settled_at: datetime | None = None
    trouble: str | None = Field(default=None, description="Why it failed, and what to correct")
    is_hire: bool = Field(description="Whether there is a hire of this employee")

    @classmethod
    def of(cls, fetch: Fetch) -> "FetchView":
        """A fetch as the API shows it."""
        return cls.model_validate(fetch, from_attributes=True)


@router.get("/fetches", summary="Fetches of employees that failed")
async def list_failed(
    state: State, limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> list[FetchView]:
    """Each with its reason; correct it in the HR system, which tells us, or fetch again here."""
    return [FetchView.of(each) for each in await fetch_log.failed(state.tools.pool, limit)]


@router.get("/fetches/reconciliation/{source}", summary="How far an HR system was asked")
async def read_reconciliation(source: str, state: State) -> Reconciliation:
    """Since when changes are asked for, by its clock, and why they cannot be, if so."""
    known = await fetch_log.reconciliation_with(state.tools.pool, source)
    if known is None:
        raise HTTPException(404, "this HR system was not asked for changes yet")
    return known


@router.post("/fetches/reconciliation/bamboohr", summary="Ask BambooHR now who has changed")
async def reconcile(state: State) -> dict[str, str]:
    """It is asked anyway, every two hours; whoever changed is fetched."""
    await state.kernel.submit(Reconcile(), key=BAMBOOHR, id=ids.ordered())
    return {"status": "asked"}


@router.get("/fetches/{hire_id}", summary="The last fetch of one employee")
async def read_fetch(hire_id: UUID, state: State) -> FetchView:
    """What became of it."""
    fetch = await fetch_log.last_of(state.tools.pool, hire_id)
    if fetch is None:
        raise HTTPException(404, "no employee was fetched for this hire")
    return FetchView.of(fetch)


@router.post("/fetches/{hire_id}", summary="Fetch an employee again", status_code=202)
async def fetch_again(hire_id: UUID, state: State) -> FetchView:
    """For when what made a fetch fail has been removed."""
    fetch = await fetch_log.last_of(state.tools.pool, hire_id)
    if fetch is None:
        raise HTTPException(404, "no employee was fetched for this hire")
    hint = Hint(source=fetch.source, employee_id=fetch.employee_id, hinted_at=fetch.hinted_at)
    command = FollowHint(hire_id=hire_id, hint=hint)
    await state.kernel.submit(command, key=str(hire_id), id=ids.ordered())
    return await read_fetch(hire_id, state)
