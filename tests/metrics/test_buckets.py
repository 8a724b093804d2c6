"""Days and weeks are those of the stated zone, through every change of its clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.metrics.buckets import Period, Span, bucket_of, joined, span_of, windows

ZONES = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",  # skipped midnight until 2019
    "America/Havana",  # has midnight twice
    "Africa/Cairo",  # skips midnight
    "Australia/Lord_Howe",  # half an hour
    "Pacific/Apia",  # skipped 30 December 2011 as a whole
    "Asia/Kathmandu",
]

UTC_ZONE = ZoneInfo("UTC")


@pytest.mark.parametrize(
    ("moment", "period", "zone", "bucket"),
    [
        pytest.param("2026-11-23T23:59:59Z", "day", "UTC", "2026-11-23", id="the last second"),
        pytest.param("2026-11-24T00:00:00Z", "day", "UTC", "2026-11-24", id="midnight is the next"),
        pytest.param("2026-11-23T23:30:00Z", "day", "Europe/Berlin", "2026-11-24", id="east"),
        pytest.param("2026-11-24T04:30:00Z", "day", "America/New_York", "2026-11-23", id="west"),
        pytest.param("2026-11-29T23:59:59Z", "week", "UTC", "2026-11-23", id="Sunday night"),
        pytest.param("2026-11-30T00:00:00Z", "week", "UTC", "2026-11-30", id="Monday"),
        pytest.param("2027-01-01T12:00:00Z", "week", "UTC", "2026-12-28", id="over the new year"),
        pytest.param("2026-03-15T23:59:59Z", "sprint", "UTC", "2026-03-02", id="two weeks"),
        pytest.param("2026-03-16T00:00:00Z", "sprint", "UTC", "2026-03-16", id="the next sprint"),
        pytest.param("2025-12-29T00:00:00Z", "sprint", "UTC", "2025-12-22", id="before they began"),
        pytest.param("2026-12-31T23:00:00Z", "quarter", "UTC", "2026-10-01", id="the last quarter"),
        pytest.param("2026-03-31T22:00:00Z", "quarter", "Europe/Berlin", "2026-04-01", id="April"),
    ],
)
def test_the_bucket_of_a_moment(moment: str, period: str, zone: str, bucket: str) -> None:
    found = bucket_of(datetime.fromisoformat(moment), Period(period), ZoneInfo(zone))
    assert found == date.fromisoformat(bucket)


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        pytest.param(date(2026, 3, 29), "Europe/Berlin", 23, id="spring forward"),
        pytest.param(date(2026, 10, 25), "Europe/Berlin", 25, id="fall back"),
        pytest.param(date(2026, 4, 24), "Africa/Cairo", 23, id="midnight is skipped"),
        pytest.param(date(2026, 11, 1), "America/Havana", 25, id="midnight comes twice"),
        pytest.param(date(2026, 6, 1), "Europe/Berlin", 24, id="an ordinary day"),
    ],
)
def test_a_day_is_as_long_as_its_clocks_say(day: date, zone: str, hours: int) -> None:
    start, end = span_of(day, Period.DAY, ZoneInfo(zone))
    assert end - start == timedelta(hours=hours)


@given(
    moment=st.datetimes(datetime(2005, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # the strategy wants naive bounds
    period=st.sampled_from(Period),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
)
def test_a_moment_lies_in_the_span_of_its_bucket(
    moment: datetime, period: Period, zone: ZoneInfo
) -> None:
    bucket = bucket_of(moment, period, zone)
    start, end = span_of(bucket, period, zone)
    assert start <= moment < end
    assert bucket_of(start, period, zone) == bucket
    assert bucket_of(end - timedelta(microseconds=1), period, zone) <= bucket


def test_joined_spans_hold_the_same_moments_once() -> None:
    monday = date(2026, 11, 23)
    days = [span_of(monday + timedelta(days=n), Period.DAY, UTC_ZONE) for n in (0, 1, 3, 9, 9)]
    week = span_of(monday, Period.WEEK, UTC_ZONE)
    assert joined(days) == [Span(days[0].start, days[1].end), days[2], days[3]]
    assert joined([*days, week]) == [week, days[3]]
    assert joined([]) == []


@pytest.mark.parametrize("period", [Period.DAY, Period.WEEK, Period.SPRINT, Period.QUARTER])
def test_windows_cover_all_time_without_cutting_a_bucket(period: Period) -> None:
    first, last = datetime(2025, 1, 1, 5, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC)
    zone = ZoneInfo("Europe/Berlin")
    pieces = list(windows(first, last, period, zone))
    assert pieces[0].start <= first
    assert pieces[-1].end > last
    assert [each.end for each in pieces[:-1]] == [each.start for each in pieces[1:]]
    for each in pieces:
        assert span_of(bucket_of(each.start, period, zone), period, zone).start == each.start
    assert list(windows(None, None, Period.DAY, zone)) == []
