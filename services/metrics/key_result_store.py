"""Key results in PostgreSQL: the figures they are judged by, and how each stands."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from libs.common.contracts.metrics import KeyResultStatus
from libs.common.database import Connection, Pool
from services.metrics.buckets import first_day
from services.metrics.course_correction import Appraisal
from services.metrics.okr import KeyResult
from services.metrics.steering import Kept

FIGURES_FOR: Final = """
select wanted.name, bucket, value
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::date[], $6::date[])
       as wanted (name, of_kpi, of_dimension, of_member, first, last)
  join kpi_value
    on superseded_at is null
   and kpi = of_kpi
   and dimension = of_dimension
   and member = of_member
   and bucket between first and last
 where value is not null
"""

KEPT: Final = """
select name, status, bucket, value, expected, forecast, off_since, review_by, as_of, changed_at
  from key_result
 where name = any ($1::text[])
"""

KEEP: Final = """
insert into key_result
       (name, status, bucket, value, expected, forecast, off_since, review_by, as_of, changed_at)
select *
  from unnest($1::text[], $2::text[], $3::date[], $4::numeric[], $5::numeric[], $6::numeric[],
              $7::date[], $8::date[], $9::timestamptz[], $10::timestamptz[])
on conflict (name) do update
   set status = excluded.status,
       bucket = excluded.bucket,
       value = excluded.value,
       expected = excluded.expected,
       forecast = excluded.forecast,
       off_since = excluded.off_since,
       review_by = excluded.review_by,
       as_of = excluded.as_of,
       changed_at = excluded.changed_at
"""


async def figures_for(
    conn: Connection | Pool, key_results: Sequence[KeyResult]
) -> dict[str, dict[date, Decimal]]:
    """The standing figures of each key result's own time, by bucket, in the KPI's unit."""
    rows = await conn.fetch(
        FIGURES_FOR,
        [each.name for each in key_results],
        [each.kpi for each in key_results],
        [each.cell[0] for each in key_results],
        [each.cell[1] for each in key_results],
        [first_day(each.start, each.cadence) for each in key_results],
        [each.end for each in key_results],
    )
    found: dict[str, dict[date, Decimal]] = {each.name: {} for each in key_results}
    for row in rows:
        found[row["name"]][row["bucket"]] = row["value"]
    return found


async def kept_of(conn: Connection | Pool, names: Iterable[str]) -> dict[str, Kept]:
    """What is remembered of key results; one that was never judged is absent."""
    return {row["name"]: _kept(row) for row in await conn.fetch(KEPT, sorted(names))}


def _kept(row: Any) -> Kept:
    status = KeyResultStatus(row["status"])
    return Kept(
        appraisal=Appraisal(
            status=status,
            bucket=row["bucket"],
            value=row["value"],
            expected=row["expected"],
            forecast=row["forecast"],
            off_since=row["off_since"],
            alarm=False,
        ),
        as_of=row["as_of"],
        changed_at=row["changed_at"],
        review_by=row["review_by"],
    )


async def keep(conn: Connection, kept: Mapping[str, Kept]) -> None:
    """Remember how key results stand now."""
    if not kept:
        return
    said = [each.appraisal for each in kept.values()]
    await conn.execute(
        KEEP,
        list(kept),
        [each.status.value for each in said],
        [each.bucket for each in said],
        [each.value for each in said],
        [each.expected for each in said],
        [each.forecast for each in said],
        [each.off_since for each in said],
        [each.review_by for each in kept.values()],
        [each.as_of for each in kept.values()],
        [each.changed_at for each in kept.values()],
    )
