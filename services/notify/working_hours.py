"""A person's working hours, and when a message may reach them.

A message is held until the next opening, never dropped: the opening says not before when, why in
plain words, and by which rule and version, for the receipt.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import count
from typing import Final
from zoneinfo import ZoneInfo

from libs.common.public_holidays import public_holidays, weekend
from services.notify.civil_time import instant, spoken

WORKING_HOURS_RULE: Final = "working-hours@1"
URGENT_RULE: Final = "urgent@1"


@dataclass(frozen=True, slots=True)
class Shift:
    """Wall times between which somebody works on a day.

    One that ends no later than it begins ends on the next day; it belongs to the day it begins on.
    """

    begins: time
    ends: time

    def __str__(self) -> str:
        return f"{self.begins:%H:%M} to {self.ends:%H:%M}"


OFFICE_HOURS: Final = Shift(time(9), time(17))


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """When a person works: a shift or none for each weekday, Monday first.

    Public holidays of the jurisdiction (ISO 3166, `PT` or `US-CA`) and `days_off` are free.
    Raises ValueError for a week without a working day: a message would be held for ever.
    """

    zone: ZoneInfo
    week: tuple[Shift | None, ...]
    jurisdiction: str
    days_off: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if len(self.week) != 7 or not any(self.week):  # noqa: PLR2004  # days in a week
            raise ValueError("a week has seven days, of which at least one must be worked")


@dataclass(frozen=True, slots=True)
class Opening:
    """When a message may reach a person: `not_before` in UTC, `held` if that is not now."""

    not_before: datetime
    held: bool
    reason: str
    rule: str


@dataclass(frozen=True, slots=True)
class WorkingDay:
    """A shift on a day of the calendar, its two ends in UTC."""

    day: date
    shift: Shift
    opens: datetime
    closes: datetime


def standard_hours(
    zone: ZoneInfo,
    jurisdiction: str,
    shift: Shift = OFFICE_HOURS,
    days_off: frozenset[date] = frozenset(),
) -> WorkingHours:
    """The same shift on every day that is not the jurisdiction's weekend."""
    free = weekend(jurisdiction)
    week = tuple(None if weekday in free else shift for weekday in range(7))
    return WorkingHours(zone, week, jurisdiction, days_off)


def next_opening(now: datetime, hours: WorkingHours, *, urgent: bool = False) -> Opening:
    """Now if the person is at work or the message is urgent, else when they next begin.

    The opening is never in the past; a later `now` never has an earlier opening.
    """
    if urgent:
        return Opening(now, held=False, reason="What is urgent goes out at once.", rule=URGENT_RULE)
    ahead = next(each for each in working_days(now, hours) if now < each.closes)
    if ahead.opens <= now:
        here = now.astimezone(hours.zone)
        reason = f"It is {here:%H:%M} in {hours.zone.key}, within {ahead.shift}."
        return Opening(now, held=False, reason=reason, rule=WORKING_HOURS_RULE)
    return Opening(
        ahead.opens, held=True, reason=_why_held(now, hours, ahead), rule=WORKING_HOURS_RULE
    )


def working_days(now: datetime, hours: WorkingHours) -> Iterator[WorkingDay]:
    """The days that are worked, from some before `now` on, for ever."""
    # From two days back: a night shift may still run, even where a zone has skipped a day.
    first = now.astimezone(hours.zone).date() - timedelta(days=2)
    for ahead in count():
        worked = _worked(first + timedelta(days=ahead), hours)
        if worked is not None:
            yield worked


@lru_cache(maxsize=4096)  # many letters wait for the same few mornings
def _worked(day: date, hours: WorkingHours) -> WorkingDay | None:
    """A day of the calendar as it is worked, if it is."""
    shift = hours.week[day.weekday()]
    if shift is None or _why_free(day, hours):
        return None
    last = day if shift.begins < shift.ends else day + timedelta(days=1)
    opens = instant(day, shift.begins, hours.zone)
    closes = instant(last, shift.ends, hours.zone)
    # A day that the zone skipped (Samoa, 2011-12-30) would open on the next one.
    is_day = opens < closes and opens.astimezone(hours.zone).date() == day
    return WorkingDay(day, shift, opens, closes) if is_day else None


def _why_held(now: datetime, hours: WorkingHours, ahead: WorkingDay) -> str:
    here, opens = now.astimezone(hours.zone), ahead.opens.astimezone(hours.zone)
    today = here.date()
    free = _why_free(today, hours)
    if not free and ahead.day - today <= timedelta(days=1):
        return f"It is {here:%H:%M} in {hours.zone.key}; the working day begins at {opens:%H:%M}."
    return (
        f"It is {here:%H:%M} on {spoken(today)} in {hours.zone.key}{free and f', {free}'}; "
        f"the next working day, {spoken(ahead.day)}, begins at {opens:%H:%M}."
    )


def _why_free(day: date, hours: WorkingHours) -> str:
    """Why nobody is expected to work on a day; empty on a working day."""
    if day in hours.days_off:
        return "a day off"
    calendar = public_holidays(hours.jurisdiction)
    if calendar is not None and day in calendar:
        return f"a public holiday ({hours.jurisdiction})"
    return "" if hours.week[day.weekday()] else "not a working day"
