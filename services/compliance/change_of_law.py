"""A change of law: who would newly fall short under another pack, and who is to be decided anew."""

from collections.abc import AsyncGenerator, Iterable, Iterator
from datetime import date, datetime
from typing import Final
from uuid import UUID

from pydantic import BaseModel

from libs.common.contracts.compliance import CheckDecided, Finding, Outcome, Verdict
from libs.common.contracts.values import Jurisdiction
from libs.common.database import Pool
from services.compliance.check import LawChanged
from services.compliance.check_state import Check
from services.compliance.decisions import check_hire
from services.compliance.law import Law

PAGE: Final = 200


class Worse(BaseModel):
    """A finding that a hire does not have now, or that is worse than now."""

    rule: str
    before: str
    after: str
    says: str
    law: str


class Affected(BaseModel):
    """A hire that would newly fall short, or wait."""

    hire_id: UUID
    starts_on: date
    before: Verdict
    after: Verdict
    findings: tuple[Worse, ...]


class WhatIf(BaseModel):
    """What a pack would change before it is published; nothing was changed by asking."""

    jurisdiction: Jurisdiction
    before: str
    after: str
    hires: int
    affected: tuple[Affected, ...]


def fall_short(law: Law, changed: Law, checks: Iterable[Check]) -> Iterator[Affected]:
    """The hires for whom some finding would be worse under the changed law than under this one."""
    for check in checks:
        now, then = _decided(law, check), _decided(changed, check)
        known = {found.rule: found for found in now.findings}
        worse = tuple(
            _worse(known.get(found.rule), found)
            for found in then.findings
            if _is_worse(known.get(found.rule), found)
        )
        if worse:
            yield Affected(
                hire_id=check.hire_id,
                starts_on=check.profile.starts_on,
                before=now.verdict,
                after=then.verdict,
                findings=worse,
            )


async def what_if(pool: Pool, law: Law, changed: Law, code: Jurisdiction) -> WhatIf:
    """Hold every hire of a place against a changed law; nothing is written."""
    affected: list[Affected] = []
    hires = 0
    async for checks in _pages(pool, code):
        hires += len(checks)
        affected += fall_short(law, changed, checks)
    return WhatIf(
        jurisdiction=code,
        before=law.version(code),
        after=changed.version(code),
        hires=hires,
        affected=tuple(affected),
    )


async def decide_anew(pool: Pool, law: Law, now: datetime) -> int:
    """Wake every hire that was decided by other packs or rules than these; returns how many.

    They are decided as any timer is: once each, in the order in which they come.
    """
    status: str = await pool.execute(
        WAKE, [law.version(code) for code in law.packs], law.rules_version, now, _BODY
    )
    return int(status.rpartition(" ")[2])


WAKE: Final = """
insert into timer (decider, key, type, slot, due, body)
select decider, key, 'LawChanged', '', $3, $4
  from entity
 where decider = 'check'
   and state->>'cancelled' = 'false'
   and coalesce(state->>'left', 'false') = 'false'
   and state->'decided'->>'pack_version' <> all ($1::text[])
   and state->'decided'->>'pack_version' not like '%@none+rules@' || $2::text
on conflict (decider, key, type, slot) do nothing
"""
_BODY: Final = LawChanged().model_dump_json().encode()


async def _pages(pool: Pool, code: Jurisdiction) -> AsyncGenerator[list[Check]]:
    """Every hire under the law of a place that has not ended, some at a time."""
    last = ""
    while rows := await pool.fetch(
        """
        select key, state
          from entity
         where decider = 'check'
           and key > $1
           and state->'profile'->>'jurisdiction' = $2
         order by key
         limit $3
        """,
        last,
        code,
        PAGE,
    ):
        last = rows[-1]["key"]
        known = [Check.model_validate_json(row["state"]) for row in rows]
        yield [check for check in known if not check.ended]


def _decided(law: Law, check: Check) -> CheckDecided:
    return check_hire(law, check.profile, check.heard, check.hire_id, check.version + 1)


def _is_worse(before: Finding | None, after: Finding) -> bool:
    rank = {Outcome.MET: 0, Outcome.UNKNOWN: 1, Outcome.NOT_MET: 2}
    known = 0 if before is None or before.waiver else rank[before.outcome]
    return after.waiver is None and rank[after.outcome] > known


def _worse(before: Finding | None, after: Finding) -> Worse:
    return Worse(
        rule=after.rule,
        before="no finding" if before is None else before.outcome.value,
        after=after.outcome.value,
        says=after.says,
        law=after.law,
    )
