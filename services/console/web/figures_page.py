"""`/figures`: what remote work comes to, at a glance and figure by figure."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import Response

from libs.common.cloudevents import storable
from services.console import figure_boards
from services.console.charts import line, spark
from services.console.figure_boards import TOTAL, Series
from services.console.policy import Action
from services.console.web.page_route import PageRoute
from services.console.web.visit import Visiting
from services.console.wording import worded

router = APIRouter(prefix="/figures", include_in_schema=False, route_class=PageRoute)

COURSES: Final = {
    "on_course": worded("on course"),
    "off_course": worded("off course"),
    "achieved": worded("achieved"),
    "stale": worded("stale"),
    "not_enough_history": worded("not enough history"),
}
BOARDS: Final = (
    (worded("Hires"), ("time-to", "hires-")),
    (
        worded("Delivery of services"),
        ("deployment", "lead-time", "change-fail", "failed-", "rework", "traced"),
    ),
    (worded("Models"), ("model-", "inference-")),
)
"""Which KPIs stand together, by how their names begin; the others come last."""

LOWER_IS_BETTER: Final = ("time", "fail", "latency", "recovery", "rework", "incidents", "rmse")


@router.get("")
async def show_figures(visit: Visiting) -> Response:
    """Key results, the funnel of hires, and every KPI with its trend."""
    visit.must(Action.SEE_FIGURES)
    return visit.page(
        "figures.html",
        key_results=await figure_boards.key_results(visit.pool),
        funnel=await figure_boards.funnel(visit.pool, visit.scope),
        boards=_boards(await figure_boards.totals(visit.pool)),
        spark=spark,
        is_better=is_better,
        courses=COURSES,
    )


def _boards(series: Sequence[Series]) -> list[tuple[str, list[Series]]]:
    left = list(series)
    found: list[tuple[str, list[Series]]] = []
    for title, beginnings in BOARDS:
        mine = [each for each in left if each.kpi.startswith(beginnings)]
        left = [each for each in left if each not in mine]
        found.append((title, mine))
    return [(title, mine) for title, mine in [*found, (worded("Others"), left)] if mine]


def is_better(kpi: str, before: Decimal, after: Decimal) -> bool:
    """Whether a change is one for the better."""
    falls = any(word in kpi for word in LOWER_IS_BETTER)
    return after < before if falls else after > before


@router.get("/{kpi}")
async def show_kpi(
    kpi: str,
    visit: Visiting,
    part: Annotated[str, Query(max_length=200)] = TOTAL,
    bucket: date | None = None,
) -> Response:
    """One KPI: its figures over time, by part, and how each came to be what it is."""
    visit.must(Action.SEE_FIGURES)
    name, of = storable(kpi), storable(part)
    series = await figure_boards.series(visit.pool, name, of)
    if series is None:
        raise HTTPException(404, worded("There are no figures of that name."))
    chosen = bucket or series.points[-1].bucket
    return visit.page(
        "kpi.html",
        series=series,
        chart=line([each.value for each in series.points]),
        parts=await figure_boards.parts(visit.pool, name),
        chosen=chosen,
        revisions=await figure_boards.revisions(visit.pool, name, of, chosen),
    )
