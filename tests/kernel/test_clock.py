"""One clock for all processes, shifted and sped up by a setting."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.clock import MAX_SPEED, Clock, wall

INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
SPEEDS = st.floats(0.001, MAX_SPEED).map(lambda speed: round(speed, 3))


@given(INSTANTS, INSTANTS, SPEEDS)
def test_a_clock_written_as_a_setting_is_read_back_the_same(
    start: datetime, anchor: datetime, speed: float
) -> None:
    clock = Clock(start, anchor, speed)
    assert Clock.parse(str(clock)) == clock


@given(INSTANTS, INSTANTS, SPEEDS, st.timedeltas(timedelta(0), timedelta(days=1)))
def test_time_never_runs_backwards(
    start: datetime, anchor: datetime, speed: float, passed: timedelta
) -> None:
    clock = Clock(start, anchor, min(speed, 10_000))
    assert clock.at(anchor) == start
    assert clock.at(anchor + passed) >= clock.at(anchor)


def test_without_a_setting_it_is_the_wall_clock() -> None:
    assert abs(Clock.parse("").now() - wall()) < timedelta(seconds=1)


def test_a_week_passes_in_a_minute() -> None:
    clock = Clock.parse("2026-03-02T08:00:00Z@2026-11-22T07:00:00Z*10080")
    a_minute_later = datetime(2026, 11, 22, 7, 1, tzinfo=UTC)
    assert clock.at(a_minute_later) == datetime(2026, 3, 9, 8, tzinfo=UTC)


def test_any_zone_may_be_given_and_utc_is_told() -> None:
    clock = Clock.parse("2026-03-02T08:00:00+05:30@2026-11-22T07:00:00-08:00*1")
    assert clock.start == datetime(2026, 3, 2, 2, 30, tzinfo=UTC)
    assert clock.now().tzinfo is UTC
    assert clock.at(datetime(2026, 11, 22, 7, tzinfo=timezone(-timedelta(hours=8)))) == clock.start


@pytest.mark.parametrize(
    "setting",
    [
        pytest.param("tomorrow", id="no clock at all"),
        pytest.param("2026-03-02T08:00:00@2026-11-22T07:00:00*1", id="no zone"),
        pytest.param("2026-03-02T08:00:00Z@2026-11-22T07:00:00*1", id="one zone only"),
        pytest.param("2026-13-02T08:00:00Z@2026-11-22T07:00:00Z*1", id="no such month"),
        pytest.param("2026-03-02T08:00:00Z@2026-11-22T07:00:00Z*-1", id="backwards"),
        pytest.param("2026-03-02T08:00:00Z@2026-11-22T07:00:00Z*fast", id="no number"),
        pytest.param("2026-03-02T08:00:00Z@2026-11-22T07:00:00Z*" + "9" * 400, id="infinite"),
    ],
)
def test_a_wrong_setting_is_refused_with_the_form_that_is_expected(setting: str) -> None:
    with pytest.raises(ValueError, match="must read START@ANCHOR"):
        Clock.parse(setting)
