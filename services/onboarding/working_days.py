"""Working days of a jurisdiction: neither its weekend nor a public holiday (`holidays`)."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final, Protocol

from holidays import HolidayBase, country_holidays, list_supported_countries

_COUNTRIES: Final = list_supported_countries(include_aliases=False)


class WorkingDays(Protocol):
    """Which civil dates are worked."""

    def is_working_day(self, day: date) -> bool:
        """Whether people there work on this day by default."""
        ...

    def shift(self, day: date, working_days: int) -> date:
        """The working day that many working days later, or earlier where negative.

        0 gives the day itself if it is a working day, otherwise the next one.
        """
        ...


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """Working days by law: neither the weekend of the place nor a public holiday, as observed."""

    _holidays: HolidayBase

    def is_working_day(self, day: date) -> bool:
        return self._holidays.is_working_day(day)

    def shift(self, day: date, working_days: int) -> date:
        return self._holidays.get_nth_working_day(day, working_days)


def is_known_country(jurisdiction: str) -> bool:
    """Whether the country of `PT` or `US-CA` is one whose holidays are known: all of ISO 3166-1."""
    return jurisdiction.partition("-")[0] in _COUNTRIES


@lru_cache(maxsize=256)
def working_days(jurisdiction: str) -> WorkingDays:
    """The calendar of a jurisdiction such as `PT` or `US-CA`.

    A subdivision without holidays of its own has those of its country. Raises ValueError for a
    country that does not exist, which `services.onboarding.report` lets nobody report.
    """
    country, _, subdivision = jurisdiction.partition("-")
    if country not in _COUNTRIES:
        raise ValueError(f"{jurisdiction!r} begins with no ISO 3166-1 country, such as PT")
    listed = subdivision in _COUNTRIES[country]
    return PublicHolidays(country_holidays(country, subdiv=subdivision if listed else None))
