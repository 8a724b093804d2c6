"""`/me`: a worker's own page: what is expected of them, when they work, what is stored of them."""

from functools import partial
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response

from libs.common import ids
from libs.common.contracts.values import Owner
from libs.common.public_holidays import weekend
from services.console import audit, board, stories
from services.console.hire import Hire
from services.console.policy import Action
from services.console.web.hire_page import format_of, notice_of
from services.console.web.page_route import PageRoute
from services.console.web.visit import Visit, Visiting
from services.console.working_week import BEGINS, ENDS, days_off

router = APIRouter(include_in_schema=False, route_class=PageRoute)

SHOWN_DAYS_OFF: Final = 8
LOOKED: Final = frozenset({"open_contact"})


@router.get("/me")
async def show_me(
    visit: Visiting,
    said: Annotated[str, Query(max_length=20)] = "",
    refused: UUID | None = None,
) -> Response:
    """The hire that the account is tied to, for whom it is about."""
    visit.must(Action.SEE_OWN)
    mine = visit.account.hire_id
    hire = await board.one(visit.pool, visit.scope, mine) if mine else None
    if hire is None:
        return visit.page("me_unknown.html")
    return await _rendered(visit, hire, await notice_of(visit, hire.hire_id, said, refused))


async def _rendered(visit: Visit, hire: Hire, notice: tuple[str, str] | None) -> Response:
    profile, reader = hire.profile, visit.reader
    place = profile.jurisdiction if profile else ""
    chapters = await stories.story_of(visit.pool, hire.hire_id)
    decision = await stories.decision_of(visit.pool, hire.hire_id)
    deeds = await audit.about(visit.pool, str(hire.hire_id))
    free = weekend(place)
    off = list(days_off(place, reader.language, reader.today))
    return visit.page(
        "me.html",
        hire=hire,
        notice=notice,
        mine=[task for task in hire.shown_tasks if task.owner is Owner.WORKER],
        theirs=[task for task in hire.shown_tasks if task.owner is not Owner.WORKER],
        format_of=partial(format_of, decision),
        # The same until something happens, so that a form sent twice counts once.
        request_id=ids.derived(
            "form", visit.session.id, hire.hire_id, chapters[0].id if chapters else ""
        ),
        weekdays=[day for day in range(7) if day not in free],
        begins=BEGINS,
        ends=ENDS,
        days_off=off[:SHOWN_DAYS_OFF],
        events=len(chapters),
        looked=[each for each in deeds if each.action in LOOKED],
    )
