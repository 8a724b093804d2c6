"""Rebuilding: every hire folded once more from its story, compared, and put in its place.

A hire is made of nothing but its own story, so its second generation is made beside the one that
people look at, compared and put in place some hires at a time, each under the lock that batches
take. Whose team a hire is in was found by an effect, and stays.
"""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from libs.common.contracts import CATALOG
from libs.common.database import Connection, Pool
from libs.common.message import Event
from libs.common.rebuilding import Comparison, rebuild_held
from services.console import store
from services.console.folds import fold
from services.console.hire import Hire
from services.console.live import EVERYTHING

AT_ONCE: Final = 25
"""So few that nothing waits for long: neither a batch for their locks, nor a page for the loop."""

AFTER: Final = """
select hire_id
  from ((select distinct hire_id from story where hire_id > $1 order by hire_id limit $2)
         union
        (select hire_id from hire where hire_id > $1 order by hire_id limit $2)) as known
 order by hire_id
 limit $2
"""
STORIES: Final = """
select hire_id, at, type, body, contacts
  from story
 where hire_id = any ($1::uuid[])
 order by position
"""


async def rebuild(pool: Pool) -> Comparison:
    """Fold all hires anew while batches go on; a row that no event tells of is removed.

    Raises RebuildRunningError.
    """
    before, after, corrected = sha256(), sha256(), 0
    async with pool.acquire() as conn, rebuild_held(conn, "console"):
        last = UUID(int=0)
        while ids := [row["hire_id"] for row in await conn.fetch(AFTER, last, AT_ONCE)]:
            async with conn.transaction():
                stood, made = await _again(conn, ids)
            before.update(_text(stood))
            after.update(_text(made))
            corrected += sum(stood.get(each) != made.get(each) for each in ids)
            last = ids[-1]
        if corrected:
            await store.wake(conn, EVERYTHING)
    return Comparison(before.hexdigest(), after.hexdigest(), corrected)


async def _again(
    conn: Connection, ids: Sequence[UUID]
) -> tuple[Mapping[UUID, Hire], Mapping[UUID, Hire]]:
    """Some hires as they stood and as their stories make them, which is how they stand now."""
    await store.lock_hires(conn, ids)
    stood = await store.load_hires(conn, ids)
    made: dict[UUID, Hire] = {}
    for row in await conn.fetch(STORIES, ids):
        hire_id = row["hire_id"]
        if (event := _event(row, stood.get(hire_id))) is not None:
            made[hire_id] = fold(made.get(hire_id), event, row["at"])
    await store.save_hires(conn, [hire for each, hire in made.items() if stood.get(each) != hire])
    gone = sorted(stood.keys() - made.keys())
    await conn.execute("delete from hire where hire_id = any ($1::uuid[])", gone)
    return stood, made


def _event(row: Any, stood: Hire | None) -> Event | None:
    """What was told, with its contacts; None for an event that is in no contract any more.

    A story from before contacts were kept beside it has those that stand.
    """
    contract = CATALOG.get(row["type"])
    body: dict[str, Any] = json.loads(row["body"])
    contacts: dict[str, Any] = json.loads(row["contacts"] or "{}")
    if "profile" in body:
        known = (
            stood.profile.model_dump(include={"worker", "manager"})
            if stood and stood.profile
            else {}
        )
        body["profile"] = known | body["profile"] | contacts.get("profile", {})
    if "worker" in contacts:
        body["worker"] = contacts["worker"]
    return None if contract is None else contract.model_validate_json(json.dumps(body))


def _text(hires: Mapping[UUID, Hire]) -> bytes:
    """The same for the same hires, whatever order they were read in."""
    ordered = [hires[each].model_dump(mode="json") for each in sorted(hires)]
    return json.dumps(ordered, sort_keys=True).encode()
