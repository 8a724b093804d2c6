"""Buckets: the civil days, weeks, sprints and quarters, in a stated zone, that figures are of."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

WINDOW_BUCKETS: Final = 90


EVER_BEGINS: Final = date(2000, 1, 1)
EVER_ENDS: Final = date(2200, 1, 2)


A_SPRINT_BEGAN: Final = date(2026, 1, 5)
"""A Monday on which a sprint began: every second Monday before and after it begins one."""


class Period(StrEnum):
    """How long a bucket is; a week begins on Monday (ISO 8601), a sprint is two such weeks.

    `ever` is one bucket for all time: its figure is how things stand now.
    """

    DAY = "day"
    WEEK = "week"
    SPRINT = "sprint"
    QUARTER = "quarter"
    EVER = "ever"


DAYS: Final = {Period.DAY: 1, Period.WEEK: 7, Period.SPRINT: 14}
"""Lengths in civil days; in hours a day of a clock change is shorter or longer."""


class Span(NamedTuple):
    """From one moment up to, and without, another; both in UTC."""

    start: datetime
    end: datetime


def bucket_of(moment: datetime, period: Period, zone: ZoneInfo) -> date:
    """The first day of the bucket that a moment falls in."""
    return first_day(moment.astimezone(zone).date(), period)


def first_day(day: date, period: Period) -> date:
    """The first day of the bucket that a day belongs to."""
    match period:
        case Period.EVER:
            return EVER_BEGINS
        case Period.QUARTER:
            return day.replace(month=day.month - (day.month - 1) % 3, day=1)
        case Period.DAY | Period.WEEK | Period.SPRINT:
            return day - (day - A_SPRINT_BEGAN) % timedelta(days=DAYS[period])


def later(bucket: date, period: Period, buckets: int = 1) -> date:
    """The first day of the bucket that is so many after another; all time is followed by none."""
    match period:
        case Period.EVER:
            return EVER_ENDS
        case Period.QUARTER:
            years, months = divmod(bucket.month - 1 + 3 * buckets, 12)
            return date(bucket.year + years, months + 1, 1)
        case Period.DAY | Period.WEEK | Period.SPRINT:
            return bucket + buckets * timedelta(days=DAYS[period])


def span_of(bucket: date, period: Period, zone: ZoneInfo) -> Span:
    """The moments of a bucket, from midnight to midnight on the clocks of its zone."""
    return Span(_midnight(bucket, zone), _midnight(later(bucket, period), zone))


class Piece(NamedTuple):
    """Moments that are looked at in one; `measured` says whether their measures are."""

    span: Span
    measured: bool


def pieces(wanted: Iterable[Piece]) -> list[Piece]:
    """The same moments cut wherever one that is wanted begins or ends, each once, in order.

    So everything that is wanted is made of whole pieces.
    """
    covers, measures = Counter[datetime](), Counter[datetime]()
    for span, measured in wanted:
        covers.update({span.start: 1, span.end: -1})
        measures.update({span.start: measured, span.end: -measured})
    found: list[Piece] = []
    covering = measuring = 0
    for start, end in pairwise(sorted(covers)):
        covering, measuring = covering + covers[start], measuring + measures[start]
        if covering:
            found.append(Piece(Span(start, end), measuring > 0))
    return found


def windows(
    first: datetime | None, last: datetime | None, period: Period, zone: ZoneInfo
) -> Iterator[Span]:
    """The time from one moment to another in pieces of many whole buckets; none without them."""
    if first is None or last is None:
        return
    bucket = bucket_of(first, period, zone)
    if period is Period.EVER:
        yield span_of(bucket, period, zone)
        return
    while (start := span_of(bucket, period, zone).start) <= last:
        bucket = later(bucket, period, WINDOW_BUCKETS)
        yield Span(start, _midnight(bucket, zone))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    # Where the clock skips midnight, the offset from before the change gives the very moment of
    # the change; where midnight comes twice, the day begins with the first (PEP 495, fold=0).
    return datetime.combine(day, time(), zone).astimezone(UTC)
