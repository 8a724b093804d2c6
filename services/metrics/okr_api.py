"""HTTP: the key results, how each stands, and the path and figures that say so."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, status
from pydantic import BaseModel, Field

from libs.common.contracts.metrics import KeyResultStatus
from services.metrics import key_result_store
from services.metrics.api import ReadPool
from services.metrics.buckets import first_day
from services.metrics.course_correction import ended_buckets, expected_in, readings_of
from services.metrics.okr import KeyResult
from services.metrics.steering import Kept


class PointOut(BaseModel):
    """One bucket: where the path has it, and what it came to."""

    bucket: date
    expected: Decimal
    value: Decimal | None = Field(description="null: no data; silence is never 0.")


class KeyResultOut(BaseModel):
    """A key result and how it stands."""

    name: str
    objective: str
    title: str
    team: str
    owner: str = Field(description="The role that decides.")
    kpi: str
    group: str
    unit: str
    scale: Decimal = Field(description="How many of the KPI's unit make one of this one.")
    cadence: str
    start: date
    end: date
    baseline: Decimal
    target: Decimal
    status: KeyResultStatus
    bucket: date = Field(description="The newest bucket with a figure, or the first of all.")
    value: Decimal | None = Field(description="What that bucket came to; null: no data yet.")
    expected: Decimal = Field(description="Where its path has it in that bucket.")
    forecast: Decimal | None = Field(description="Where it ends if it goes on so; null: unknown.")
    off_since: date | None = Field(description="Where it began to leave its path.")
    review_by: date | None = Field(description="When the last decision asked for is looked at.")
    changed_at: datetime | None = Field(description="Since when it stands so, in UTC.")

    @classmethod
    def of(cls, key_result: KeyResult, kept: Kept | None) -> "KeyResultOut":
        """The key result as the API shows it; one that was never judged has no history."""
        first = first_day(key_result.start, key_result.cadence)
        said = None if kept is None else kept.appraisal
        return cls(
            name=key_result.name,
            objective=key_result.objective,
            title=key_result.title,
            team=key_result.team,
            owner=key_result.owner.value,
            kpi=key_result.kpi,
            group=key_result.group,
            unit=key_result.unit,
            scale=key_result.scale,
            cadence=key_result.cadence.value,
            start=key_result.start,
            end=key_result.end,
            baseline=key_result.course.baseline,
            target=key_result.course.target,
            status=said.status if said else KeyResultStatus.NOT_ENOUGH_HISTORY,
            bucket=said.bucket if said else first,
            value=said.value if said else None,
            expected=said.expected if said else expected_in(key_result, first),
            forecast=said.forecast if said else None,
            off_since=said.off_since if said else None,
            review_by=kept.review_by if kept else None,
            changed_at=kept.changed_at if kept else None,
        )


class KeyResultsOut(BaseModel):
    """Every key result."""

    key_results: tuple[KeyResultOut, ...]


class KeyResultTrendOut(BaseModel):
    """One key result with every bucket that has ended."""

    key_result: KeyResultOut
    trend: tuple[PointOut, ...]


KeyResultName = Annotated[str, Path(description="The name of a key result.")]


def okr_router(key_results: Sequence[KeyResult]) -> APIRouter:
    """The routes under `/key-results`."""
    router = APIRouter(prefix="/key-results", tags=["key results"])
    known = {each.name: each for each in key_results}

    @router.get("", summary="Every key result, with how it stands")
    async def list_key_results(  # pyright: ignore[reportUnusedFunction]
        pool: ReadPool,
    ) -> KeyResultsOut:
        kept = await key_result_store.kept_of(pool, known)
        shown = (KeyResultOut.of(each, kept.get(name)) for name, each in known.items())
        return KeyResultsOut(key_results=tuple(shown))

    @router.get(
        "/{name}",
        summary="One key result, bucket by bucket",
        responses={status.HTTP_404_NOT_FOUND: {"description": "No key result has this name."}},
    )
    async def show_key_result(  # pyright: ignore[reportUnusedFunction]
        name: KeyResultName, pool: ReadPool
    ) -> KeyResultTrendOut:
        if name not in known:
            there = ", ".join(known) or "none"
            raise HTTPException(
                status.HTTP_404_NOT_FOUND, f"no key result has this name; there are {there}"
            )
        kept = (await key_result_store.kept_of(pool, [name])).get(name)
        figures = (await key_result_store.figures_for(pool, [known[name]]))[name]
        return KeyResultTrendOut(
            key_result=KeyResultOut.of(known[name], kept), trend=_trend(known[name], kept, figures)
        )

    return router


def _trend(
    key_result: KeyResult, kept: Kept | None, figures: dict[date, Decimal]
) -> tuple[PointOut, ...]:
    ended = [] if kept is None else ended_buckets(key_result, kept.as_of)
    values = dict(readings_of(key_result, ended, figures))
    return tuple(
        PointOut(bucket=each, expected=expected_in(key_result, each), value=values.get(each))
        for each in ended
    )
