"""Figures as metrics tells them, the newest of each and every revision: a projection."""

import json
from collections.abc import Sequence

from libs.common.contracts.metrics import KpiChanged
from libs.common.database import Connection
from libs.common.message import Event
from libs.common.projection import Received, projection
from services.console import store


@projection("figures", KpiChanged)
async def follow_figures(
    conn: Connection, batch: Sequence[Received[KpiChanged]]
) -> Sequence[Event]:
    """Keep a batch of figures; an older revision never takes the place of a newer one."""
    rows = json.dumps([_row(each.message) for each in batch])
    await conn.execute(
        """
        insert into figure_revision (kpi, part, bucket, revision, value, changed_at)
        select kpi, part, bucket, revision, value, changed_at
          from jsonb_to_recordset($1::jsonb)
            as row (kpi text, part text, bucket date, revision int, value numeric,
                    changed_at timestamptz)
        on conflict do nothing
        """,
        rows,
    )
    await conn.execute(
        """
        insert into figure (kpi, part, bucket, revision, value, definition, changed_at)
        select distinct on (kpi, part, bucket)
               kpi, part, bucket, revision, value, definition, changed_at
          from jsonb_to_recordset($1::jsonb)
            as row (kpi text, part text, bucket date, revision int, value numeric,
                    definition text, changed_at timestamptz)
         order by kpi, part, bucket, revision desc
        on conflict (kpi, part, bucket) do update
           set revision   = excluded.revision,
               value      = excluded.value,
               definition = excluded.definition,
               changed_at = excluded.changed_at
         where figure.revision < excluded.revision
        """,
        rows,
    )
    await store.wake(conn, "figures")
    return ()


def _row(event: KpiChanged) -> dict[str, str | int | None]:
    return {
        "kpi": event.kpi,
        "part": event.group,
        "bucket": event.bucket.isoformat(),
        "revision": event.revision,
        "value": None if event.value is None else str(event.value),
        "definition": event.definition,
        "changed_at": event.changed_at.isoformat(),
    }
