"""What must stand in the database for a hire, and the check of what was found there."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from uuid import UUID

from bench.workload.hire import Hire
from bench.workload.rules import rule
from bench.workload.steps import KINDS, notice, reference


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that a hire leaves behind, one row for each; `tasks` reads `kind:status:reference`."""

    hire_id: UUID
    country: str
    starts_on: str
    verdict: str
    findings: str
    tasks: str
    recipient: str
    notice: str


def expected(hire: Hire) -> Outcome:
    """What a contender has to leave behind."""
    ruling = rule(hire)
    return Outcome(
        hire_id=hire.hire_id,
        country=hire.country,
        starts_on=hire.starts_on.isoformat(),
        verdict=ruling.verdict,
        findings=",".join(ruling.findings),
        tasks=",".join(f"{kind}:done:{reference(hire, kind)}" for kind in KINDS),
        recipient=hire.email,
        notice=notice(hire, ruling),
    )


def differences(hires: Iterable[Hire], found: Iterable[Mapping[str, object]]) -> Iterator[str]:
    """Everything that is wrong about the rows that were found; nothing if they are right.

    `found` has a row for each hire that any of the tables knows, its columns named as the fields of
    `Outcome`; a column is None where a table lacks the hire.
    """
    missing = {hire.hire_id: expected(hire) for hire in hires}
    seen: set[object] = set()
    for row in found:
        hire_id = row["hire_id"]
        wanted = missing.pop(hire_id, None) if isinstance(hire_id, UUID) else None
        if wanted is None:
            yield f"{hire_id} is there twice" if hire_id in seen else f"{hire_id} was never sent"
            continue
        seen.add(hire_id)
        for each in fields(Outcome):
            if row[each.name] != (right := getattr(wanted, each.name)):
                yield f"{hire_id} has {each.name} {row[each.name]!r} and should have {right!r}"
    yield from (f"{hire_id} is missing" for hire_id in missing)
