"""Working days of a jurisdiction: neither its weekend nor a public holiday."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Protocol

from holidays import HolidayBase

from libs.common.public_holidays import public_holidays


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


@lru_cache(maxsize=256)
def working_days(jurisdiction: str) -> WorkingDays:
    """The calendar of a jurisdiction such as `PT` or `US-CA`.

    Raises ValueError for a country that does not exist, which `services.onboarding.report` lets
    nobody report.
    """
    calendar = public_holidays(jurisdiction)
    if calendar is None:
        raise ValueError(f"{jurisdiction!r} begins with no ISO 3166-1 country, such as PT")
    return PublicHolidays(calendar)
