"""The adapter that asks BambooHR who has changed, and has each of them looked up."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pydantic import AwareDatetime, TypeAdapter

from libs.common.database import Pool
from libs.common.decider import Refused
from libs.common.effects import Call
from libs.common.intake import Unreadable
from services.onboarding.bamboohr.client import BambooClient
from services.onboarding.hints import Hint, LookAgain
from services.onboarding.reconciliation import (
    ChangesListed,
    ListChanges,
    ReconcileDue,
    reconciliation,
)
from services.onboarding.report import hire_id_of
from services.onboarding.sources.bamboohr import NAME, Id, Part
from services.onboarding.sources.body import read_json

MAX_HINTS: Final = 500
"""How many rows one statement writes."""


class ChangedEmployee(Part):
    """One entry of the list."""

    id: Id
    action: str
    lastChanged: AwareDatetime  # noqa: N815  # BambooHR's name


class Changes(Part):
    """The answer of "Get Changed Employee IDs"; where nobody changed, the list may be `[]`."""

    employees: dict[str, ChangedEmployee] | list[ChangedEmployee]


_CHANGES: Final = TypeAdapter(Changes)


@dataclass(frozen=True, slots=True)
class BambooChanges:
    """Asks who has changed; repeated, it has the same people looked up."""

    client: BambooClient
    pool: Pool

    async def list_changes(self, effect: ListChanges, call: Call) -> ChangesListed:
        """Have whoever changed looked up; raises Transient and Refused."""
        body = await self.client.changed_since(effect.since)
        try:
            listed = read_json(_CHANGES, body).employees
        except Unreadable as unreadable:
            raise Refused(f"BambooHR's list of changes cannot be used: {unreadable}") from None
        changed = list(listed.values()) if isinstance(listed, dict) else listed
        for first in range(0, len(changed), MAX_HINTS):
            await self._look_up(changed[first : first + MAX_HINTS], call.now)
        latest = max((each.lastChanged for each in changed), default=None)
        return ChangesListed(latest=latest, changed=len(changed), asked_at=call.now)

    async def _look_up(self, changed: list[ChangedEmployee], now: datetime) -> None:
        looks = [_look(each) for each in changed]
        await self.pool.execute(
            LOOK_UP,
            [str(look.hire_id) for look in looks],
            [look.model_dump_json().encode() for look in looks],
            [each.lastChanged for each in changed],
            now,
        )


LOOK_UP: Final = """
insert into timer (decider, key, type, slot, due, body)
select 'journey', c.key, 'LookAgain', '', $4, c.body
  from unnest($1::text[], $2::bytea[], $3::timestamptz[]) as c (key, body, changed_at)
 where not exists (
        select from entity e
         where e.decider = 'journey'
           and e.key = c.key
           and (e.state->>'record_changed_at')::timestamptz >= c.changed_at
       )
on conflict (decider, key, type, slot) do update
   set due = excluded.due, body = excluded.body, leased_until = null
"""
"""A look that was to come later comes now, and knows what is listed."""


def _look(changed: ChangedEmployee) -> LookAgain:
    hint = Hint(
        source=NAME,
        employee_id=changed.id,
        deleted=changed.action.casefold() == "deleted",
        hinted_at=changed.lastChanged,
    )
    return LookAgain(hire_id=hire_id_of(NAME, changed.id), hint=hint, look=0)


async def begin(pool: Pool, now: datetime) -> None:
    """Have the first question asked now, unless the next one is due already."""
    await pool.execute(BEGIN, reconciliation.name, NAME, ReconcileDue.type, now, _DUE)


async def end(pool: Pool) -> None:
    """Ask no more: BambooHR is not set up."""
    await pool.execute(
        "delete from timer where decider = $1 and key = $2 and type = $3",
        reconciliation.name,
        NAME,
        ReconcileDue.type,
    )


BEGIN: Final = """
insert into timer (decider, key, type, slot, due, body)
values ($1, $2, $3, '', $4, $5)
on conflict (decider, key, type, slot) do nothing
"""
_DUE: Final = ReconcileDue().model_dump_json().encode()
