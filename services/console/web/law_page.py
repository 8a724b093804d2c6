"""`/law`: what legal is asked about the law, once for all hires that wait for it."""

import asyncio
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from libs.common.cloudevents import storable
from services.console import law_questions
from services.console.law_desk import SayLaw
from services.console.policy import Action
from services.console.web.hire_actions import Id, asked_by
from services.console.web.page_route import PageRoute
from services.console.web.visit import Submitted, Visiting

router = APIRouter(prefix="/law", include_in_schema=False, route_class=PageRoute)

MOMENT: Final = 0.6
"""Seconds after which compliance has mostly answered; the page is live in any case."""


@router.get("")
async def show_law(visit: Visiting) -> Response:
    """Open questions first, each with how many hires wait."""
    visit.must(Action.ANSWER_LAW)
    questions = await law_questions.all_questions(visit.pool)
    return visit.page(
        "law.html",
        open=[each for each in questions if each.is_open],
        answered=[each for each in questions if not each.is_open],
        request_id=visit.session.id,
    )


@router.post("/answer")
async def answer(  # what the form has
    visit: Visiting,
    _form: Submitted,
    request: Id,
    matter: Annotated[str, Form(min_length=1, max_length=200)],
    holds: Annotated[Literal["yes", "no"], Form()],
    evidence: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Say whether a fact of law holds; every hire that waits for it is decided anew."""
    visit.must(Action.ANSWER_LAW)
    matter = storable(matter)
    asked = asked_by(visit, request, "law", matter, holds, visit.now)
    told = SayLaw(matter=matter, asked=asked, holds=holds == "yes", evidence=evidence)
    await visit.state.kernel.submit(told, key=matter, id=asked.request_id)
    await asyncio.sleep(MOMENT)
    return RedirectResponse("/law", 303)
