"""When a worker is expected to work, as letters to them keep to it: days, hours and days off.

`tests/console/test_worker_page.py` holds this against what notify goes by
(`services/notify/working_hours.py`): no letter comes when this says that nobody works.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache
from typing import Final

import holidays

BEGINS: Final = time(9)
ENDS: Final = time(17)
SATURDAY_SUNDAY: Final = frozenset({5, 6})
MAIN_SUBDIVISION: Final = {"GB": "ENG"}
A_YEAR: Final = timedelta(days=366)
LANGUAGES: Final = {"en": ("en_US", "en_GB", "en"), "de": ("de", "de_AT", "de_CH")}
"""What the calendars call our languages."""


@dataclass(frozen=True, slots=True)
class DayOff:
    """A public holiday, by its name in the reader's language if the calendar knows it."""

    day: date
    name: str


def weekend(jurisdiction: str) -> frozenset[int]:
    """The weekdays that are not worked there, Monday being 0."""
    calendar = _calendar(jurisdiction, "en")
    return SATURDAY_SUNDAY if calendar is None else frozenset(calendar.weekend)


def days_off(jurisdiction: str, language: str, first: date) -> Iterator[DayOff]:
    """The public holidays from a day on, for a year; none where no calendar is known."""
    calendar = _calendar(jurisdiction, language)
    if calendar is not None:
        for number in range(A_YEAR.days):
            day = first + timedelta(days=number)
            if day in calendar:
                yield DayOff(day, calendar[day])


@lru_cache(maxsize=256)
def _calendar(jurisdiction: str, language: str) -> holidays.HolidayBase | None:
    country, _, part = jurisdiction.partition("-")
    for subdivision in (part or MAIN_SUBDIVISION.get(country), None):
        try:
            known = holidays.country_holidays(country, subdiv=subdivision)
        except NotImplementedError:
            continue
        told = [each for each in LANGUAGES[language] if each in known.supported_languages]
        told += [each for each in LANGUAGES["en"] if each in known.supported_languages]
        return holidays.country_holidays(
            country, subdiv=subdivision, language=told[0] if told else None
        )
    return None
