"""Course correction: whether a key result keeps to its path, from its figures alone.

A CUSUM on what each bucket falls short of the path, in units of its spread, with k = 0.5 and
h = 4: a run of 13 buckets on course is called off course in about 3 % of cases, and a stall is
caught within a few buckets (Page 1954, Continuous inspection schemes; tests simulate both).
Silence is never green: without figures a key result is stale, whatever it stood at before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import Final, NamedTuple

from libs.common.contracts.metrics import KeyResultStatus
from services.metrics.buckets import first_day, later, span_of
from services.metrics.expected_paths import Band
from services.metrics.formulas import rounded
from services.metrics.okr import KeyResult

SLACK: Final = Decimal("0.5")
"""k: by how many spreads a bucket may fall short without counting."""

THRESHOLD: Final = Decimal(4)
"""h: beyond this sum, in spreads, it is off course."""

CEILING: Final = 2 * THRESHOLD
"""The sum grows no further, so that a recovery is seen within a few buckets."""

HISTORY: Final = 3
"""With fewer figures than this nothing is said."""

RECENT: Final = 5
"""A forecast looks at so many of the newest figures."""


class Reading(NamedTuple):
    """The figure of a bucket that has ended, in the key result's unit."""

    bucket: date
    value: Decimal


class Drift(NamedTuple):
    """The CUSUM after the newest reading, and the bucket in which it began to climb."""

    total: Decimal = Decimal(0)
    since: date | None = None

    @property
    def off(self) -> bool:
        """Whether chance no longer explains it."""
        return self.total > THRESHOLD


@dataclass(frozen=True, slots=True)
class Appraisal:
    """How a key result stands as of a bucket; `alarm`: off course since it was last armed."""

    status: KeyResultStatus
    bucket: date
    value: Decimal | None
    expected: Decimal
    forecast: Decimal | None
    off_since: date | None
    alarm: bool


def appraise(
    key_result: KeyResult,
    figures: Mapping[date, Decimal],
    now: datetime,
    armed_on: date | None = None,
) -> Appraisal:
    """Judge every bucket that has ended by `now`; `figures` are in the KPI's own unit.

    `armed_on` is the day of the last review: only what fell short from then on can alarm again.
    """
    ended = ended_buckets(key_result, now)
    readings = readings_of(key_result, ended, figures)
    drift = drift_of(key_result, readings)
    newest = readings[-1] if readings else None
    bucket = newest.bucket if newest else first_day(key_result.start, key_result.cadence)
    status = _status(key_result, ended, readings, drift)
    off = status is KeyResultStatus.OFF_COURSE
    recent = [each for each in readings if armed_on is None or each.bucket >= armed_on]
    return Appraisal(
        status=status,
        bucket=bucket,
        value=newest.value if newest else None,
        expected=expected_in(key_result, bucket),
        forecast=_forecast(key_result, readings),
        off_since=drift.since if off else None,
        alarm=off and drift_of(key_result, recent).off,
    )


def ended_buckets(key_result: KeyResult, now: datetime) -> list[date]:
    """The buckets of its time that are over, in order."""
    buckets: list[date] = []
    cadence, zone = key_result.cadence, key_result.zone
    bucket = first_day(key_result.start, cadence)
    while bucket <= key_result.end and span_of(bucket, cadence, zone).end <= now:
        buckets.append(bucket)
        bucket = later(bucket, cadence)
    return buckets


def readings_of(
    key_result: KeyResult, buckets: Sequence[date], figures: Mapping[date, Decimal]
) -> list[Reading]:
    """The figures of some buckets in the key result's unit; those without one are left out."""
    return [
        Reading(each, rounded(figures[each] / key_result.scale))
        for each in buckets
        if each in figures
    ]


def expected_in(key_result: KeyResult, bucket: date) -> Decimal:
    """Where its path has it at the end of a bucket."""
    last = later(bucket, key_result.cadence) - timedelta(days=1)
    return key_result.path.expected(key_result.course, min(last, key_result.end))


def drift_of(key_result: KeyResult, readings: Sequence[Reading]) -> Drift:
    """The CUSUM over readings; of a band, that of the side it left further."""
    sides = [_shortfalls(key_result, each) for each in readings]
    runs = [_cusum(readings, side) for side in zip(*sides, strict=True)]
    return max(runs, default=Drift(), key=lambda run: run.total)


def _shortfalls(key_result: KeyResult, reading: Reading) -> tuple[Decimal, ...]:
    """By how many spreads a reading is worse than its path; below nought it is better."""
    path, spread = key_result.path, key_result.spread
    if isinstance(path, Band):
        return ((path.low - reading.value) / spread, (reading.value - path.high) / spread)
    short = (expected_in(key_result, reading.bucket) - reading.value) / spread
    return (short,) if key_result.course.target > key_result.course.baseline else (-short,)


def _cusum(readings: Sequence[Reading], shortfalls: Sequence[Decimal]) -> Drift:
    total, since = Decimal(0), None
    for reading, short in zip(readings, shortfalls, strict=True):
        grown = rounded(total + short - SLACK)
        total = min(CEILING, max(Decimal(0), grown))
        since = (since or reading.bucket) if total else None
    return Drift(total, since)


def _status(
    key_result: KeyResult, ended: Sequence[date], readings: Sequence[Reading], drift: Drift
) -> KeyResultStatus:
    silent = len(ended) if not readings else len(ended) - 1 - ended.index(readings[-1].bucket)
    if silent >= key_result.stale_after:
        return KeyResultStatus.STALE
    if len(readings) < HISTORY:
        return KeyResultStatus.NOT_ENOUGH_HISTORY
    if drift.off:
        return KeyResultStatus.OFF_COURSE
    if _achieved(key_result, readings):
        return KeyResultStatus.ACHIEVED
    return KeyResultStatus.ON_COURSE


def _achieved(key_result: KeyResult, readings: Sequence[Reading]) -> bool:
    """Whether the last figures are all at the target or better; one alone may be luck.

    A band is not reached but kept.
    """
    if isinstance(key_result.path, Band):
        return False
    target = key_result.course.target
    rising = target > key_result.course.baseline
    return all(
        each.value >= target if rising else each.value <= target for each in readings[-HISTORY:]
    )


def _forecast(key_result: KeyResult, readings: Sequence[Reading]) -> Decimal | None:
    """What it ends at if it stays as far from its path as the median of its newest figures."""
    if len(readings) < RECENT:
        return None
    away = [each.value - expected_in(key_result, each.bucket) for each in readings[-RECENT:]]
    return rounded(expected_in(key_result, key_result.end) + median(away))
