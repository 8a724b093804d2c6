"""`/hires` and `/tasks`: where every hire stands, whose turn it is, and how a task is closed."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import BaseModel, Field

from libs.common import ids
from libs.common.contracts.onboarding import HireStatus
from libs.common.contracts.values import Owner
from libs.common.inbound import Dead, Parked, Result, Turned
from libs.common.running import Running, running
from services.onboarding import board, fetch_log
from services.onboarding.advance import blocks
from services.onboarding.commands import CompleteTask, RetryAccess
from services.onboarding.model import Journey, Task

router = APIRouter(tags=["hires"])

State = Annotated[Running, Depends(running)]


class TaskView(BaseModel):
    """A task; `answer` is asked for where `question` is set."""

    task_id: UUID
    kind: str
    title: str
    owner: Owner
    state: str
    assigned_on: date
    due_on: date
    done_by: str
    question: str | None = None
    overdue: int = 0
    period: int = Field(default=1, description="How often the hire had begun when it was planned")

    @classmethod
    def of(cls, task: Task) -> "TaskView":
        """A task as the API shows it."""
        plan = task.plan
        return cls(
            task_id=plan.task_id,
            kind=plan.kind,
            title=plan.title,
            owner=plan.owner,
            state=task.state,
            assigned_on=task.assigned_on,
            due_on=plan.due_on,
            done_by=plan.done_by,
            question=plan.question,
            overdue=task.overdue,
            period=task.period,
        )


class AccessView(BaseModel):
    """Access to a resource, and why its adapter gave up, if it did."""

    resource: str
    grant: str
    trouble: str | None = None


class HireView(BaseModel):
    """Where one hire stands; names and addresses are not shown here."""

    hire_id: UUID
    status: HireStatus
    since: datetime
    jurisdiction: str
    timezone: str
    role: str
    engagement: str
    starts_on: date
    last_day: date | None = None
    turn: list[Owner] = Field(description="Whose turn it is")
    blocked_by: list[str] = []
    awaits: list[str] = Field(default=[], description="What legal is asked about the law")
    trace_id: str | None = None
    fetch_trouble: str | None = Field(
        default=None, description="Why the HR system's record of it could not be used, if so"
    )
    tasks: list[TaskView] = []
    access: list[AccessView] = []

    @classmethod
    def of(cls, journey: Journey, traceparent: str | None) -> "HireView":
        """A journey as the API shows it."""
        profile, blocked = journey.profile, blocks(journey)
        awaits = journey.ruling.awaits if journey.ruling and journey.ending is None else ()
        turn = {task.plan.owner for task in journey.open_tasks}
        if awaits:
            turn.add(Owner.LEGAL)
        return cls(
            hire_id=journey.hire_id,
            status=journey.status,
            since=journey.since,
            jurisdiction=profile.jurisdiction,
            timezone=profile.timezone,
            role=profile.role,
            engagement=profile.engagement,
            starts_on=profile.starts_on,
            last_day=journey.last_day,
            turn=[blocked[0]] if blocked else sorted(turn),
            blocked_by=list(blocked[1]) if blocked else [],
            awaits=list(awaits),
            trace_id=traceparent.split("-")[1] if traceparent else None,
            tasks=[TaskView.of(task) for task in journey.tasks],
            access=[AccessView(**each.model_dump()) for each in journey.access],
        )


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
    """What closes a task: nothing, or the answer to its question."""

    answer: str | None = Field(default=None, max_length=500)


@router.post("/tasks/{task_id}/complete", summary="Close a task, or answer its question")
async def complete_task(task_id: UUID, completion: Completion, state: State) -> HireView:
    """Refused with 409 and the reason where the task is not open, or an adapter's."""
    hire_id = await board.hire_of_task(state.tools.pool, task_id)
    if hire_id is None:
        raise HTTPException(404, "no such task")
    command = CompleteTask(task_id=task_id, answer=completion.answer)
    _check(await state.kernel.submit(command, key=str(hire_id), id=ids.ordered()))
    return await read_hire(hire_id, state)


@router.post("/hires/{hire_id}/access/{resource}/retry", summary="Have an adapter try again")
async def retry_access(hire_id: UUID, resource: str, state: State) -> HireView:
    """For when what made it give up has been removed."""
    command = RetryAccess(resource=resource)
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
