"""`/hires/{id}`: the story of one hire."""

from collections.abc import AsyncGenerator, Mapping
from functools import partial
from typing import Annotated, Any, Final
from uuid import UUID

import httpx2
from fastapi import APIRouter, Depends, HTTPException, Query
from fastapi.responses import RedirectResponse, Response

from libs.common import ids
from libs.common.contracts.compliance import CheckDecided
from libs.common.sealing import ErasedError, NotSealedError
from services.console import accounts, audit, board, stories, telling
from services.console.audit import Deed
from services.console.hire import Hire, Task
from services.console.policy import Action
from services.console.stories import Chapter
from services.console.trace import Waterfall
from services.console.trace_store import TIMEOUT_SECONDS, TraceStore, TraceStoreError
from services.console.web.page_route import PageRoute
from services.console.web.visit import Submitted, Visit, Visiting
from services.console.wording import worded

router = APIRouter(include_in_schema=False, route_class=PageRoute)

SAID: Final = {
    "done": ("good", worded("Done.")),
    "waiting": ("", worded("It was asked; what comes of it will show here.")),
    "parked": (
        "bad",
        worded("It was asked, and waits behind a message that could not be handled."),
    ),
}


async def trace_store(visit: Visiting) -> AsyncGenerator[TraceStore]:
    """For `Depends`: where traces are kept."""
    async with httpx2.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False) as http:
        yield TraceStore(http, visit.state.tools.settings.zipkin)


Store = Annotated[TraceStore, Depends(trace_store)]

ERASED: Final = {"name": "erased", "email": "erased"}


async def visible(visit: Visit, hire_id: UUID) -> Hire:
    """A hire in the scope of who asks; one that is not is as good as unknown: 404."""
    visit.must(Action.SEE_HIRES)
    hire = await board.one(visit.pool, visit.scope, hire_id)
    if hire is None:
        raise HTTPException(
            404, worded("There is no such hire, or it is not one that you can see.")
        )
    return hire


@router.get("/hires/{hire_id}")
async def show_hire(
    hire_id: UUID,
    visit: Visiting,
    store: Store,
    said: Annotated[str, Query(max_length=20)] = "",
    refused: UUID | None = None,
    trace: Annotated[int, Query(ge=0, le=1)] = 0,
) -> Response:
    """Where it stands, whose turn it is, what the law says, and all that happened.

    With `trace`, the spans of its trace are fetched and drawn.
    """
    hire = await visible(visit, hire_id)
    if visit.account.is_worker_alone:
        query = visit.request.url.query
        return RedirectResponse(f"/me?{query}" if query else "/me", 303)
    notice = await notice_of(visit, hire_id, said, refused)
    return await _rendered(visit, hire, store, notice=notice, traced=bool(trace))


async def notice_of(
    visit: Visit, hire_id: UUID, said: str, refused: UUID | None
) -> tuple[str, str] | None:
    """What became of what was asked last, with its tone."""
    if refused is None:
        return SAID.get(said)
    outcome = await stories.outcome_of(visit.pool, hire_id, refused)
    why = outcome.refused if outcome else None
    return ("bad", worded("Not done: {why}", why=why)) if why else None


@router.post("/hires/{hire_id}/contact")
async def open_contact(hire_id: UUID, visit: Visiting, _form: Submitted, store: Store) -> Response:
    """Show who it is, once, and write down who looked."""
    visit.must(Action.OPEN_CONTACT)
    hire = await visible(visit, hire_id)
    async with visit.pool.acquire() as conn, conn.transaction():
        await audit.write(conn, Deed(visit.account.id, "open_contact", str(hire_id)), visit.now)
    return await _rendered(visit, hire, store, contact=await contact_of(visit, hire))


async def contact_of(visit: Visit, hire: Hire) -> dict[str, str]:
    """Who the hire is, or that nobody can say any more; callers write down that it was opened."""
    if hire.profile is None:
        return ERASED
    try:
        return await visit.state.tools.vault.open(hire.profile.worker)
    except (ErasedError, NotSealedError):
        return ERASED


async def _rendered(
    visit: Visit,
    hire: Hire,
    store: TraceStore,
    *,
    notice: tuple[str, str] | None = None,
    contact: dict[str, str] | None = None,
    traced: bool = False,
) -> Response:
    chapters = await stories.story_of(visit.pool, hire.hire_id)
    decision = await stories.decision_of(visit.pool, hire.hire_id)
    trace = await stories.trace_of(visit.pool, hire.hire_id)
    drawn, no_trace = await _drawn(store, trace) if traced else (None, "")
    newest = chapters[0].id if chapters else ""
    return visit.page(
        "hire.html",
        hire=hire,
        decision=decision,
        chapters=[(each, telling.tell(each.type, _titled(hire, each))) for each in chapters],
        deeds=await audit.about(visit.pool, str(hire.hire_id)),
        names=await accounts.names(visit.pool),
        traced=traced,
        waterfall=drawn,
        no_trace=no_trace,
        trace_url=store.page_of(trace),
        notice=notice,
        contact=contact,
        # The same until something happens, so that a form sent twice counts once.
        request_id=ids.derived("form", visit.session.id, hire.hire_id, newest),
        format_of=partial(format_of, decision),
    )


def _titled(hire: Hire, chapter: Chapter) -> Mapping[str, Any]:
    """What a chapter tells, with the title of the task that it is about."""
    task_id = chapter.body.get("task_id")
    task = hire.task(UUID(task_id)) if task_id else None
    return chapter.body if task is None else {"title": task.title, **chapter.body}


async def _drawn(store: TraceStore, trace: str | None) -> tuple[Waterfall | None, str]:
    """The trace, or why it cannot be shown: the story is whole without it."""
    try:
        return await store.look(trace), ""
    except TraceStoreError as error:
        return None, error.why


def format_of(decision: CheckDecided | None, task: Task) -> str:
    """How the answer to a question is to be written; empty if nobody knows."""
    asked = decision.questions if decision else ()
    return next((q.answer_format for q in asked if q.ask == task.title), "")
