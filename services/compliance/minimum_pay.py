"""The pay of a year that a minimum wage comes to, for somebody with so many hours a week."""

from typing import Final

WEEKS: Final = 366 / 7
"""The weeks of the longest year: pay that is enough in it is enough in every year."""


def pay_of_all_rates(hourly: float, yearly: float, weekly_hours: float) -> float:
    """What meets both an hourly and a yearly rate; 0 stands for no such rate."""
    return round(max(hourly * weekly_hours * WEEKS, yearly), 2)


def pay_of_any_rate(hourly: float, yearly: float, weekly_hours: float) -> float:
    """What meets at least one of them: less is too little for everybody."""
    rates = [rate for rate in (hourly * weekly_hours * WEEKS, yearly) if rate]
    return round(min(rates, default=0.0), 2)
