"""HTTP: what remote work returned in a quarter, line by line, with the assumptions on show."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from services.metrics import reports
from services.metrics.api import ReadPool
from services.metrics.api_schema import LatestOut
from services.metrics.buckets import Period, first_day
from services.metrics.folds.return_line import Claim
from services.metrics.kpi import Definition, by_name
from services.metrics.reports import FigureRow
from services.metrics.return_lines import (
    CURRENCY,
    Category,
    Compared,
    Estimate,
    Method,
)
from services.metrics.return_report import every_claim, of_quarter, totals_of


class FigureOut(BaseModel):
    """The KPI that shows what a line speaks of, with its newest figure over everything."""

    kpi: str
    title: str
    unit: str
    latest: LatestOut | None = Field(description="null: no data yet.")


class LineOut(BaseModel):
    """A line of the ledger, whole."""

    line: str
    source: str
    event_id: str = Field(description="The event that entered it as it stands; name it to correct.")
    title: str
    amount: str = Field(description="What money it is about: one amount counts once.")
    category: Category
    owner: str = Field(description="The role that answers for it.")
    begins: date
    ends: date
    method: Method
    compared: Compared | None = Field(description="Without remote work, and with it.")
    comparison: Compared | None = Field(description="The same of a group that it is compared with.")
    earned: bool = Field(description="Whether what is compared is earned rather than spent.")
    currency: str
    rate: Decimal = Field(description="How much of the ledger's currency one of its own is.")
    estimate: Estimate = Field(description="In its own currency.")
    in_ledger_currency: Estimate
    attributable: bool = Field(description="false: nothing shows that it comes from remote work.")
    assumptions: tuple[str, ...]
    counted: bool
    counted_by: str | None = Field(description="The line that counts for the amount instead.")
    figure: FigureOut | None

    @classmethod
    def of(cls, claim: Claim, figure: FigureOut | None) -> "LineOut":
        """The line as the API shows it."""
        line = claim.line
        return cls(
            line=line.line,
            source=line.source,
            event_id=line.event_id,
            title=line.title,
            amount=line.amount,
            category=line.category,
            owner=line.owner,
            begins=line.begins,
            ends=line.ends,
            method=line.method,
            compared=line.compared,
            comparison=line.comparison,
            earned=line.earned,
            currency=line.currency,
            rate=line.rate,
            estimate=line.estimate,
            attributable=line.attributable,
            assumptions=line.assumptions,
            in_ledger_currency=line.in_currency,
            counted=claim.counts,
            counted_by=None if claim.counts else claim.counted_by.line,
            figure=figure,
        )


class ReturnOut(BaseModel):
    """The return of a quarter; money is exact, as text."""

    quarter: date = Field(description="Its first day.")
    currency: str = Field(description="In which lines are added up.")
    attributed: Estimate = Field(description="What is attributed to remote work, less its costs.")
    by_category: dict[Category, Estimate]
    not_attributable: Estimate = Field(description="What is claimed beside that; not part of it.")
    lines: tuple[LineOut, ...]


def return_router(definitions: Sequence[Definition]) -> APIRouter:
    """The route `/return`."""
    router = APIRouter(prefix="/return", tags=["Return on remote work"])
    known = by_name(definitions)

    @router.get("", summary="What remote work returned in a quarter, with every assumption")
    async def show_return(  # pyright: ignore[reportUnusedFunction]
        pool: ReadPool,
        quarter: Annotated[date, Query(description="Any day of the quarter.")],
    ) -> ReturnOut:
        claims = of_quarter(await every_claim(pool), quarter)
        newest = await reports.newest_of_each(pool)
        totals = totals_of(claims)
        return ReturnOut(
            quarter=first_day(quarter, Period.QUARTER),
            currency=CURRENCY,
            attributed=totals.attributed,
            by_category=totals.by_category,
            not_attributable=totals.not_attributable,
            lines=tuple(LineOut.of(c, _figure(c.line.figure, known, newest)) for c in claims),
        )

    return router


def _figure(
    name: str | None, known: Mapping[str, Definition], newest: Mapping[str, FigureRow]
) -> FigureOut | None:
    definition = None if name is None else known.get(name)
    if definition is None:
        return None
    latest = LatestOut.of(newest.get(definition.name))
    return FigureOut(
        kpi=definition.name, title=definition.title, unit=definition.unit, latest=latest
    )
