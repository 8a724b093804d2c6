"""Which hires hang on which fact of law in doubt, and how legal's answer reaches them.

A projection, and not the state of the question: thousands may hang on one fact, and a state is
written whole with each that comes. An answer wakes everybody who hangs on it by a timer of their
own, so that no transaction tells more than the timers of a batch.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from libs.common.contracts.compliance import LawAnswered, LawDoubtDropped, LawDoubted
from libs.common.database import Connection, Pool
from libs.common.message import Event
from libs.common.projection import Received, projection
from services.compliance.check import LawAnswerTold

Doubts = LawDoubted | LawDoubtDropped | LawAnswered


@projection("law_doubts", LawDoubted, LawDoubtDropped, LawAnswered)
async def follow_doubts(conn: Connection, batch: Sequence[Received[Doubts]]) -> Sequence[Event]:
    """Keep who hangs on what, and wake them once legal has answered; of a batch, the last counts.

    Who comes to hang on a fact after its answer hears it from the question: to be woken with it as
    well changes nothing.
    """
    hangs: dict[tuple[str, UUID], bool] = {}
    answers: dict[str, tuple[datetime, bytes]] = {}
    for received in batch:
        match received.message:
            case LawDoubted(doubt=doubt, hire_id=hire_id):
                hangs[doubt.matter, hire_id] = True
            case LawDoubtDropped(matter=matter, hire_id=hire_id):
                hangs[matter, hire_id] = False
            case LawAnswered(matter=matter, confirmation=confirmation):
                told = LawAnswerTold(slot=matter, confirmation=confirmation)
                answers[matter] = received.time, told.model_dump_json().encode()
    if came := [name for name, does in hangs.items() if does]:
        await conn.execute(ADD, *map(list, zip(*came, strict=True)))
    if went := [name for name, does in hangs.items() if not does]:
        await conn.execute(DROP, *map(list, zip(*went, strict=True)))
    if answers:
        await conn.execute(
            WAKE,
            LawAnswerTold.type,
            list(answers),
            [at for at, _ in answers.values()],
            [body for _, body in answers.values()],
        )
    return ()


ADD: Final = """
insert into law_doubt (matter, hire_id)
select * from unnest($1::text[], $2::uuid[])
on conflict do nothing
"""
DROP: Final = """
delete from law_doubt
 where (matter, hire_id) in (select * from unnest($1::text[], $2::uuid[]))
"""
WAKE: Final = """
insert into timer (decider, key, type, slot, due, body)
select 'check', d.hire_id::text, $1, d.matter, a.at, a.body
  from unnest($2::text[], $3::timestamptz[], $4::bytea[]) as a (matter, at, body)
  join law_doubt d using (matter)
on conflict (decider, key, type, slot) do update
   set due = excluded.due, body = excluded.body, leased_until = null
"""


async def catch_up(pool: Pool) -> None:
    """Take in the hires of whom there is no row at all: a process of an older release kept none.

    Nobody is taken out: to be woken for nothing does no harm.
    """
    await pool.execute(CATCH_UP)


CATCH_UP: Final = """
insert into law_doubt (matter, hire_id)
select matter, e.key::uuid
  from entity e, jsonb_object_keys(e.state->'doubted') as matter
 where e.decider = 'check'
   and not exists (select from law_doubt d where d.hire_id = e.key::uuid)
on conflict do nothing
"""


async def waiting(pool: Pool, matters: Sequence[str]) -> Mapping[str, int]:
    """How many hires hang on each of these facts; those on which none does are left out."""
    rows = await pool.fetch(
        "select matter, count(*) as hires from law_doubt where matter = any($1) group by matter",
        matters,
    )
    return {row["matter"]: row["hires"] for row in rows}
