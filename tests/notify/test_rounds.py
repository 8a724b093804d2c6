"""When letters go out: with the rounds of a working day, in any zone, and never outside of it."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
import pytest
from hypothesis import given

from services.notify.rounds import OF_A_MAILBOX, OF_A_PERSON, Rounds, departure, next_round
from services.notify.working_hours import (
    Shift,
    WorkingHours,
    next_opening,
    standard_hours,
)

LISBON = standard_hours(ZoneInfo("Europe/Lisbon"), "PT")
ZONES = st.sampled_from(
    ["Europe/Lisbon", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe", "Asia/Kathmandu"]
)
TIMES = st.times().map(lambda time: time.replace(second=0, microsecond=0))


def _worked(zone: str, begins: time, ends: time) -> WorkingHours:
    return standard_hours(ZoneInfo(zone), "PT", Shift(begins, ends))


HOURS = st.builds(_worked, ZONES, TIMES, TIMES)
MOMENTS = st.integers(0, 2 * 366 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
ROUNDS = st.sampled_from([OF_A_MAILBOX, OF_A_PERSON])


def lisbon(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "rounds", "at"),
    [
        pytest.param(lisbon(23, 8), OF_A_MAILBOX, lisbon(23, 9, 30), id="before the day begins"),
        pytest.param(lisbon(23, 9), OF_A_MAILBOX, lisbon(23, 9, 30), id="the morning's round"),
        pytest.param(lisbon(23, 9, 20), OF_A_MAILBOX, lisbon(23, 9, 30), id="ten minutes before"),
        pytest.param(lisbon(23, 9, 21), OF_A_MAILBOX, lisbon(23, 10, 30), id="just missed"),
        pytest.param(lisbon(23, 9, 21), OF_A_PERSON, lisbon(23, 12, 30), id="a person's next"),
        pytest.param(lisbon(23, 16, 25), OF_A_MAILBOX, lisbon(24, 9, 30), id="after the last"),
        pytest.param(lisbon(27, 18), OF_A_PERSON, lisbon(30, 9, 30), id="over the weekend"),
    ],
)
def test_a_letter_goes_out_with_the_next_round(now: datetime, rounds: Rounds, at: datetime) -> None:
    assert departure(now, LISBON, rounds).not_before == at


@pytest.mark.parametrize(
    ("deadline", "at"),
    [
        pytest.param(lisbon(23, 23), lisbon(23, 16), id="before the next round"),
        pytest.param(lisbon(24, 23), lisbon(24, 9, 30), id="after it"),
        pytest.param(lisbon(23, 15, 55), lisbon(24, 9, 30), id="too soon to be met anyway"),
    ],
)
def test_what_would_come_too_late_goes_out_before_its_round(
    deadline: datetime, at: datetime
) -> None:
    assert departure(lisbon(23, 15, 50), LISBON, OF_A_PERSON, deadline).not_before == at


def test_a_day_too_short_for_a_round_has_one_as_it_begins() -> None:
    short = Shift(time(9), time(9, 20))
    hours = standard_hours(ZoneInfo("Europe/Lisbon"), "PT", short)

    assert next_round(lisbon(23, 10), hours, OF_A_MAILBOX) == lisbon(24, 9)


@given(MOMENTS, HOURS, ROUNDS, st.none() | MOMENTS)
def test_no_letter_goes_out_outside_of_working_hours(
    now: datetime, hours: WorkingHours, rounds: Rounds, deadline: datetime | None
) -> None:
    opening = departure(now, hours, rounds, deadline)

    assert opening.not_before > now
    assert not next_opening(opening.not_before, hours).held
    assert opening.held or opening.not_before - now < timedelta(days=1)


@given(MOMENTS, HOURS, ROUNDS, st.timedeltas(timedelta(), timedelta(days=3)))
def test_what_is_written_later_never_goes_out_sooner(
    now: datetime, hours: WorkingHours, rounds: Rounds, later: timedelta
) -> None:
    first = departure(now, hours, rounds).not_before

    assert departure(now + later, hours, rounds).not_before >= first
