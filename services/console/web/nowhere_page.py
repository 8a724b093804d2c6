"""Every address that is none of ours, as a page that says so."""

from contextlib import suppress

from fastapi import APIRouter, HTTPException, Request, Response

from services.console.web.page_route import PageRoute, SignInNeeded
from services.console.web.visit import State, visiting
from services.console.wording import worded

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.get("/{_:path}")
async def show_nowhere(_: str, request: Request, state: State) -> Response:
    """Nothing: this comes after every other page. Who is signed in reads it in their language."""
    with suppress(SignInNeeded):
        await visiting(request, state)
    raise HTTPException(404, worded("There is no such page."))
