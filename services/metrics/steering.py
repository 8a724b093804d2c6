"""Steering: what the others are told when a key result moves, and when its owner has to decide.

One alarm opens one decision with a day to review it on, and nothing more is asked until then.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from libs.common.contracts.metrics import KeyResultChanged, KeyResultOffCourse
from libs.common.message import Event
from services.metrics.buckets import Period
from services.metrics.course_correction import Appraisal
from services.metrics.okr import KeyResult


@dataclass(frozen=True, slots=True)
class Kept:
    """What is remembered of a key result: how it stands, since when, and the last decision asked.

    `as_of` is the latest moment it was judged at; `changed_at` since when it stands so. UTC.
    """

    appraisal: Appraisal
    as_of: datetime
    changed_at: datetime
    review_by: date | None = None


@dataclass(frozen=True, slots=True)
class Steered:
    """What is to be remembered now, and what the others are told."""

    kept: Kept
    events: tuple[Event, ...] = ()


def armed_on(kept: Kept | None) -> date | None:
    """From which day on a key result can alarm again; None: it never did."""
    return None if kept is None else kept.review_by


def steer(key_result: KeyResult, kept: Kept | None, appraisal: Appraisal, now: datetime) -> Steered:
    """Tell a change, and ask the owner to decide if it alarms while no decision is open."""
    today = now.astimezone(key_result.zone).date()
    review_by = armed_on(kept)
    events: list[Event] = []
    changed = kept is None or _shown(kept.appraisal) != _shown(appraisal)
    if changed:
        events.append(_changed(key_result, appraisal, now))
    if appraisal.alarm and (review_by is None or today >= review_by):
        review_by = today + timedelta(days=key_result.review_after)
        events.append(_off_course(key_result, appraisal, review_by, now))
    since = now if kept is None or changed else kept.changed_at
    return Steered(Kept(appraisal, now, since, review_by), tuple(events))


def _shown(appraisal: Appraisal) -> tuple[object, ...]:
    return (
        appraisal.status,
        appraisal.bucket,
        appraisal.value,
        appraisal.expected,
        appraisal.forecast,
    )


def _changed(key_result: KeyResult, appraisal: Appraisal, now: datetime) -> KeyResultChanged:
    return KeyResultChanged(
        key_result=key_result.name,
        team=key_result.team,
        status=appraisal.status,
        unit=key_result.unit,
        bucket=appraisal.bucket,
        value=appraisal.value,
        expected=appraisal.expected,
        target=key_result.course.target,
        forecast=appraisal.forecast,
        changed_at=now,
        title=key_result.title,
        objective=key_result.objective,
        kpi=key_result.kpi,
        group=key_result.group,
    )


def _off_course(
    key_result: KeyResult, appraisal: Appraisal, review_by: date, now: datetime
) -> KeyResultOffCourse:
    if appraisal.value is None or appraisal.off_since is None:
        raise ValueError("what has no figure cannot be off course")
    return KeyResultOffCourse(
        key_result=key_result.name,
        objective=key_result.objective,
        title=key_result.title,
        team=key_result.team,
        owner=key_result.owner,
        unit=key_result.unit,
        bucket=appraisal.bucket,
        value=appraisal.value,
        expected=appraisal.expected,
        target=key_result.course.target,
        off_since=appraisal.off_since,
        what_changed=_what_changed(key_result, appraisal, appraisal.value, appraisal.off_since),
        what_to_decide=key_result.decide,
        review_by=review_by,
        changed_at=now,
    )


def _what_changed(
    key_result: KeyResult, appraisal: Appraisal, value: Decimal, off_since: date
) -> str:
    when = "in the week from" if key_result.cadence is Period.WEEK else "on"
    return (
        f"{spoken(value)} {key_result.unit} {when} {_day(appraisal.bucket)}, where "
        f"{spoken(appraisal.expected)} was expected; away from its path since {_day(off_since)}."
    )


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"


def spoken(value: Decimal) -> str:
    """A figure as one would say it: two decimal places at most, none that say nothing."""
    places = Decimal("0.1") if abs(value) >= 10 else Decimal("0.01")  # noqa: PLR2004
    return f"{value.quantize(places).normalize():f}"
