"""Yearly leave in the working days of one person, whatever week the law counts in."""

from typing import Final

from services.compliance.facts.units import Unit

_DAYS_IN_A_WEEK: Final = 7


def working_days_of_leave(amount: float, unit: str, basis_days: int, days_a_week: int) -> float:
    """The law's leave as working days of somebody who works `days_a_week` days of a week.

    24 working days that the law counts on a six-day week are 20 on a five-day week (BUrlG § 3);
    four weeks are 20. Rounded to a thousandth of a day, so that 5.6 weeks are exactly 28 days.
    Raises ValueError for a unit that is no share of a year, such as a percentage of hours.
    """
    match unit:
        case Unit.WORKING_DAY:
            weeks = amount / basis_days
        case Unit.CALENDAR_DAY:
            weeks = amount / _DAYS_IN_A_WEEK
        case Unit.WEEK | Unit.WORKING_WEEK:
            weeks = amount
        case _:
            raise ValueError(f"leave counted by {unit!r} is not a number of days in a year")
    return round(weeks * days_a_week, 3)
