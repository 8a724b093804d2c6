"""Payments at the end of a contract that a naive formula gets wrong; money in the local currency.

Each function is one statute's formula. Amounts are exact decimals, rounded to a cent only at the
end.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

_CENT: Final = Decimal("0.01")
_MONTH_IN_AE: Final = 30
_FULL_YEARS_IN_AE: Final = 5
_WORKING_DAYS_IN_IN: Final = 26
_HALF_A_YEAR: Final = 6
_GRATUITY_CAP_IN: Final = Decimal(2_000_000)
_GB_YEARS: Final = 20
_GB_YOUNG, _GB_OLDER = 22, 41
_GB_WEEK_PAY: Final = ((date(2026, 4, 6), Decimal(751)), (date(2025, 4, 6), Decimal(719)))
"""The most a week's pay counts for, by the first day of dismissal (Increase of Limits Orders)."""


def gratuity_in_ae(years: Decimal, basic_month: Decimal) -> Decimal:
    """End-of-service gratuity in AED, at most two years' wage.

    21 days' basic pay for each of the first five years and 30 for each after, a day being a
    thirtieth of the month; part years count in proportion (Federal Decree-Law 33/2021 art. 51).
    """
    first = min(years, Decimal(_FULL_YEARS_IN_AE))
    days = 21 * first + 30 * (years - first)
    return _money(min(basic_month / _MONTH_IN_AE * days, basic_month * 24))


def gratuity_in_in(years: int, months: int, last_wage_month: Decimal) -> Decimal:
    """Gratuity in INR: 15 days' wages of a month of 26 for each year, up to the notified ceiling.

    A part of a year in excess of six months counts as a year (Code on Social Security 2020 s. 53).
    """
    counted = years + (1 if months > _HALF_A_YEAR else 0)
    return _money(min(last_wage_month * 15 / _WORKING_DAYS_IN_IN * counted, _GRATUITY_CAP_IN))


def redundancy_pay_in_gb(
    age: int, complete_years: int, week_pay: Decimal, dismissed_on: date
) -> Decimal:
    """Statutory redundancy pay in GBP for at most the last 20 years of service.

    Half a week's pay for a year in which the employee was under 22, one and a half for one in
    which they were 41 or older, one for the others, a week's pay being capped (ERA 1996 ss. 162,
    227). Raises ValueError for a day whose cap is not known here.
    """
    cap = next((cap for begins, cap in _GB_WEEK_PAY if begins <= dismissed_on), None)
    if cap is None:
        raise ValueError(f"the cap on a week's pay on {dismissed_on} is not known")
    weeks = sum(
        (_weeks_in_gb(age - back - 1) for back in range(min(complete_years, _GB_YEARS))),
        Decimal(0),
    )
    return _money(weeks * min(cap, week_pay))


def _weeks_in_gb(age: int) -> Decimal:
    """For a year of service that began at this age."""
    if age >= _GB_OLDER:
        return Decimal("1.5")
    return Decimal(1) if age >= _GB_YOUNG else Decimal("0.5")


def _money(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP)
