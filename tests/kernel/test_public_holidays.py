"""One calendar for all: no task is due, and no letter sent, on a day that the others call free."""

from datetime import date

import pytest

from libs.common.public_holidays import is_known_country, public_holidays, weekend
from services.onboarding.working_days import working_days

EASTER_MONDAY = date(2026, 4, 6)


@pytest.mark.parametrize(
    ("place", "free"),
    [("GB", True), ("GB-SCT", False), ("DE", True), ("US-CA", False), ("PT", False)],
)
def test_easter_monday_is_free_where_the_place_says_so(place: str, *, free: bool) -> None:
    calendar = public_holidays(place)
    assert calendar is not None
    assert (EASTER_MONDAY in calendar) is free
    assert working_days(place).is_working_day(EASTER_MONDAY) is not free


def test_a_part_without_holidays_of_its_own_has_those_of_its_country() -> None:
    calendar = public_holidays("PT-99")
    assert calendar is not None
    assert date(2026, 4, 25) in calendar


def test_days_are_named_in_the_language_that_is_asked_for() -> None:
    german, english = public_holidays("DE", "de"), public_holidays("DE", "en")
    assert german is not None
    assert english is not None
    assert german[date(2026, 10, 3)] == "Tag der Deutschen Einheit"
    assert english[date(2026, 10, 3)] == "German Unity Day"


def test_the_weekend_is_that_of_the_place() -> None:
    assert weekend("DE") == {5, 6}
    assert weekend("AE-DU") == {5, 6}
    assert weekend("SA") == {4, 5}


def test_a_country_that_does_not_exist_has_no_calendar() -> None:
    assert not is_known_country("QQ-1")
    assert public_holidays("QQ-1") is None
    assert weekend("QQ-1") == {5, 6}
