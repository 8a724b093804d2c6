"""Leave that the law counts in one week, told in the working days of another."""

import pytest

from services.compliance.leave import working_days_of_leave


@pytest.mark.parametrize(
    ("amount", "unit", "basis", "week", "days"),
    [
        pytest.param(24, "working_day", 6, 5, 20, id="German 24 are 20 of a five-day week"),
        pytest.param(24, "working_day", 6, 6, 24, id="German 24 of a six-day week"),
        pytest.param(24, "working_day", 6, 3, 12, id="German 24 are 12 of a three-day week"),
        pytest.param(30, "working_day", 6, 5, 25, id="French jours ouvrables"),
        pytest.param(5.6, "week", 5, 5, 28, id="British 5.6 weeks are 28 days, exactly"),
        pytest.param(5.6, "week", 5, 3, 16.8, id="and 16.8 on three days, not a hair less"),
        pytest.param(4, "week", 5, 4, 16, id="Dutch four weeks of four days"),
        pytest.param(28, "calendar_day", 7, 5, 20, id="calendar days by whole weeks"),
    ],
)
def test_leave_in_working_days(  # a table row
    amount: float, unit: str, basis: int, week: int, days: float
) -> None:
    assert working_days_of_leave(amount, unit, basis, week) == days


@pytest.mark.parametrize("unit", ["percent", "day", "hour"])
def test_a_rate_is_no_number_of_days(unit: str) -> None:
    with pytest.raises(ValueError, match="not a number of days in a year"):
        working_days_of_leave(8, unit, 5, 5)
