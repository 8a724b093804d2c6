"""Civil dates and the instants they stand for, through clock changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.onboarding.local_day import WORK_ENDS, due_at, local_date, starts_at

ZONES = sorted(available_timezones() - {"localtime", "posixrules"})


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "zone", "end"),
    [
        pytest.param(date(2026, 3, 27), "Europe/Lisbon", "2026-03-27T17:00", id="Lisbon in winter"),
        pytest.param(date(2026, 3, 30), "Europe/Lisbon", "2026-03-30T16:00", id="Lisbon in summer"),
        pytest.param(date(2026, 3, 29), "Europe/Berlin", "2026-03-29T15:00", id="Berlin, gap day"),
        pytest.param(
            date(2026, 10, 25), "Europe/Berlin", "2026-10-25T16:00", id="Berlin, fold day"
        ),
        pytest.param(
            date(2026, 3, 8), "America/Los_Angeles", "2026-03-09T00:00", id="Los Angeles, gap day"
        ),
        pytest.param(
            date(2026, 11, 1), "America/Los_Angeles", "2026-11-02T01:00", id="Los Angeles, fold day"
        ),
        pytest.param(
            date(2026, 10, 4), "Australia/Lord_Howe", "2026-10-04T06:00", id="half an hour's gap"
        ),
        pytest.param(date(2026, 6, 1), "Asia/Kolkata", "2026-06-01T11:30", id="half an hour apart"),
        pytest.param(
            date(2026, 6, 1), "Pacific/Kiritimati", "2026-06-01T03:00", id="fourteen hours ahead"
        ),
        pytest.param(
            date(2011, 12, 30), "Pacific/Apia", "2011-12-31T03:00", id="a day that never was"
        ),
    ],
)
def test_a_due_day_ends_at_five_on_the_wall_there(day: date, zone: str, end: str) -> None:
    assert due_at(day, zone) == utc(end)


def test_a_first_day_begins_at_nine_on_the_wall_there() -> None:
    assert starts_at(date(2026, 12, 1), "Europe/Lisbon") == utc("2026-12-01T09:00")
    assert starts_at(date(2026, 12, 1), "America/New_York") == utc("2026-12-01T14:00")


@pytest.mark.parametrize(
    ("instant", "zone", "day"),
    [
        ("2026-12-01T23:30", "Europe/Berlin", date(2026, 12, 2)),
        ("2026-12-01T07:59", "America/Los_Angeles", date(2026, 11, 30)),
        ("2026-12-01T08:00", "America/Los_Angeles", date(2026, 12, 1)),
    ],
)
def test_a_date_is_that_of_the_place(instant: str, zone: str, day: date) -> None:
    assert local_date(utc(instant), zone) == day


@given(st.dates(date(2012, 1, 1), date(2037, 12, 31)), st.sampled_from(ZONES))
def test_every_working_day_of_every_zone_ends_on_itself(day: date, zone: str) -> None:
    end = due_at(day, zone)
    assert end.tzinfo is UTC
    assert local_date(end, zone) == day
    assert end.astimezone(ZoneInfo(zone)).time() == WORK_ENDS
    assert end - starts_at(day, zone) == timedelta(hours=8)
