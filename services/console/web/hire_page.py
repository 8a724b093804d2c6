"""`/hires/{id}`: the story of one hire."""

from uuid import UUID

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from services.console import audit, board, stories, telling
from services.console.hire import Hire
from services.console.policy import Action
from services.console.web.page_route import PageRoute
from services.console.web.visit import Visit, Visiting

router = APIRouter(include_in_schema=False, route_class=PageRoute)


async def visible(visit: Visit, hire_id: UUID) -> Hire:
    """A hire in the scope of who asks; one that is not is as good as unknown: 404."""
    visit.must(Action.SEE_HIRES)
    hire = await board.one(visit.pool, visit.scope, hire_id)
    if hire is None:
        raise HTTPException(404, "There is no such hire, or it is not one that you can see.")
    return hire


@router.get("/hires/{hire_id}")
async def show_hire(hire_id: UUID, visit: Visiting) -> Response:
    """Where it stands, whose turn it is, what the law says, and all that happened."""
    hire = await visible(visit, hire_id)
    return await rendered(visit, hire)


async def rendered(visit: Visit, hire: Hire, status: int = 200, said: str = "") -> Response:
    """The page of a hire; `said` is what became of something that was just done."""
    chapters = await stories.story_of(visit.pool, hire.hire_id)
    trace = await stories.trace_of(visit.pool, hire.hire_id)
    zipkin = visit.state.tools.settings.zipkin
    return visit.page(
        "hire.html",
        status,
        hire=hire,
        chapters=[(each, telling.tell(each.type, each.body)) for each in chapters],
        deeds=await audit.about(visit.pool, str(hire.hire_id)),
        trace_url=f"{zipkin}/zipkin/traces/{trace}" if trace and zipkin else None,
        said=said,
    )
