"""The SQL of the contenders that write their own: set-based, so that one row is a set of one."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from bench.workload.rules import Ruling
from bench.workload.steps import KINDS, Passed, notice, ruling_of

Columns = tuple[Sequence[object], ...]

CHANGES: Final[Mapping[str, str]] = {
    "journeys": """
        insert into journeys.journey (hire_id, country, starts_on)
        select * from unnest($1::uuid[], $2::text[], $3::date[])
        on conflict do nothing
    """,
    "decisions": """
        insert into decisions.decision (hire_id, verdict, findings)
        select * from unnest($1::uuid[], $2::text[], $3::text[])
        on conflict do nothing
    """,
    "tasks": """
        update tasks.task
           set status = 'done', reference = made.reference
          from unnest($1::uuid[], $2::text[], $3::text[]) as made (hire_id, kind, reference)
         where task.hire_id = made.hire_id and task.kind = made.kind
    """,
    "notices": """
        insert into notices.notice (hire_id, recipient, notice)
        select * from unnest($1::uuid[], $2::text[], $3::text[])
        on conflict do nothing
    """,
}
"""What each service changes for the events of a batch. Done twice, it changes nothing."""

OPEN_TASKS: Final = """
    insert into tasks.task (hire_id, kind, status)
    select hire_id, kind, 'open'
      from unnest($1::uuid[]) as h (hire_id), unnest($2::text[]) as k (kind)
    on conflict do nothing
"""
"""Before the adapter is called: durable, so that a crash leaves a task open and not unknown."""


def opened(events: Sequence[Passed]) -> Columns:
    """The parameters of `OPEN_TASKS`."""
    return [each.hire.hire_id for each in events], list(KINDS)


def begun(events: Sequence[Passed]) -> Columns:
    """The parameters of a change of `journeys`."""
    hires = [each.hire for each in events]
    starts: list[date] = [hire.starts_on for hire in hires]
    return [hire.hire_id for hire in hires], [hire.country for hire in hires], starts


def decided(events: Sequence[Passed]) -> Columns:
    """The parameters of a change of `decisions`; the events are ruled on."""
    rulings: list[Ruling] = [ruling_of(each) for each in events]
    return (
        [each.hire.hire_id for each in events],
        [ruling.verdict for ruling in rulings],
        [",".join(ruling.findings) for ruling in rulings],
    )


def done(events: Sequence[Passed], references: Sequence[Sequence[str]]) -> Columns:
    """The parameters of a change of `tasks`, with what the adapter answered for each event."""
    ids: list[UUID] = [each.hire.hire_id for each in events for _ in KINDS]
    return ids, list(KINDS) * len(events), [name for names in references for name in names]


def told(events: Sequence[Passed]) -> Columns:
    """The parameters of a change of `notices`."""
    return (
        [each.hire.hire_id for each in events],
        [each.hire.email for each in events],
        [notice(each.hire, ruling_of(each)) for each in events],
    )
