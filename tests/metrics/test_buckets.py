"""Days and weeks are those of the stated zone, through every change of its clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.metrics.buckets import Period, Piece, Span, bucket_of, pieces, span_of, windows

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
        pytest.param(date(2025, 11, 2), "America/Havana", 25, id="midnight comes twice"),
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


DAYS = st.integers(0, 40).map(lambda day: datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=day))
SPANS = st.tuples(DAYS, st.integers(1, 30)).map(
    lambda each: Span(each[0], each[0] + timedelta(days=each[1]))
)


@given(wanted=st.lists(st.builds(Piece, SPANS, st.booleans())), moment=DAYS)
def test_each_moment_that_is_wanted_is_in_one_piece(wanted: list[Piece], moment: datetime) -> None:
    asking = [each for each in wanted if each.span.start <= moment < each.span.end]
    found = [each for each in pieces(wanted) if each.span.start <= moment < each.span.end]
    assert [each.measured for each in found] == (
        [any(each.measured for each in asking)] * bool(asking)
    )


@given(wanted=st.lists(st.builds(Piece, SPANS, st.booleans())))
def test_no_bucket_begins_or_ends_within_a_piece(wanted: list[Piece]) -> None:
    edges = {edge for each in wanted for edge in each.span}
    found = pieces(wanted)
    assert found == sorted(found)
    for start, end in (each.span for each in found):
        assert not any(start < edge < end for edge in edges)


@pytest.mark.parametrize("period", [Period.DAY, Period.WEEK, Period.SPRINT, Period.QUARTER])
def test_windows_cover_all_time_without_cutting_a_bucket(period: Period) -> None:
    first, last = datetime(2025, 1, 1, 5, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC)
    zone = ZoneInfo("Europe/Berlin")
    found = list(windows(first, last, period, zone))
    assert found[0].start <= first
    assert found[-1].end > last
    assert [each.end for each in found[:-1]] == [each.start for each in found[1:]]
    for each in found:
        assert span_of(bucket_of(each.start, period, zone), period, zone).start == each.start
    assert list(windows(None, None, Period.DAY, zone)) == []
