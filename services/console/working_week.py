"""When a worker is expected to work, as letters to them keep to it: days, hours and days off.

`tests/console/test_worker_page.py` holds this against what notify goes by
(`services/notify/working_hours.py`): no letter comes when this says that nobody works.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Final

from libs.common.public_holidays import public_holidays

BEGINS: Final = time(9)
ENDS: Final = time(17)
A_YEAR: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class DayOff:
    """A public holiday, by its name in the reader's language if the calendar knows it."""

    day: date
    name: str


def days_off(jurisdiction: str, language: str, first: date) -> Iterator[DayOff]:
    """The public holidays from a day on, for a year; none where no calendar is known."""
    calendar = public_holidays(jurisdiction, language)
    if calendar is not None:
        for number in range(A_YEAR.days):
            day = first + timedelta(days=number)
            if day in calendar:
                yield DayOff(day, calendar[day])
