"""Periods end where the law's calendar says, not where arithmetic on averages would."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compliance.calendar_duration import due_day, last_day, parse
from tests.compliance.hires import LAW

DAYS = st.dates(date(1900, 1, 1), date(2200, 1, 1))


@pytest.mark.parametrize(
    ("code", "case", "first", "ends"),
    [
        pytest.param("PT", "technical", date(2026, 1, 1), date(2026, 6, 29), id="pt-180-days"),
        pytest.param("BR", "experience", date(2028, 1, 1), date(2028, 3, 30), id="br-90-days-leap"),
    ],
)
def test_the_longest_probation_of_a_pack_ends_on(
    code: str, case: str, first: date, ends: date
) -> None:
    fact = LAW.packs[code].fact("contract.probation_max", first)
    [longest] = [str(c.words["law.max"]) for c in fact.cases if case in c.when]
    assert last_day(first, longest) == ends


@pytest.mark.parametrize(
    ("first", "duration", "ends"),
    [
        pytest.param(date(2026, 1, 1), "P6M", date(2026, 6, 30), id="six months end on the 30th"),
        pytest.param(date(2026, 1, 1), "P180D", date(2026, 6, 29), id="180 days end a day before"),
        pytest.param(date(2026, 1, 15), "P1M", date(2026, 2, 14), id="the first day counts"),
        pytest.param(date(2026, 1, 31), "P1M", date(2026, 2, 28), id="no 31 February: month end"),
        pytest.param(date(2026, 1, 29), "P1M", date(2026, 2, 28), id="no 29 February: month end"),
        pytest.param(date(2028, 1, 31), "P1M", date(2028, 2, 29), id="leap year: 29 February"),
        pytest.param(date(2024, 2, 29), "P1Y", date(2025, 2, 28), id="a year from 29 February"),
        pytest.param(date(2026, 3, 29), "P4W", date(2026, 4, 25), id="weeks are seven days"),
        pytest.param(date(2026, 1, 31), "P1M2D", date(2026, 3, 2), id="days after the month"),
        pytest.param(date(2026, 1, 1), "P0D", date(2025, 12, 31), id="none at all"),
    ],
)
def test_a_period_ends_on(first: date, duration: str, ends: date) -> None:
    assert last_day(first, duration) == ends


@pytest.mark.parametrize(
    ("anchor", "duration", "due"),
    [
        pytest.param(date(2026, 12, 1), "P0D", date(2026, 12, 1), id="the day itself"),
        pytest.param(date(2026, 12, 1), "P7D", date(2026, 12, 8), id="the anchor does not count"),
        pytest.param(date(2026, 1, 31), "P1M", date(2026, 2, 28), id="clipped to the month's end"),
        pytest.param(date(2026, 2, 28), "P1M", date(2026, 3, 28), id="not stretched to month end"),
        pytest.param(date(2024, 2, 29), "P1Y", date(2025, 2, 28), id="no 29 February next year"),
    ],
)
def test_a_deadline_falls_on(anchor: date, duration: str, due: date) -> None:
    assert due_day(anchor, duration) == due


@pytest.mark.parametrize(
    "text", ["", "P", "6M", "P6", "P1D2M", "PT11H", "P-1D", "P1.5M", "p6m", "proportionate"]
)
def test_what_is_no_calendar_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a calendar duration"):
        parse(text)


@pytest.mark.parametrize("text", ["P9999Y", "P999999999D", "P999999999M"])
def test_a_period_that_leaves_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="leads out of the calendar"):
        last_day(date(2026, 1, 1), text)


@given(DAYS, st.integers(0, 5000))
def test_a_period_of_days_has_that_many_days(first: date, days: int) -> None:
    assert last_day(first, f"P{days}D") - first == timedelta(days=days - 1)


@given(DAYS, st.integers(1, 120))
def test_a_period_of_months_ends_the_day_before_the_next_begins(first: date, months: int) -> None:
    ends = last_day(first, f"P{months}M")
    next_day = ends + timedelta(days=1)
    assert next_day.day in {first.day, 1}
    assert last_day(first, f"P{months}M") < last_day(first, f"P{months + 1}M")


@given(DAYS, st.integers(0, 120))
def test_twelve_months_are_a_year(anchor: date, years: int) -> None:
    assert due_day(anchor, f"P{years}Y") == due_day(anchor, f"P{12 * years}M")
    assert last_day(anchor, f"P{years}Y") == last_day(anchor, f"P{12 * years}M")
