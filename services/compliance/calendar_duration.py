"""Periods and deadlines by the calendar: civil days in, civil days out, no zone and no clock.

A duration is ISO 8601 in years, months, weeks and days. `P6M` and `P180D` are not convertible into
each other: only the days on which they end, from a known first day, can be compared.
"""

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Final

_DURATION: Final = re.compile(r"P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")
_PART: Final = re.compile(r"(\d+)([YMWD])")
_IN_TEXT: Final = re.compile(r"\bP(?:\d+[YMWD])+\b")
_UNITS: Final = {"Y": "year", "M": "month", "W": "week", "D": "day"}
_LONGEST: Final = 9  # digits of one number; more leaves the calendar anyway


def parse(duration: str) -> tuple[int, int]:
    """Read a duration as whole months and whole days.

    Raises ValueError for anything but years, months, weeks and days in this order.
    """
    match = _DURATION.fullmatch(duration)
    if match is None or any(len(number or "") > _LONGEST for number in match.groups()):
        raise ValueError(f"{duration[:40]!r} is not a calendar duration such as P6M or P90D")
    years, months, weeks, days = (int(number or 0) for number in match.groups())
    return 12 * years + months, 7 * weeks + days


def in_plain_words(text: str) -> str:
    """A text with every duration in it spelled out: `P1Y6M` as `1 year and 6 months`."""
    return _IN_TEXT.sub(lambda found: _spelled(found[0]), text)


def _spelled(duration: str) -> str:
    counted = [(int(number), _UNITS[letter]) for number, letter in _PART.findall(duration)]
    told = [f"{number} {unit}{'' if number == 1 else 's'}" for number, unit in counted]
    return " and ".join(filter(None, [", ".join(told[:-1]), told[-1]]))


def due_day(anchor: date, duration: str) -> date:
    """The day a deadline falls on: the anchor's own day is not counted.

    A month ends on the day of the same number, or on the last day of a shorter month, so that P1M
    from 31 January is 28 February (BGB §§ 187(1), 188(2) and (3); Regulation 1182/71 art. 3).
    Raises ValueError where the duration is none, or leads out of the years 1 to 9999.
    """
    months, days = parse(duration)
    try:
        first = _first_of_month(anchor, months)
        return first.replace(day=min(anchor.day, _length(first))) + timedelta(days=days)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{duration} from {anchor} leads out of the calendar") from error


def last_day(first_day: date, duration: str) -> date:
    """The last day of a period whose first day counts, such as a probation from the start.

    180 days from 1 January end on 29 June; a month from 31 January ends with February, since the
    day before "31 February" is missing (BGB §§ 187(2), 188(2) and (3)). `P0D` ends the day before.
    Raises ValueError where the duration is none, or leads out of the years 1 to 9999.
    """
    months, days = parse(duration)
    try:
        month = _first_of_month(first_day, months)
        day_after = min(first_day.day - 1, _length(month))
        return month + timedelta(days=day_after + days - 1)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{duration} from {first_day} leads out of the calendar") from error


def month_end(day: date) -> date:
    """The last day of the month in which a day lies."""
    return day.replace(day=_length(day))


def _first_of_month(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _length(month: date) -> int:
    return monthrange(month.year, month.month)[1]
