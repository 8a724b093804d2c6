"""HTTP: the KPIs, and their figures with the events behind each."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Final, Self

from fastapi import APIRouter, Depends, HTTPException, Path, Query, status
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from libs.common import page_cursor
from libs.common.database import Pool
from libs.common.running import Running, running
from services.metrics import reports
from services.metrics.api_schema import FigureOut, FiguresOut, KpiOut, KpisOut
from services.metrics.kpi import ALL, Definition, by_name
from services.metrics.observations import Name
from services.metrics.reports import START, Place

MAX_FIGURES: Final = 500
MAX_EVENTS: Final = 100
NAME: Final = TypeAdapter[str](Name)


class FiguresQuery(BaseModel):
    """Which figures are wanted; a parameter that is not one of these is refused."""

    model_config = ConfigDict(extra="forbid")

    start: date = Field(
        default=date.min,
        alias="from",
        description="The first day: buckets that begin before it are left out.",
    )
    to: date = Field(default=date.max, description="The last day, which is included.")
    by: str = Field(default=ALL, description="A dimension of the KPI; without it, the total.")
    after: str | None = Field(
        default=None, max_length=2_000, description="`next` of the page before."
    )
    limit: int = Field(default=100, ge=1, le=MAX_FIGURES, description="Figures on a page.")
    events: int = Field(
        default=20, ge=0, le=MAX_EVENTS, description="Events shown with each figure."
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start > self.to:
            raise ValueError("`from` is after `to`: swap them")
        return self


def read_pool(state: Annotated[Running, Depends(running)]) -> Pool:
    """The pool of the running service."""
    return state.tools.pool


ReadPool = Annotated[Pool, Depends(read_pool)]
KpiName = Annotated[str, Path(description="The name of a KPI, as `/kpis` lists it.")]


def kpi_router(definitions: Sequence[Definition]) -> APIRouter:
    """The routes under `/kpis`."""
    router = APIRouter(prefix="/kpis", tags=["KPIs"])
    known = by_name(definitions)

    @router.get("", summary="Every KPI, with its newest figure")
    async def list_kpis(pool: ReadPool) -> KpisOut:  # pyright: ignore[reportUnusedFunction]
        newest = await reports.newest_of_each(pool)
        return KpisOut(kpis=tuple(KpiOut.of(k, newest.get(k.name)) for k in known.values()))

    @router.get(
        "/{name}",
        summary="The figures of one KPI, newest first, with the events behind each",
        responses={status.HTTP_404_NOT_FOUND: {"description": "No KPI has this name."}},
    )
    async def show_kpi(  # pyright: ignore[reportUnusedFunction]
        name: KpiName, query: Annotated[FiguresQuery, Query()], pool: ReadPool
    ) -> FiguresOut:
        if name not in known:
            raise HTTPException(
                status.HTTP_404_NOT_FOUND, f"no KPI has this name; there are {', '.join(known)}"
            )
        return await _page(pool, known[name], query)

    return router


async def _page(pool: Pool, definition: Definition, query: FiguresQuery) -> FiguresOut:
    if query.by not in (ALL, *definition.dimensions):
        choice = ", ".join(definition.dimensions) or "none"
        raise page_cursor.refusal("by", f"{definition.name} has no such dimension; it has {choice}")
    place = START if query.after is None else _place(query.after)
    async with pool.acquire() as conn, conn.transaction(isolation="repeatable_read", readonly=True):
        rows = await reports.figures_of(
            conn, definition.name, query.by, (query.start, query.to), place, query.limit + 1
        )
        shown = rows[: query.limit]
        behind = await reports.events_behind(
            conn, definition, [each.cell for each in shown], query.events
        )
        newest = await reports.newest_of_each(conn)
    more = len(rows) > query.limit
    return FiguresOut(
        kpi=KpiOut.of(definition, newest.get(definition.name)),
        figures=tuple(map(FigureOut.of, shown, behind)),
        next=page_cursor.write(shown[-1].cell.bucket, shown[-1].cell.member) if more else None,
    )


def _place(token: str) -> Place:
    return Place(*page_cursor.read(token, date.fromisoformat, NAME.validate_python))
