"""`/hires` and `/tasks`: where every hire stands, whose turn it is, and how a task is closed."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import AwareDatetime, BaseModel, Field

from libs.common import ids
from libs.common.contracts.onboarding import HireStatus
from libs.common.contracts.values import Owner
from libs.common.inbound import Dead, Parked, Result, Turned
from libs.common.message import Command
from libs.common.running import Running, running
from services.onboarding import board, fetch_log
from services.onboarding.commands import (
    ApproveTask,
    CompleteTask,
    HandTask,
    PlanAnew,
    Reference,
    RejectTask,
    ReportPosture,
    RetryAccess,
)
from services.onboarding.posture import OF_A_DEVICE
from services.onboarding.risk import Control
from services.onboarding.views import HireView

router = APIRouter(tags=["hires"])

State = Annotated[Running, Depends(running)]


class HirePage(BaseModel):
    """Hires by the day they start; `next` is the cursor of the next page."""

    hires: list[HireView]
    next: str | None


@router.get("/hires", summary="Hires by start, the earliest first")
async def list_hires(
    state: State,
    status: HireStatus | None = None,
    after: Annotated[str | None, Query(description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> HirePage:
    """A page of hires, each with its tasks and whose turn it is."""
    rows = await board.page(state.tools.pool, status, after, limit)
    hires = [HireView.of(row.journey, row.traceparent) for row in rows]
    last = board.cursor(rows[-1].journey) if len(rows) == limit else None
    return HirePage(hires=hires, next=last)


@router.get("/hires/summary", summary="How many hires stand where")
async def summarise(state: State) -> dict[str, int]:
    """Counts by status."""
    return await board.by_status(state.tools.pool)


@router.get("/hires/{hire_id}", summary="Where one hire stands")
async def read_hire(hire_id: UUID, state: State) -> HireView:
    """Status, tasks, what blocks it, whose turn it is, and its trace."""
    row = await board.one(state.tools.pool, hire_id)
    if row is None:
        raise HTTPException(404, "no such hire")
    fetch = await fetch_log.last_of(state.tools.pool, hire_id)
    trouble = fetch.trouble if fetch else None
    return HireView.of(row.journey, row.traceparent).model_copy(update={"fetch_trouble": trouble})


class Completion(BaseModel):
    """What closes a task: nothing, the answer to its question, or a reference to evidence."""

    answer: str | None = Field(default=None, max_length=500)
    evidence: Reference | None = Field(
        default=None, description="A number, address or short text; no personal data"
    )


class Rejection(BaseModel):
    """Why a task is sent back."""

    reason: Reference = Field(description="What is missing; no personal data")


class Assignment(BaseModel):
    """Who is to do a task."""

    to: Owner


@router.post("/tasks/{task_id}/complete", summary="Close a task, or answer its question")
async def complete_task(task_id: UUID, completion: Completion, state: State) -> HireView:
    """Submitted, where the task needs to be approved.

    Refused with 409 and the reason where the task is not open, or an adapter's, or needs evidence.
    """
    told = CompleteTask(task_id=task_id, answer=completion.answer, evidence=completion.evidence)
    return await _tell_of_task(task_id, told, state)


@router.post("/tasks/{task_id}/approve", summary="Find a submitted task done")
async def approve_task(task_id: UUID, state: State) -> HireView:
    """Refused with 409 where the task does not wait for an approver."""
    return await _tell_of_task(task_id, ApproveTask(task_id=task_id), state)


@router.post("/tasks/{task_id}/reject", summary="Send a submitted task back")
async def reject_task(task_id: UUID, rejection: Rejection, state: State) -> HireView:
    """Whoever did it is asked again, with the reason; 409 where it waits for no approver."""
    return await _tell_of_task(task_id, RejectTask(task_id=task_id, reason=rejection.reason), state)


@router.post("/tasks/{task_id}/assign", summary="Have another role do a task")
async def assign_task(task_id: UUID, assignment: Assignment, state: State) -> HireView:
    """Refused with 409 where the task is not open, or an adapter's, or that role approves it."""
    return await _tell_of_task(task_id, HandTask(task_id=task_id, to=assignment.to), state)


async def _tell_of_task(task_id: UUID, command: Command, state: Running) -> HireView:
    hire_id = await board.hire_of_task(state.tools.pool, task_id)
    if hire_id is None:
        raise HTTPException(404, "no such task")
    _check(await state.kernel.submit(command, key=str(hire_id), id=ids.ordered()))
    return await read_hire(hire_id, state)


@router.post("/hires/{hire_id}/plan", summary="Plan tasks by templates and risk tiers as they are")
async def plan_anew(hire_id: UUID, state: State) -> HireView:
    """What is done stays done, and nothing doubles. 409 for a hire that is over."""
    _check(await state.kernel.submit(PlanAnew(), key=str(hire_id), id=ids.ordered()))
    return await read_hire(hire_id, state)


@router.post("/hires/{hire_id}/access/{resource}/retry", summary="Have an adapter try again")
async def retry_access(hire_id: UUID, resource: str, state: State) -> HireView:
    """For when what made it give up has been removed."""
    command = RetryAccess(resource=resource)
    _check(await state.kernel.submit(command, key=str(hire_id), id=ids.ordered()))
    return await read_hire(hire_id, state)


class PostureReport(BaseModel):
    """How a device is, as its manager sees it: what is not among `holds` does not hold."""

    holds: tuple[Control, ...] = Field(
        description="disk_encryption, os_minimum, firewall, screen_lock: each that holds",
        max_length=len(OF_A_DEVICE),
    )
    observed_at: AwareDatetime = Field(description="When that was so")
    valid_until: AwareDatetime | None = Field(
        default=None, description="From when on nobody knows, unless there is a newer report"
    )


@router.post("/hires/{hire_id}/posture", summary="Report the state of a person's device")
async def report_posture(hire_id: UUID, posture: PostureReport, state: State) -> HireView:
    """Where the risk tier demands more than holds, access is closed until a report shows it."""
    command = ReportPosture(
        shown=posture.holds, observed_at=posture.observed_at, valid_until=posture.valid_until
    )
    _check(await state.kernel.submit(command, key=str(hire_id), id=ids.ordered()))
    return await read_hire(hire_id, state)


def _check(result: Result) -> Any:
    match result:
        case Turned(reason):
            raise HTTPException(409, reason)
        case Dead(reason):
            raise HTTPException(500, f"kept as a dead letter: {reason}")
        case Parked():
            raise HTTPException(
                202, "kept; it follows once the dead letter of this hire is settled"
            )
        case _:
            return result
