"""The review clock: wakes when a bucket of a key result ends, since silence is news as well."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from libs.common.contracts.values import Value
from libs.common.decider import Decider, Decision, SetTimer
from libs.common.message import Timer
from services.metrics.buckets import bucket_of, first_day, span_of
from services.metrics.okr import KeyResult

NAME: Final = "review-clock"
KEY: Final = "key-results"


class ReviewDue(Timer):
    """A bucket has ended: every key result is to be judged."""


class ReviewClock(Value):
    """When it last struck, in UTC."""

    struck_at: datetime


def next_review(key_results: Sequence[KeyResult], now: datetime) -> datetime | None:
    """The next moment (UTC) at which a bucket ends for a key result that is not over yet."""
    ends = [
        span_of(bucket_of(now, each.cadence, each.zone), each.cadence, each.zone).end
        for each in key_results
        if now < span_of(first_day(each.end, each.cadence), each.cadence, each.zone).end
    ]
    return min(ends, default=None)


def review_clock(key_results: Sequence[KeyResult]) -> Decider[ReviewClock]:
    """The decider that keeps the clock; the projection of figures judges when it strikes."""
    clock = Decider(NAME, ReviewClock)

    @clock.on(ReviewDue)
    def strike(  # pyright: ignore[reportUnusedFunction]
        _state: ReviewClock | None, _timer: ReviewDue, now: datetime
    ) -> Decision[ReviewClock]:
        due = next_review(key_results, now)
        timers = () if due is None else (SetTimer(due, ReviewDue()),)
        return Decision(ReviewClock(struck_at=now), timers=timers)

    return clock
