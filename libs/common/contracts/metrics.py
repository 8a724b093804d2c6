"""What metrics tells the others: figures and key results, each time one changes."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from libs.common.contracts.values import Instant, Owner
from libs.common.message import Event

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(?:-[a-z0-9]+)*$", max_length=100)]
"""The name of one of our own definitions, such as a key result or a team."""

Line = Annotated[str, StringConstraints(min_length=1, max_length=200)]
"""A sentence that a person reads at a glance."""


class KpiChanged(Event, name="kpi.changed.v1", subject="kpi"):
    """A figure of one bucket and one group is other than before; `value` None is 'no data'.

    `title` and `unit` are those of its definition: seconds, share, or a word for people.
    """

    kpi: str
    definition: str
    group: str
    bucket: date
    value: Decimal | None
    revision: int
    changed_at: Instant
    title: Line | None = None
    unit: Line | None = None

    example = {
        "kpi": "deployment-frequency",
        "definition": "deployment-frequency@1",
        "group": "ranking",
        "bucket": "2026-11-23",
        "value": "3",
        "revision": 2,
        "changed_at": "2026-11-23T12:00:00Z",
    }


class KeyResultStatus(StrEnum):
    """How a key result stands; only the first and the last are good news."""

    ON_COURSE = "on_course"
    OFF_COURSE = "off_course"
    NOT_ENOUGH_HISTORY = "not_enough_history"
    STALE = "stale"
    ACHIEVED = "achieved"


class KeyResultChanged(Event, name="key_result.changed.v1", subject="key_result"):
    """A key result stands other than before, as of the bucket that begins on `bucket`.

    `value` None is 'no data'; `expected` is where its declared path has it in that bucket, and
    `forecast` what it comes to at its end if it goes on as it did, None where that is unknown.
    `kpi` and `group` are whose figures it is judged by.
    """

    key_result: Slug
    team: Slug
    status: KeyResultStatus
    unit: Line
    bucket: date
    value: Decimal | None
    expected: Decimal
    target: Decimal
    forecast: Decimal | None = None
    changed_at: Instant
    title: Line | None = None
    objective: Line | None = None
    kpi: str | None = None
    group: str | None = None

    example = {
        "key_result": "ranking-lead-time",
        "team": "ranking",
        "status": "on_course",
        "unit": "hours",
        "bucket": "2026-11-23",
        "value": "7.5",
        "expected": "8",
        "target": "6",
        "forecast": "5.9",
        "changed_at": "2026-11-24T00:00:00Z",
        "title": "A merged change reaches production within six hours",
        "objective": "Ranking ships what it learns while it is still news",
        "kpi": "lead-time-for-changes-day",
        "group": "service=acme/ranking",
    }


class KeyResultOffCourse(Event, name="key_result.off_course.v1", subject="key_result"):
    """A key result left its declared path, and its owner has to decide by `review_by`.

    Told once; it can be told again only after that day. `off_since` is where it began to leave.
    """

    key_result: Slug
    objective: Line
    title: Line
    team: Slug
    owner: Owner
    unit: Line
    bucket: date
    value: Decimal
    expected: Decimal
    target: Decimal
    off_since: date
    what_changed: Line
    what_to_decide: Line
    review_by: date
    changed_at: Instant

    example = {
        "key_result": "ranking-lead-time",
        "objective": "Ranking ships what it learns while it is still news",
        "title": "A merged change reaches production within six hours",
        "team": "ranking",
        "owner": "manager",
        "unit": "hours",
        "bucket": "2026-11-27",
        "value": "13.5",
        "expected": "7.6",
        "target": "6",
        "off_since": "2026-11-25",
        "what_changed": "13.5 hours where 7.6 were expected; away from its path since 25 November.",
        "what_to_decide": "Mend what slows it down, change the target, or accept the miss.",
        "review_by": "2026-12-04",
        "changed_at": "2026-11-28T00:00:00Z",
    }
