"""Civil dates of a person's own time zone, and the instants they stand for.

The one place of onboarding that converts. A wall time that a clock change skips is moved forward
by what was skipped; one that comes twice is taken the first time (PEP 495, fold 0). Zones come from
the `tzdata` package where the system has none.
"""

from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

WORK_BEGINS: Final = time(9)
WORK_ENDS: Final = time(17)


def local_date(instant: datetime, zone: str) -> date:
    """The civil date that an instant falls on in a zone."""
    return instant.astimezone(ZoneInfo(zone)).date()


def starts_at(starts_on: date, zone: str) -> datetime:
    """When work begins on a civil day, in UTC: 09:00 on the wall clock there."""
    return _instant(starts_on, WORK_BEGINS, zone)


def due_at(due_on: date, zone: str) -> datetime:
    """When a civil day's work ends, in UTC: 17:00 on the wall clock there."""
    return _instant(due_on, WORK_ENDS, zone)


def _instant(day: date, wall_time: time, zone: str) -> datetime:
    return datetime.combine(day, wall_time, ZoneInfo(zone)).astimezone(UTC)
