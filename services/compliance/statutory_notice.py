"""The notice an employer has to give, and the day on which it ends, by the law of each place.

How a notice is counted is prose in the packs (`counting`, `ends_on`); here it is computed where the
law differs from "so long after the day it was given". Civil days in, civil days out.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Final

from libs.common.contracts.values import Jurisdiction
from services.compliance.calendar_duration import due_day, month_end, parse
from services.compliance.facts.pay import NoticeBetween, NoticeEmployer, NoticePerYear
from services.compliance.facts.units import Token

_MONTH_IN_AE: Final = 30
_MIDDLE_OF_MONTH: Final = 15
_SUNDAY: Final = 6
_FOUR_WEEKS: Final = "P4W"


def notice_period(
    law: NoticeEmployer, start: date, on: date, contract: str | None = None
) -> str | None:
    """The notice as an ISO duration for a tenure from `start`, measured as of the day `on`.

    `contract` is what the parties agreed, for laws that leave it to them within bounds. None where
    the law leaves it to the contract or a collective agreement, or knows no such tenure.
    """
    bracket = law.bracket_at(start, on)
    match bracket and bracket.notice:
        case NoticePerYear() as formula:
            return _by_years(formula, completed_years(start, on))
        case NoticeBetween() as bounds:
            return _between(bounds, contract)
        case None | Token.CONTRACT | Token.COLLECTIVE_AGREEMENT:
            return contract
        case notice:
            return notice


def notice_end(
    code: Jurisdiction, law: NoticeEmployer, start: date, given: date, contract: str | None = None
) -> date | None:
    """The last day of an employment that began on `start`, where notice is received on `given`.

    None where the length is not the law's to say and nothing was agreed.
    """
    ends = _ENDS.get(code, due_day)
    notice = notice_period(law, start, given, contract)
    if notice is None:
        return None
    end = ends(given, notice)
    if code != "PL":
        return end
    # Tenure counts up to the end of the notice itself (KP art. 36 § 1; SN I PRN 1/96).
    longer = notice_period(law, start, end, contract)
    return end if longer in (None, notice) else ends(given, longer)


def completed_years(start: date, on: date) -> int:
    """Whole years of service up to a day; the anniversary itself completes a year."""
    years = on.year - start.year
    return years if due_day(start, f"P{years}Y") <= on else years - 1


def _by_years(formula: NoticePerYear, years: int) -> str:
    """`base` and so much for each completed year, up to a longest (Lei 12.506/2011 art. 1)."""
    (_, base), (_, each), (_, most) = map(
        parse, (formula.base, formula.per_completed_year, formula.max)
    )
    return f"P{min(base + each * years, most)}D"


def _between(bounds: NoticeBetween, contract: str | None) -> str:
    """What was agreed, within the law's bounds, in days; the shortest where nothing was."""
    least, most = parse(bounds.min)[1], parse(bounds.max)[1]
    return f"P{min(max(_days_in_ae(contract), least), most)}D" if contract else bounds.min


def _days_in_ae(duration: str) -> int:
    """A month is 30 days and a year 365 in this law (Federal Decree-Law 33/2021 art. 1)."""
    months, days = parse(duration)
    years, months = divmod(months, 12)
    return 365 * years + _MONTH_IN_AE * months + days


def _end_in_germany(received: date, notice: str) -> date:
    """Four weeks end on the 15th or on the month's last day, all longer ones on the latter.

    BGB § 622(1), (2); § 187(1): the day of receipt is not counted; § 188(3): a month is clipped.
    """
    end = due_day(received, notice)
    if notice == _FOUR_WEEKS and end.day <= _MIDDLE_OF_MONTH:
        return end.replace(day=_MIDDLE_OF_MONTH)
    return month_end(end)


def _end_in_poland(given: date, notice: str) -> date:
    """Weeks are full and end on a Saturday; months are full and end with a month (KP art. 30)."""
    months, days = parse(notice)
    if months:
        return month_end(due_day(month_end(given), notice))
    sunday = given + timedelta(days=(_SUNDAY - given.weekday()) % 7 or 7)
    return sunday + timedelta(days=days - 1)


def _end_in_the_netherlands(given: date, notice: str) -> date:
    """On the last day of a month, unless another day was agreed (BW 7:672(1))."""
    return month_end(due_day(given, notice))


def _end_in_singapore(given: date, notice: str) -> date:
    """The day on which notice is given counts (Employment Act s. 10(4))."""
    return due_day(given, notice) - timedelta(days=1)


_ENDS: Final[Mapping[Jurisdiction, Callable[[date, str], date]]] = {
    "DE": _end_in_germany,
    "NL": _end_in_the_netherlands,
    "PL": _end_in_poland,
    "SG": _end_in_singapore,
}
