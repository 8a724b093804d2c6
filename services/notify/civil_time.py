"""The one place of this service where wall time becomes an instant, and back.

Where clocks spring forward, a wall time that does not exist is taken with the offset from before
the gap, so it moves forward by the length of the gap; where they fall back, one that exists twice
is its first occurrence (RFC 5545, section 3.3.5, asks for the same).
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

WEEKDAYS: Final = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)


def find_zone(name: str) -> ZoneInfo:
    """An IANA time zone by its name; raises ValueError, with how to mend it, if there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError, ValueError) as error:
        raise ValueError(
            f"{name!r} is not a time zone; write an IANA name such as Europe/Lisbon"
        ) from error


def zone_or_utc(name: str) -> ZoneInfo:
    """An IANA time zone by its name; UTC where there is none, so that a decision stays total."""
    try:
        return find_zone(name)
    except ValueError:
        return ZoneInfo("UTC")


def instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which clocks in the zone show this wall time on this day."""
    return datetime.combine(day, wall.replace(fold=0), tzinfo=zone).astimezone(UTC)


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which a civil day is over in the zone."""
    return instant(day + timedelta(days=1), time.min, zone)


def spoken(day: date) -> str:
    """A date nobody can misread: `Friday 2026-11-27`."""
    return f"{WEEKDAYS[day.weekday()]} {day.isoformat()}"
