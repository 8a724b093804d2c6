"""`/`: the board of hires."""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from libs.common.contracts.onboarding import HireStatus
from libs.common.contracts.values import Owner
from services.console import board
from services.console.board import PAGE, Filters, Row
from services.console.hire import Attention
from services.console.policy import Action
from services.console.runway import Runway, runway
from services.console.sharing import Sharing
from services.console.web.page_route import PageRoute
from services.console.web.render import part
from services.console.web.visit import Visit, Visiting

router = APIRouter(include_in_schema=False, route_class=PageRoute)

MAX_WORDS = 6
LOOK: Final = "x-farhand-look"
"""The header of a page that looks again: it has the frame, and needs what stands in it."""

boards: Final = Sharing[str]()
"""Of this process. Whoever is told of a change looks at the same moment as all the others."""


class BoardQuery(BaseModel):
    """The filters as they stand in the URL; an empty one is not set."""

    model_config = ConfigDict(extra="ignore")

    status: HireStatus | Literal[""] = ""
    turn: Owner | Literal[""] = ""
    place: str = Field(default="", max_length=8)
    q: str = Field(default="", max_length=80)
    look: Literal["late", "blocked", "waiting", "calm", "over", ""] = ""
    starts: date | Literal[""] = ""
    page: int = Field(default=1, ge=1, le=1000)

    def filters(self) -> Filters:
        """What is asked of the database."""
        return Filters(
            status=(self.status,) if self.status else None,
            turn=self.turn or None,
            place=self.place or None,
            words=tuple(self.q.split()[:MAX_WORDS]) or None,
            starts_from=self.starts or None,
            starts_to=self.starts or None,
            attention=Attention[self.look.upper()].value if self.look else None,
        )


@dataclass(frozen=True, slots=True)
class Board:
    """All that the page shows."""

    rows: tuple[Row, ...]
    more: bool
    by_status: dict[str, int]
    by_urgency: dict[int, int]
    everything: int
    runway: Runway
    places: tuple[str, ...]

    @property
    def found(self) -> int:
        """How many hires the filters leave."""
        return sum(self.by_status.values())


@router.get("/")
async def show_board(visit: Visiting, query: Annotated[BoardQuery, Query()]) -> Response:
    """Every hire in the scope of who asks, the late ones first."""
    visit.must(Action.SEE_HIRES)
    if visit.account.is_worker_alone:
        return RedirectResponse("/me", 303)
    body = await boards.once(_seen(visit), lambda: _body(visit, query))
    if LOOK in visit.request.headers:
        return HTMLResponse(body)
    return visit.page("board.html", body=body)


def _seen(visit: Visit) -> Hashable:
    """All that the board depends on but the hires: whoever has the same sees the same."""
    reader, asked = visit.reader, tuple(visit.request.query_params.multi_items())
    return visit.scope, str(reader.locale), reader.zone.key, asked


async def _body(visit: Visit, query: BoardQuery) -> str:
    return part(
        "board_body.html",
        language=visit.reader.language,
        reader=visit.reader,
        query=dict(visit.request.query_params),
        asked=query,
        board=await _board(visit, query),
    )


async def _board(visit: Visit, query: BoardQuery) -> Board:
    pool, scope, today = visit.pool, visit.scope, visit.reader.today
    filters = query.filters()
    rows = await board.page(pool, scope, today, filters, query.page)
    _, everyone = await board.counts(pool, scope, today, Filters())
    by_status, _ = await board.counts(pool, scope, today, filters)
    return Board(
        rows=tuple(rows[:PAGE]),
        more=len(rows) > PAGE,
        by_status=dict(by_status),
        by_urgency=dict(everyone),
        everything=sum(everyone.values()),
        runway=runway(await board.runway(pool, scope, today, filters), today),
        places=tuple(await board.places(pool, scope)),
    )
