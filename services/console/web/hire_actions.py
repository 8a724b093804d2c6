"""What can be done about a hire: each is checked, asked of who decides, and waited for."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import RedirectResponse, Response
from pydantic import Field

from libs.common import ids
from libs.common.contracts.console import (
    AccessRestorationRequested,
    AccessWithholdingRequested,
    Asked,
    CancellationRequested,
    StartMoveRequested,
    TaskCompletionRequested,
    TaskReassignmentRequested,
    TaskRejectionRequested,
    WaiverRequested,
)
from libs.common.contracts.onboarding import TaskKind
from libs.common.contracts.values import Owner
from libs.common.inbound import Dead, Parked, Turned
from libs.common.message import Event
from libs.common.sealing import ErasedError, NotSealedError
from services.console import stories
from services.console.desk import Request
from services.console.hire import Task
from services.console.naming import named_in
from services.console.policy import Action
from services.console.web.hire_page import visible
from services.console.web.page_route import PageRoute
from services.console.web.visit import Submitted, Visit, Visiting
from services.console.wording import worded

router = APIRouter(prefix="/hires/{hire_id}", include_in_schema=False, route_class=PageRoute)

TYPED: Final = ("why", "evidence", "answer")
"""The fields of a request that hold what a person typed."""

NAMES_SOMEBODY: Final = (
    "This text is kept for good, and it names somebody. Go back and write it without the name or "
    "the address: say the new colleague, or the manager."
)
PATIENCE_SECONDS: Final = 4.0
LOOK_SECONDS: Final = 0.05

Id = Annotated[UUID, Form(alias="request")]
Why = Annotated[str, Form(min_length=3, max_length=500)]
E = TypeVar("E", bound=Event)


def asked_by(visit: Visit, request: UUID, *about: object) -> Asked:
    """Who asks what, under an id that is the same when a form is sent twice."""
    request_id = ids.derived("console", visit.account.id, request, *about)
    return Asked(request_id=request_id, account=visit.account.id, asked_at=visit.now)


async def ask(visit: Visit, hire_id: UUID, event: Any, page: str = "") -> Response:
    """Send a request, wait a moment for what comes of it, and go back to a page of the hire."""
    await _check_names_nobody(visit, hire_id, event)
    command = Request(event=event.type, body=event.model_dump_json())
    request_id: UUID = event.asked.request_id
    result = await visit.state.kernel.submit(command, key=str(hire_id), id=request_id)
    match result:
        case Turned(reason):
            raise HTTPException(409, reason)
        case Dead(_):
            raise HTTPException(
                500, worded("It could not be handled; operations see it as a dead letter.")
            )
        case Parked():
            said = "parked"
        case _:
            said = await _outcome(visit, hire_id, request_id)
    return RedirectResponse(f"/hires/{hire_id}{page}?{said}", 303)


async def _check_names_nobody(visit: Visit, hire_id: UUID, event: Any) -> None:
    """What is typed is kept for ever, in the clear: refuse it where it names the hire's people."""
    texts = [str(text) for name in TYPED if (text := getattr(event, name, None))]
    profile = (await visible(visit, hire_id)).profile
    contacts: list[Mapping[str, Any]] = []
    for sealed in (profile.worker, profile.manager) if profile and texts else ():
        with suppress(ErasedError, NotSealedError):
            contacts += [await visit.state.tools.vault.open(sealed)] if sealed else []
    if named_in(texts, contacts):
        raise HTTPException(422, NAMES_SOMEBODY)


async def _outcome(visit: Visit, hire_id: UUID, request_id: UUID) -> str:
    for _ in range(int(PATIENCE_SECONDS / LOOK_SECONDS)):
        outcome = await stories.outcome_of(visit.pool, hire_id, request_id)
        if outcome is not None:
            return f"refused={request_id}" if outcome.refused else "said=done"
        await asyncio.sleep(LOOK_SECONDS)
    return "said=waiting"


async def _task(visit: Visit, hire_id: UUID, task_id: UUID) -> Task:
    task = (await visible(visit, hire_id)).task(task_id)
    if task is None:
        raise HTTPException(404, worded("This hire has no such task."))
    return task


def _closing(task: Task) -> Action:
    """What it takes to close a task."""
    if task.kind is TaskKind.QUESTION:
        return Action.ANSWER_QUESTION
    return Action.APPROVE_TASK if task.is_approval else Action.COMPLETE_TASK


@router.post("/tasks/{task_id}/complete")
async def complete(  # what the form has
    hire_id: UUID,
    task_id: UUID,
    visit: Visiting,
    _form: Submitted,
    request: Id,
    answer: Annotated[str | None, Form(max_length=500)] = None,
    evidence: Annotated[str | None, Form(max_length=300)] = None,
) -> Response:
    """Close a task, or answer its question."""
    task = await _task(visit, hire_id, task_id)
    visit.must(_closing(task), task.owner)
    asked = asked_by(visit, request, "complete", task_id)
    event = TaskCompletionRequested(
        hire_id=hire_id,
        asked=asked,
        task_id=task_id,
        turn=task.owner,
        answer=answer or None,
        evidence=evidence or None,
    )
    return await ask(visit, hire_id, event)


@router.post("/tasks/{task_id}/reject")
async def send_back(
    hire_id: UUID, task_id: UUID, visit: Visiting, _form: Submitted, request: Id, why: Why
) -> Response:
    """Have what was done and is not approved done again."""
    task = await _task(visit, hire_id, task_id)
    visit.must(Action.APPROVE_TASK, task.owner)
    asked = asked_by(visit, request, "reject", task_id)
    event = TaskRejectionRequested(hire_id=hire_id, asked=asked, task_id=task_id, why=why)
    return await ask(visit, hire_id, event)


@router.post("/tasks/{task_id}/reassign")
async def reassign(
    hire_id: UUID,
    task_id: UUID,
    visit: Visiting,
    _form: Submitted,
    request: Id,
    owner: Annotated[Owner, Form()],
    why: Why,
) -> Response:
    """Give a task to another role."""
    task = await _task(visit, hire_id, task_id)
    visit.must(Action.REASSIGN_TASK, task.owner)
    if task.kind is TaskKind.QUESTION:
        raise HTTPException(409, worded("A question is answered by the role it was asked of."))
    asked = asked_by(visit, request, "reassign", task_id, owner)
    event = TaskReassignmentRequested(
        hire_id=hire_id, asked=asked, task_id=task_id, owner=owner, why=why
    )
    return await ask(visit, hire_id, event)


@router.post("/start")
async def move_start(
    hire_id: UUID,
    visit: Visiting,
    _form: Submitted,
    request: Id,
    starts_on: Annotated[date, Form()],
    why: Why,
) -> Response:
    """Move the first day."""
    visit.must(Action.MOVE_START)
    await visible(visit, hire_id)
    asked = asked_by(visit, request, "start", starts_on)
    event = StartMoveRequested(hire_id=hire_id, asked=asked, starts_on=starts_on, why=why)
    return await ask(visit, hire_id, event)


@router.post("/cancel")
async def cancel(
    hire_id: UUID, visit: Visiting, _form: Submitted, request: Id, why: Why
) -> Response:
    """Call the hire off."""
    visit.must(Action.CANCEL_HIRE)
    await visible(visit, hire_id)
    asked = asked_by(visit, request, "cancel")
    return await ask(visit, hire_id, CancellationRequested(hire_id=hire_id, asked=asked, why=why))


@router.post("/access/{resource}/{change}")
async def change_access(
    hire_id: UUID,
    resource: Annotated[str, Field(max_length=40)],
    change: str,
    visit: Visiting,
    _form: Submitted,
    request: Id,
    why: Why,
) -> Response:
    """End access now, or give it again."""
    changes: dict[str, tuple[Action, Callable[..., Event]]] = {
        "withhold": (Action.REVOKE_ACCESS, AccessWithholdingRequested),
        "restore": (Action.RESTORE_ACCESS, AccessRestorationRequested),
    }
    if change not in changes:
        raise HTTPException(404, worded("Access is withheld or restored."))
    action, event = changes[change]
    visit.must(action)
    await visible(visit, hire_id)
    asked = asked_by(visit, request, change, resource)
    return await ask(
        visit, hire_id, event(hire_id=hire_id, asked=asked, resource=resource, why=why)
    )


@router.post("/waivers/{rule}")
async def waive(
    hire_id: UUID,
    rule: Annotated[str, Field(max_length=80)],
    visit: Visiting,
    _form: Submitted,
    request: Id,
    until: Annotated[date, Form()],
    why: Annotated[str, Form(min_length=10, max_length=500)],
) -> Response:
    """Let the hire go on in spite of a finding, until a day."""
    visit.must(Action.WAIVE_FINDING)
    await visible(visit, hire_id)
    asked = asked_by(visit, request, "waive", rule, until)
    event = WaiverRequested(
        hire_id=hire_id, asked=asked, rule=rule, role=Owner.LEGAL, until=until, why=why
    )
    return await ask(visit, hire_id, event)
