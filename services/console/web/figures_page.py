"""`/figures`: what remote work comes to, at a glance and figure by figure."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import Response

from libs.common.cloudevents import storable
from services.console import board, figure_boards, flow
from services.console.charts import Line, line, spark
from services.console.figure_boards import TOTAL, Series
from services.console.kpi_report import Report, hires_of, report_on
from services.console.operations import Operations, OperationsError
from services.console.policy import Action
from services.console.web.operations_page import Asked
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
        ("deployment", "lead-time", "change-fail", "failed-", "rework", "traced", "incidents"),
    ),
    (worded("Models"), ("model-", "inference-")),
    (worded("Experiments and data"), ("experiment", "data-")),
    (worded("Engagement and return"), ("enps", "return-")),
)
"""Which KPIs stand together, by how their names begin; the others come last."""

LOWER_IS_BETTER: Final = (
    "time",
    "fail",
    "latency",
    "recovery",
    "rework",
    "incidents",
    "rmse",
    "errors",
)


@router.get("")
async def show_figures(visit: Visiting) -> Response:
    """Key results, the funnel of hires, and every KPI with its trend."""
    visit.must(Action.SEE_FIGURES)
    return visit.page(
        "figures.html",
        key_results=await figure_boards.key_results(visit.pool),
        funnel=await flow.funnel(visit.pool, visit.scope),
        waits=await flow.waits(visit.pool, visit.scope, visit.now),
        held=await flow.held(visit.pool, visit.scope, visit.now),
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
    operations: Asked,
    part: Annotated[str, Query(max_length=200)] = TOTAL,
    bucket: date | None = None,
) -> Response:
    """One KPI: its figures and their pace, and the events that each was made of."""
    visit.must(Action.SEE_FIGURES)
    name, of = storable(kpi), storable(part)
    series = await figure_boards.series(visit.pool, name, of)
    if series is None:
        raise HTTPException(404, worded("There are no figures of that name."))
    chosen = bucket or series.points[-1].bucket
    report, silent = await _report(operations, name, of, chosen)
    behind = report.figure.events if report and report.figure else ()
    chart, pace, target = _drawn(series, report)
    return visit.page(
        "kpi.html",
        series=series,
        chart=chart,
        pace=pace,
        target=target,
        report=report,
        silent=silent,
        seen=set(await board.seen(visit.pool, visit.scope, hires_of(behind))),
        courses=COURSES,
        parts=await figure_boards.parts(visit.pool, name),
        chosen=chosen,
        revisions=await figure_boards.revisions(visit.pool, name, of, chosen),
    )


async def _report(
    operations: Operations, kpi: str, part: str, bucket: date
) -> tuple[Report | None, str]:
    """What metrics says of a figure, or why it says nothing: the figures stand without it."""
    try:
        return await report_on(operations, kpi, part, bucket), ""
    except OperationsError as error:
        return None, str(error)


def _drawn(series: Series, report: Report | None) -> tuple[Line, Line | None, Line | None]:
    """The figures, and where a goal has them and wants them, all on one scale."""
    values = [each.value for each in series.points]
    if report is None or report.here is None:
        return line(values), None, None
    expected = [report.pace.get(each.bucket) for each in series.points]
    wanted = [report.here.in_unit(report.here.target)] * len(values)
    chart = line(values, beside=[*expected, *wanted])
    return (
        chart,
        line(expected, beside=[*values, *wanted]),
        line(wanted, beside=[*values, *expected]),
    )
