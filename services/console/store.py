"""The read model in SQL: hires as folded, and their stories."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from libs.common.database import Connection
from libs.common.jsonb import storable_json
from services.console.hire import Hire
from services.console.reader import country_name


@dataclass(frozen=True, slots=True)
class Told:
    """One event as the story keeps it; its sealed contacts are not in `body` but in `contacts`."""

    id: str
    hire_id: UUID
    at: datetime
    type: str
    body: Mapping[str, Any]
    contacts: Mapping[str, Any]


async def lock_hires(conn: Connection, hires: Sequence[UUID]) -> None:
    """Wait until no other batch changes these hires, whether they are known yet or not."""
    await conn.execute(
        """
        select pg_advisory_xact_lock(hashtextextended(hire_id::text, 0))
          from (select distinct hire_id from unnest($1::uuid[]) as asked (hire_id)
                 order by hire_id) as each
        """,
        hires,
    )


async def load_hires(conn: Connection, hires: Sequence[UUID]) -> dict[UUID, Hire]:
    """The hires that are known, as they were last saved."""
    rows = await conn.fetch("select state from hire where hire_id = any ($1::uuid[])", hires)
    known = (Hire.model_validate_json(row["state"]) for row in rows)
    return {hire.hire_id: hire for hire in known}


async def save_hires(conn: Connection, hires: Sequence[Hire]) -> None:
    """Write hires; whose team each is in stays as it was (`teams`)."""
    profiles = [hire.profile for hire in hires]
    await conn.execute(
        """
        insert into hire (hire_id, announced, status, attention, since, place, role, starts_on,
                          turn, search, state)
        select hire_id, starts_on is not null, status, attention, since, place, role, starts_on,
               string_to_array(turn, ' '), search, state
          from unnest($1::uuid[], $2::text[], $3::int[], $4::timestamptz[], $5::text[], $6::text[],
                      $7::date[], $8::text[], $9::text[], $10::jsonb[])
            as row (hire_id, status, attention, since, place, role, starts_on, turn, search, state)
        on conflict (hire_id) do update
           set announced = excluded.announced,
               status    = excluded.status,
               attention = excluded.attention,
               since     = excluded.since,
               place     = excluded.place,
               role      = excluded.role,
               starts_on = excluded.starts_on,
               turn      = excluded.turn,
               search    = excluded.search,
               state     = excluded.state
        """,
        [hire.hire_id for hire in hires],
        [hire.status.value for hire in hires],
        [hire.attention.value for hire in hires],
        [hire.since for hire in hires],
        [profile.jurisdiction if profile else "" for profile in profiles],
        [profile.role.replace("\0", " ") if profile else "" for profile in profiles],
        [profile.starts_on if profile else None for profile in profiles],
        [" ".join(owner.value for owner in hire.turn) for hire in hires],
        [search_text(hire) for hire in hires],
        [storable_json(hire.model_dump_json()) for hire in hires],
    )


def search_text(hire: Hire) -> str:
    """What a search finds a hire by, in lower case."""
    profile = hire.profile
    if profile is None:
        return str(hire.hire_id)
    country = country_name(profile.jurisdiction.partition("-")[0])
    words = [str(hire.hire_id), profile.role, profile.jurisdiction, country, profile.timezone]
    words += [profile.engagement.value, hire.status.value, *(t.title for t in hire.open_tasks)]
    words += hire.block.reasons if hire.block else ()
    return " ".join(words).lower().replace("\0", " ")


async def tell(conn: Connection, told: Sequence[Told]) -> None:
    """Append events to the stories of their hires."""
    await conn.execute(
        """
        insert into story (id, hire_id, at, type, body, contacts)
        select *
          from unnest($1::text[], $2::uuid[], $3::timestamptz[], $4::text[], $5::jsonb[],
                      $6::jsonb[])
        on conflict (id) do nothing
        """,
        [each.id for each in told],
        [each.hire_id for each in told],
        [each.at for each in told],
        [each.type for each in told],
        [storable_json(json.dumps(each.body)) for each in told],
        [json.dumps(each.contacts) if each.contacts else None for each in told],
    )


async def wake(conn: Connection, topics: str) -> None:
    """Tell every console process what has changed, the moment that this transaction commits."""
    await conn.execute("select pg_notify('console', $1)", topics)
