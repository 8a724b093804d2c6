"""Figures and key results in SQL, for the pages that show them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from libs.common.contracts.metrics import KeyResultChanged, KeyResultOffCourse
from libs.common.database import Pool

TOTAL: Final = "all"
POINTS: Final = 30


@dataclass(frozen=True, slots=True)
class Point:
    """One figure; `value` None is 'no data'."""

    bucket: date
    value: Decimal | None
    revision: int = 1
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """The figures of one KPI and one part of it, oldest first."""

    kpi: str
    title: str
    unit: str
    part: str
    points: tuple[Point, ...]

    @property
    def newest(self) -> Point | None:
        """The last figure that there is."""
        return next((each for each in reversed(self.points) if each.value is not None), None)

    @property
    def before(self) -> Point | None:
        """The figure before the newest."""
        known = [each for each in self.points if each.value is not None]
        return known[-2] if len(known) > 1 else None


@dataclass(frozen=True, slots=True)
class KeyResult:
    """How a key result stands, and what its owner was last asked to decide."""

    name: str
    standing: KeyResultChanged | None
    alarm: KeyResultOffCourse | None


async def totals(pool: Pool) -> Sequence[Series]:
    """The newest figures over everything, of each KPI."""
    rows = await pool.fetch(
        """
        select kpi, part, title, unit,
               json_agg(json_build_array(bucket, value::text) order by bucket) as points
          from (select figure.*, row_number() over (partition by kpi order by bucket desc) as age
                  from figure
                 where part = 'all') as recent
          left join kpi on kpi.name = recent.kpi
         where age <= $1
         group by kpi, part, title, unit
         order by kpi
        """,
        POINTS,
    )
    return [
        Series(
            kpi=row["kpi"],
            title=row["title"] or row["kpi"].replace("-", " ").capitalize(),
            unit=row["unit"] or "",
            part=row["part"],
            points=tuple(
                Point(date.fromisoformat(day), None if value is None else Decimal(value))
                for day, value in json.loads(row["points"])
            ),
        )
        for row in rows
    ]


async def parts(pool: Pool, kpi: str) -> Sequence[str]:
    """The parts that a KPI has figures of, the total first."""
    rows = await pool.fetch(
        """
        select part from figure where kpi = $1
         group by part order by part <> 'all', part limit 200
        """,
        kpi,
    )
    return [row["part"] for row in rows]


async def series(pool: Pool, kpi: str, part: str) -> Series | None:
    """The figures of one part of a KPI; None if there are none."""
    rows = await pool.fetch(
        """
        select bucket, value, revision, changed_at, title, unit
          from figure
          left join kpi on kpi.name = figure.kpi
         where kpi = $1 and part = $2
         order by bucket desc
         limit 120
        """,
        kpi,
        part,
    )
    if not rows:
        return None
    return Series(
        kpi=kpi,
        title=rows[0]["title"] or kpi.replace("-", " ").capitalize(),
        unit=rows[0]["unit"] or "",
        part=part,
        points=tuple(
            Point(row["bucket"], row["value"], row["revision"], row["changed_at"])
            for row in reversed(rows)
        ),
    )


async def revisions(pool: Pool, kpi: str, part: str, bucket: date) -> Sequence[Point]:
    """Every revision of one figure, the newest first."""
    rows = await pool.fetch(
        """
        select bucket, value, revision, changed_at
          from figure_revision
         where kpi = $1 and part = $2 and bucket = $3
         order by revision desc
         limit 200
        """,
        kpi,
        part,
        bucket,
    )
    return [Point(**dict(row)) for row in rows]


async def key_results(pool: Pool) -> Sequence[KeyResult]:
    """Every key result, those off course first."""
    rows = await pool.fetch(
        """
        select name, standing, alarm
          from key_result
         order by (standing->>'status' = 'off_course') desc nulls last, name
        """
    )
    return [
        KeyResult(
            row["name"],
            KeyResultChanged.model_validate_json(row["standing"]) if row["standing"] else None,
            KeyResultOffCourse.model_validate_json(row["alarm"]) if row["alarm"] else None,
        )
        for row in rows
    ]
