"""When a message may reach somebody: at work, or when they next begin."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.working_hours import (
    OFFICE_HOURS,
    Shift,
    WorkingHours,
    next_opening,
    standard_hours,
)

LISBON = standard_hours(ZoneInfo("Europe/Lisbon"), "PT")
EVERY_DAY = (Shift(time(0), time(0)),) * 7


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "not_before", "reason"),
    [
        pytest.param(
            "2026-11-23 21:40",
            "2026-11-24 09:00",
            "It is 21:40 in Europe/Lisbon; the working day begins at 09:00.",
            id="in the evening",
        ),
        pytest.param(
            "2026-11-24 07:05",
            "2026-11-24 09:00",
            "It is 07:05 in Europe/Lisbon; the working day begins at 09:00.",
            id="early in the morning",
        ),
        pytest.param(
            "2026-11-24 09:00",
            "2026-11-24 09:00",
            "It is 09:00 in Europe/Lisbon, within 09:00 to 17:00.",
            id="on the stroke of nine",
        ),
        pytest.param(
            "2026-11-24 17:00",
            "2026-11-25 09:00",
            "It is 17:00 in Europe/Lisbon; the working day begins at 09:00.",
            id="on the stroke of five, the day is over",
        ),
        pytest.param(
            "2026-11-27 18:00",
            "2026-11-30 09:00",
            "It is 18:00 on Friday 2026-11-27 in Europe/Lisbon; the next working day, "
            "Monday 2026-11-30, begins at 09:00.",
            id="on Friday evening, over the weekend",
        ),
        pytest.param(
            "2026-11-28 12:00",
            "2026-11-30 09:00",
            "It is 12:00 on Saturday 2026-11-28 in Europe/Lisbon, not a working day; the next "
            "working day, Monday 2026-11-30, begins at 09:00.",
            id="on Saturday",
        ),
        pytest.param(
            "2026-12-08 10:00",
            "2026-12-09 09:00",
            "It is 10:00 on Tuesday 2026-12-08 in Europe/Lisbon, a public holiday (PT); the next "
            "working day, Wednesday 2026-12-09, begins at 09:00.",
            id="on a public holiday",
        ),
    ],
)
def test_held_with_the_reason_in_plain_words(now: str, not_before: str, reason: str) -> None:
    opening = next_opening(utc(now), LISBON)

    assert opening.not_before == utc(not_before)
    assert opening.held is (utc(now) != utc(not_before))
    assert opening.reason == reason
    assert opening.rule == "working-hours@1"


def test_days_off_are_free() -> None:
    hours = standard_hours(
        ZoneInfo("Europe/Lisbon"), "PT", days_off=frozenset({date(2026, 11, 24)})
    )

    opening = next_opening(utc("2026-11-24 10:00"), hours)

    assert opening.not_before == utc("2026-11-25 09:00")
    assert "a day off" in opening.reason


def test_what_is_urgent_breaks_through() -> None:
    night = utc("2026-11-28 03:00")

    opening = next_opening(night, LISBON, urgent=True)

    assert (opening.not_before, opening.held) == (night, False)
    assert opening.rule == "urgent@1"


def test_a_night_shift_belongs_to_the_day_it_begins_on() -> None:
    nights: tuple[Shift | None, ...] = (*(None,) * 4, Shift(time(22), time(6)), None, None)
    hours = WorkingHours(ZoneInfo("Europe/Lisbon"), nights, "PT")

    assert not next_opening(utc("2026-11-28 05:59"), hours).held
    assert next_opening(utc("2026-11-28 06:00"), hours).not_before == utc("2026-12-04 22:00")


def test_a_week_without_work_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one must be worked"):
        WorkingHours(ZoneInfo("UTC"), (None,) * 7, "PT")


@pytest.mark.parametrize(
    ("jurisdiction", "free"),
    [
        pytest.param("PT", {5, 6}, id="Saturday and Sunday"),
        pytest.param("SA", {4, 5}, id="Friday and Saturday"),
        pytest.param("ZZ", {5, 6}, id="a country nobody knows"),
        pytest.param("US-ZZ", {5, 6}, id="a subdivision nobody knows"),
    ],
)
def test_the_weekend_is_that_of_the_jurisdiction(jurisdiction: str, free: set[int]) -> None:
    week = standard_hours(ZoneInfo("UTC"), jurisdiction).week

    assert {weekday for weekday, shift in enumerate(week) if shift is None} == free


@pytest.mark.parametrize(
    ("jurisdiction", "day"),
    [
        pytest.param("US-CA", "2026-03-31", id="Cesar Chavez Day in California"),
        pytest.param("GB", "2026-04-06", id="Easter Monday in England"),
        pytest.param("DE", "2026-10-03", id="German Unity Day"),
    ],
)
def test_public_holidays_are_local(jurisdiction: str, day: str) -> None:
    hours = WorkingHours(ZoneInfo("UTC"), (OFFICE_HOURS,) * 7, jurisdiction)

    assert next_opening(utc(f"{day} 10:00"), hours).held


@pytest.mark.parametrize(
    ("zone", "begins", "now", "not_before"),
    [
        pytest.param(
            "Europe/Berlin", "02:30", "2026-03-29T00:00", "2026-03-29T01:30", id="gap: Berlin"
        ),
        pytest.param(
            "America/New_York", "02:30", "2026-03-08T06:00", "2026-03-08T07:30", id="gap: New York"
        ),
        pytest.param(
            "Australia/Lord_Howe",
            "02:15",
            "2026-10-03T15:00",
            "2026-10-03T15:45",
            id="gap of half an hour: Lord Howe",
        ),
        pytest.param(
            "Africa/Cairo", "00:30", "2026-04-23T21:00", "2026-04-23T22:30", id="gap: Cairo"
        ),
        pytest.param(
            "Europe/Berlin", "02:30", "2026-10-24T23:00", "2026-10-25T00:30", id="fold: Berlin"
        ),
        pytest.param(
            "America/New_York", "01:30", "2026-11-01T04:30", "2026-11-01T05:30", id="fold: New York"
        ),
        pytest.param(
            "Australia/Lord_Howe",
            "01:45",
            "2026-04-04T14:00",
            "2026-04-04T14:45",
            id="fold of half an hour: Lord Howe",
        ),
        pytest.param(
            "Africa/Casablanca", "02:30", "2026-02-15T00:00", "2026-02-15T01:30", id="fold: Ramadan"
        ),
    ],
)
def test_gaps_go_forward_and_folds_take_the_first(
    zone: str, begins: str, now: str, not_before: str
) -> None:
    hours = WorkingHours(ZoneInfo(zone), (Shift(time.fromisoformat(begins), time(12)),) * 7, "ZZ")

    assert next_opening(utc(now), hours).not_before == utc(not_before)


def test_a_day_that_the_zone_skipped_is_no_working_day() -> None:
    fridays: tuple[Shift | None, ...] = (*(None,) * 4, OFFICE_HOURS, None, None)
    samoa = WorkingHours(ZoneInfo("Pacific/Apia"), fridays, "ZZ")

    opening = next_opening(utc("2011-12-30 08:00"), samoa)  # there was no Friday 2011-12-30

    assert opening.not_before.astimezone(samoa.zone).date() == date(2012, 1, 6)


def transitions(zone: str, year: int = 2026) -> list[datetime]:
    """The instants in a year at which a zone's clocks change, to the hour."""
    hours = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(hours=n) for n in range(365 * 24)]
    offsets = [hour.astimezone(ZoneInfo(zone)).utcoffset() for hour in hours]
    return [hours[n] for n, (a, b) in enumerate(pairwise(offsets)) if a != b]


NIGHTS = [
    night
    for zone in (
        "Europe/Lisbon",
        "America/New_York",
        "Australia/Lord_Howe",
        "Africa/Cairo",
        "Africa/Casablanca",
        "America/Santiago",
    )
    for night in transitions(zone)
]
WALL = st.times().map(lambda wall: wall.replace(second=0, microsecond=0))
SHIFTS = st.none() | st.builds(Shift, WALL, WALL)
HOURS = st.builds(
    WorkingHours,
    st.sampled_from(sorted(available_timezones() - {"localtime"})).map(ZoneInfo),
    st.tuples(*[SHIFTS] * 7).filter(any),
    st.sampled_from(["PT", "DE", "US-CA", "JP", "SA", "GB", "ZZ"]),
    st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=5),
)
ANY_TIME = st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1)).map(  # noqa: DTZ001
    lambda each: each.replace(tzinfo=UTC)
)
DST_NIGHT = st.tuples(
    st.sampled_from(NIGHTS), st.timedeltas(timedelta(hours=-30), timedelta(hours=30))
).map(lambda pair: pair[0] + pair[1])
INSTANTS = ANY_TIME | DST_NIGHT


@given(HOURS, INSTANTS)
def test_an_opening_is_never_past_and_stays_open(hours: WorkingHours, now: datetime) -> None:
    opening = next_opening(now, hours)

    assert opening.not_before >= now
    assert opening.held is (opening.not_before > now)
    again = next_opening(opening.not_before, hours)
    assert not again.held
    assert again.not_before == opening.not_before


@given(HOURS, INSTANTS, st.timedeltas(timedelta(), timedelta(days=9)))
def test_waiting_never_brings_an_earlier_opening(
    hours: WorkingHours, now: datetime, later: timedelta
) -> None:
    assert next_opening(now + later, hours).not_before >= next_opening(now, hours).not_before


DAY_SHIFTS = st.tuples(WALL, WALL).map(sorted).filter(lambda walls: walls[0] < walls[1])
ZONES_WITH_DST = ["Europe/Lisbon", "America/New_York", "Africa/Cairo", "America/Santiago"]


@given(st.sampled_from(ZONES_WITH_DST), DAY_SHIFTS, st.sampled_from(["PT", "DE", "SA"]), INSTANTS)
def test_an_opening_is_inside_working_hours_on_the_clock_on_the_wall(
    zone: str, walls: list[time], jurisdiction: str, now: datetime
) -> None:
    begins, ends = walls
    hours = standard_hours(ZoneInfo(zone), jurisdiction, Shift(begins, ends))

    opens = next_opening(now, hours).not_before.astimezone(ZoneInfo(zone))

    calendar = holidays.country_holidays(jurisdiction)
    assert opens.date() not in calendar
    assert opens.weekday() not in calendar.weekend
    day = timedelta(days=1)
    if opens.utcoffset() == (opens - day).utcoffset() == (opens + day).utcoffset():
        assert begins <= opens.time() < ends


def test_the_clock_may_show_any_time_all_day_and_night() -> None:
    hours = WorkingHours(ZoneInfo("Europe/Lisbon"), EVERY_DAY, "ZZ")

    assert not any(next_opening(night, hours).held for night in NIGHTS)
