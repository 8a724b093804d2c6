"""What leaves its path is seen, chance is not taken for it, and silence is never green."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from statistics import median
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.contracts.metrics import KeyResultStatus
from services.metrics.course_correction import (
    CEILING,
    Appraisal,
    appraise,
    drift_of,
    expected_in,
    readings_of,
)
from services.metrics.okr import KeyResult
from tests.metrics.aims import MONDAY, after, aim, buckets, series

WEEKS = 13
RUNS = 1000
SHAPES: list[Any] = [
    pytest.param({"kind": "linear"}, id="linear"),
    pytest.param({"kind": "s-curve"}, id="s-curve"),
]
Noise = Callable[[KeyResult, date], float]


def judge(key_result: KeyResult, values: Sequence[float | Decimal], more: int = 0) -> Appraisal:
    """How it stands once the buckets of all values, and some more, have ended."""
    return appraise(key_result, series(key_result, values), after(key_result, len(values) + more))


def on_path(key_result: KeyResult, count: int) -> list[Decimal]:
    return [expected_in(key_result, each) for each in buckets(key_result, count)]


def alarms_at(key_result: KeyResult, values: Sequence[float]) -> int | None:
    """The number of the bucket after which it was first off course."""
    days = buckets(key_result, len(values))
    readings = readings_of(key_result, days, series(key_result, values))
    for count in range(3, len(values) + 1):
        if drift_of(key_result, readings[:count]).off:
            return count
    return None


def simulated(key_result: KeyResult, seed: int, stall_after: int = WEEKS) -> list[float]:
    """A quarter with scatter, on its path until it stalls."""
    random = Random(seed)  # noqa: S311  # made-up scatter
    path = [float(each) for each in on_path(key_result, WEEKS)]
    return [
        path[min(week, stall_after - 1)] + random.gauss(0, float(key_result.spread))
        for week in range(WEEKS)
    ]


@pytest.mark.parametrize("path", SHAPES)
def test_chance_is_called_off_course_in_about_three_of_a_hundred_quarters(path: Any) -> None:
    key_result = aim(path=path)
    false = sum(
        alarms_at(key_result, simulated(key_result, seed)) is not None for seed in range(RUNS)
    )
    assert 0.01 <= false / RUNS <= 0.045, false


@pytest.mark.parametrize("path", SHAPES)
@pytest.mark.parametrize("spread", [1, 2], ids=["clear", "blurred"])
def test_a_stall_after_week_five_is_caught_before_the_quarter_is_over(
    path: Any, spread: int
) -> None:
    key_result = aim(path=path, spread=spread)
    found = [alarms_at(key_result, simulated(key_result, seed, 5)) for seed in range(RUNS)]
    caught = [week for week in found if week is not None]
    assert len(caught) / RUNS >= 0.96
    assert 7 <= median(caught) <= 11


def test_what_keeps_to_its_path_is_on_course() -> None:
    key_result = aim()
    said = judge(key_result, on_path(key_result, 6))
    assert (said.status, said.off_since, said.alarm) == (KeyResultStatus.ON_COURSE, None, False)
    assert said.value == said.expected == 6
    assert said.forecast == 13


def test_what_falls_short_says_since_when_and_where_it_will_end() -> None:
    key_result = aim()
    said = judge(key_result, [1, 2, 3, 2, 2, 2])
    assert (said.status, said.alarm) == (KeyResultStatus.OFF_COURSE, True)
    assert said.off_since == MONDAY + timedelta(weeks=3)
    assert (said.value, said.expected, said.forecast) == (2, 6, 11)


def test_better_than_expected_is_never_off_course() -> None:
    key_result = aim()
    assert judge(key_result, [5, 6, 7, 8, 9]).status is KeyResultStatus.ON_COURSE


def test_less_may_be_better() -> None:
    key_result = aim(baseline=13, target=0)
    assert judge(key_result, [12, 11, 10, 9]).status is KeyResultStatus.ON_COURSE
    assert judge(key_result, [12, 13, 13, 13, 13]).status is KeyResultStatus.OFF_COURSE


@pytest.mark.parametrize("away", [Decimal(-4), Decimal(4)], ids=["below", "above"])
def test_a_band_is_left_on_either_side(away: Decimal) -> None:
    band = {"kind": "band", "low": 4, "high": 6}
    key_result = aim(path=band, baseline=None, target=None)
    kept, left = [Decimal(5)] * 3, [5 + away] * 3
    assert judge(key_result, kept).status is KeyResultStatus.ON_COURSE
    said = judge(key_result, [*kept, *left])
    assert said.status is KeyResultStatus.OFF_COURSE
    assert said.off_since == MONDAY + timedelta(weeks=3)
    assert said.expected == 5


def test_steps_ask_for_nothing_before_their_day() -> None:
    steps = [{"since": MONDAY + timedelta(weeks=4), "value": 13}]
    key_result = aim(path={"kind": "steps", "steps": steps})
    assert judge(key_result, [0, 0, 0, 0]).status is KeyResultStatus.ON_COURSE
    assert judge(key_result, [0, 0, 0, 0, 0]).status is KeyResultStatus.OFF_COURSE


def test_a_slow_start_is_on_course_where_the_path_says_so() -> None:
    slow = [Decimal("0.2"), Decimal("0.8"), Decimal("1.7"), Decimal("2.9")]
    assert judge(aim(path={"kind": "s-curve"}), slow).status is KeyResultStatus.ON_COURSE
    steep = aim(baseline=0, target=39)
    assert judge(steep, slow).status is KeyResultStatus.OFF_COURSE


@pytest.mark.parametrize("values", [[], [0], [0, 0]], ids=["none", "one", "two"])
def test_two_figures_are_too_few_to_tell(values: list[float]) -> None:
    assert judge(aim(target=1300), values).status is KeyResultStatus.NOT_ENOUGH_HISTORY


@pytest.mark.parametrize(
    ("values", "silent", "status"),
    [
        pytest.param([1, 2, 3], 2, KeyResultStatus.ON_COURSE, id="two weeks of silence"),
        pytest.param([1, 2, 3], 3, KeyResultStatus.STALE, id="three weeks"),
        pytest.param([13, 13, 13], 3, KeyResultStatus.STALE, id="after the target was reached"),
        pytest.param([0, 0, 0, 0, 0, 0], 3, KeyResultStatus.STALE, id="after it went off course"),
        pytest.param([], 2, KeyResultStatus.NOT_ENOUGH_HISTORY, id="never heard of yet"),
        pytest.param([], 3, KeyResultStatus.STALE, id="never heard of"),
    ],
)
def test_silence_is_never_green(values: list[float], silent: int, status: KeyResultStatus) -> None:
    said = judge(aim(), values, silent)
    assert (said.status, said.alarm) == (status, False)


def test_reaching_the_target_once_may_be_luck() -> None:
    assert judge(aim(), [1, 2, 14]).status is KeyResultStatus.ON_COURSE
    assert judge(aim(), [1, 2, 14, 13, 15]).status is KeyResultStatus.ACHIEVED


def test_a_bucket_counts_when_it_has_ended() -> None:
    key_result = aim()
    figures = series(key_result, [1, 2, 3, 0])
    ends = after(key_result, 4)
    assert appraise(key_result, figures, ends - timedelta(microseconds=1)).value == 3
    assert appraise(key_result, figures, ends).value == 0


def test_after_the_end_nothing_more_is_judged() -> None:
    key_result = aim()
    figures = series(key_result, [*on_path(key_result, WEEKS), 0, 0, 0, 0])
    later = appraise(key_result, figures, after(key_result, 40))
    assert later == appraise(key_result, figures, after(key_result, WEEKS))
    assert later.value == 13


def test_only_what_falls_short_after_a_review_alarms_again() -> None:
    key_result = aim()
    values, reviewed = [0, 0, 0, 0, 5, 6], MONDAY + timedelta(weeks=4)
    figures = series(key_result, values)
    said = appraise(key_result, figures, after(key_result, 6), reviewed)
    assert (said.status, said.alarm) == (KeyResultStatus.OFF_COURSE, False)
    still = series(key_result, [0, 0, 0, 0, 0, 0, 0])
    assert appraise(key_result, still, after(key_result, 7), reviewed).alarm


def test_a_recovery_is_seen_within_a_few_buckets() -> None:
    key_result = aim(
        path={"kind": "steps", "steps": [{"since": MONDAY, "value": 10}]}, end=date(2030, 1, 1)
    )
    fallen = [0] * 50
    assert judge(key_result, fallen).status is KeyResultStatus.OFF_COURSE
    assert judge(key_result, [*fallen, *[11] * 3]).status is KeyResultStatus.ON_COURSE


FIGURES = st.lists(st.none() | st.decimals(-20, 40, places=3), max_size=WEEKS)


@given(FIGURES, st.sampled_from(["linear", "s-curve"]), st.integers(0, 20))
def test_what_is_said_always_fits_together(
    values: list[Decimal | None], kind: str, weeks: int
) -> None:
    key_result = aim(path={"kind": kind})
    days = buckets(key_result, len(values))
    figures = {d: v for d, v in zip(days, values, strict=True) if v is not None}
    said = appraise(key_result, figures, after(key_result, weeks))
    again = appraise(
        key_result, dict(sorted(figures.items(), reverse=True)), after(key_result, weeks)
    )
    assert said == again
    off = said.status is KeyResultStatus.OFF_COURSE
    assert (said.off_since is not None) is off
    assert off or not said.alarm
    assert said.value is not None or said.status in (
        KeyResultStatus.STALE,
        KeyResultStatus.NOT_ENOUGH_HISTORY,
    )
    assert said.off_since is None or key_result.start <= said.off_since <= said.bucket


@given(st.lists(st.decimals(-1000, 1000, places=2), min_size=1, max_size=WEEKS))
def test_the_sum_is_bounded_both_ways(values: list[Decimal]) -> None:
    key_result = aim()
    drift = drift_of(
        key_result,
        readings_of(key_result, buckets(key_result, len(values)), series(key_result, values)),
    )
    assert 0 <= drift.total <= CEILING
    assert (drift.since is None) is (drift.total == 0)
