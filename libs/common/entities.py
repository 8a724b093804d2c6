"""The states of deciders, in PostgreSQL: loaded under their locks in key order, saved in one go."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel

from libs.common.cursors import RaceLostError
from libs.common.database import Connection
from libs.common.decider import Decider
from libs.common.fold import Entity, EntityKey
from libs.common.json_bytes import json_bytes
from libs.common.jsonb import storable_json


async def load(
    conn: Connection, wanted: Iterable[EntityKey], deciders: Mapping[str, Decider[Any]]
) -> dict[EntityKey, Entity]:
    """Lock and read every state that a batch will move; keys never seen are absent.

    Everybody locks in the same order, so two batches never wait for each other.
    """
    names = sorted(set(wanted))
    if not names:
        return {}
    rows = await conn.fetch(
        """
        select decider, key, version, sequence, state, traceparent
          from entity
         where (decider, key) in (select * from unnest($1::text[], $2::text[]))
         order by decider, key
           for update
        """,
        [decider for decider, _ in names],
        [key for _, key in names],
    )
    return {
        (row["decider"], row["key"]): Entity(
            version=row["version"],
            sequence=row["sequence"],
            state=None
            if row["state"] is None or row["decider"] not in deciders
            else deciders[row["decider"]].state.model_validate_json(row["state"]),
            traceparent=row["traceparent"],
        )
        for row in rows
    }


async def save(conn: Connection, changed: Mapping[EntityKey, Entity], now: datetime) -> None:
    """Write every changed state; raises RaceLostError if a new key was made by another meanwhile.

    Each entity carries the version that it was loaded with.
    """
    if not changed:
        return
    names = sorted(changed)
    entities = [changed[name] for name in names]
    saved = await conn.execute(
        SAVE,
        [decider for decider, _ in names],
        [key for _, key in names],
        [entity.version + 1 for entity in entities],
        [entity.sequence for entity in entities],
        [_stored(entity.state) for entity in entities],
        [entity.traceparent for entity in entities],
        now,
    )
    if saved != f"INSERT 0 {len(names)}":
        raise RaceLostError("a state was made by another process")


def _stored(state: BaseModel | None) -> str | None:
    return None if state is None else storable_json(json_bytes(state).decode())


SAVE: Final = """
insert into entity (decider, key, version, sequence, state, traceparent, changed_at)
select decider, key, version, sequence, state::jsonb, traceparent, $7
  from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::text[], $6::text[])
       as e (decider, key, version, sequence, state, traceparent)
on conflict (decider, key) do update
   set version = excluded.version,
       sequence = excluded.sequence,
       state = excluded.state,
       changed_at = excluded.changed_at
 where entity.version = excluded.version - 1
"""
