"""The ledger of figures in PostgreSQL: the one that stands in each cell, and all before it."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from libs.common.database import Connection
from services.metrics.figures import Cell, Figure, Revision, Standing
from services.metrics.observations import EventName

STANDING_AT: Final = """
select kpi, bucket, dimension, member, revision, definition, value
  from kpi_value
 where superseded_at is null
   and (kpi, bucket, dimension, member) in (
           select * from unnest($1::text[], $2::date[], $3::text[], $4::text[]))
"""

STANDING: Final = """
select kpi, bucket, dimension, member, revision, definition, value
  from kpi_value
 where superseded_at is null
"""

SUPERSEDE: Final = """
update kpi_value
   set superseded_at = at
  from unnest($1::text[], $2::date[], $3::text[], $4::text[], $5::timestamptz[])
       as next (of_kpi, of_bucket, of_dimension, of_member, at)
 where superseded_at is null
   and (kpi, bucket, dimension, member) = (of_kpi, of_bucket, of_dimension, of_member)
"""

ENTER: Final = """
insert into kpi_value
       (kpi, bucket, dimension, member, revision, definition, value,
        cause_source, cause_id, changed_at, told)
select e.*, $11
  from unnest($1::text[], $2::date[], $3::text[], $4::text[], $5::int[], $6::text[],
              $7::numeric[], $8::text[], $9::text[], $10::timestamptz[]) as e
"""

# Whoever else is telling some of these now is left to it.
TELL: Final = """
update kpi_value
   set told = true
 where (kpi, bucket, dimension, member, revision) in (
           select kpi, bucket, dimension, member, revision
             from kpi_value
            where not told
              for update skip locked)
returning kpi, bucket, dimension, member, revision, definition, value,
          cause_source, cause_id, changed_at
"""


async def standing_at(conn: Connection, cells: Iterable[Cell]) -> dict[Cell, Standing]:
    """What some cells stand at; those that never had a figure are absent."""
    wanted = sorted(set(cells))
    return _standing(
        await conn.fetch(
            STANDING_AT,
            [each.kpi for each in wanted],
            [each.bucket for each in wanted],
            [each.dimension for each in wanted],
            [each.member for each in wanted],
        )
    )


async def standing(conn: Connection) -> dict[Cell, Standing]:
    """What every cell stands at."""
    return _standing(await conn.fetch(STANDING))


def _standing(rows: Iterable[Any]) -> dict[Cell, Standing]:
    return {(figure := _figure(row)).cell: Standing(figure, row["revision"]) for row in rows}


def _figure(row: Any) -> Figure:
    cell = Cell(row["kpi"], row["bucket"], row["dimension"], row["member"])
    return Figure(cell=cell, definition=row["definition"], value=row["value"])


async def enter(conn: Connection, revisions: Sequence[Revision], *, told: bool) -> None:
    """Write revisions, each in the place of the one before it, which is kept.

    `told` says whether the caller publishes them itself.
    """
    if not revisions:
        return
    figures = [each.figure for each in revisions]
    cells = [each.cell for each in figures]
    keys: tuple[list[Any], ...] = tuple(map(list, zip(*cells, strict=True)))
    times = [each.changed_at for each in revisions]
    await conn.execute(SUPERSEDE, *keys, times)
    await conn.execute(
        ENTER,
        *keys,
        [each.number for each in revisions],
        [each.definition for each in figures],
        [each.value for each in figures],
        [each.cause.source for each in revisions],
        [each.cause.event_id for each in revisions],
        times,
        told,
    )


async def take_untold(conn: Connection) -> list[Revision]:
    """The revisions that nobody has published yet, oldest first; the caller does."""
    revisions = [
        Revision(
            figure=_figure(row),
            number=row["revision"],
            cause=EventName(row["cause_source"], row["cause_id"]),
            changed_at=row["changed_at"],
        )
        for row in await conn.fetch(TELL)
    ]
    return sorted(revisions, key=lambda each: (each.figure.cell, each.number))
