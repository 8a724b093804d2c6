"""Figures and key results as metrics tells them: the projections."""

import json
from collections.abc import Sequence
from typing import Any

from libs.common.contracts.metrics import KeyResultChanged, KeyResultOffCourse, KpiChanged
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
    named = [each.message for each in batch if each.message.title and each.message.unit]
    await conn.execute(
        """
        insert into kpi (name, title, unit)
        select distinct on (name) *
          from unnest($1::text[], $2::text[], $3::text[]) as told (name, title, unit)
        on conflict (name) do update
           set title = excluded.title, unit = excluded.unit
        """,
        [each.kpi for each in named],
        [each.title for each in named],
        [each.unit for each in named],
    )
    await store.wake(conn, "figures")
    return ()


@projection("key results", KeyResultChanged, KeyResultOffCourse)
async def follow_key_results(conn: Connection, batch: Sequence[Received[Any]]) -> Sequence[Event]:
    """Keep how each key result stands, and the last decision asked of its owner."""
    for each in batch:
        event: KeyResultChanged | KeyResultOffCourse = each.message
        is_alarm = isinstance(event, KeyResultOffCourse)
        await conn.execute(
            """
            insert into key_result (name, standing, alarm)
            values ($1, $2, $3)
            on conflict (name) do update
               set standing = coalesce(excluded.standing, key_result.standing),
                   alarm    = coalesce(excluded.alarm, key_result.alarm)
            """,
            event.key_result,
            None if is_alarm else event.model_dump_json(),
            event.model_dump_json() if is_alarm else None,
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
