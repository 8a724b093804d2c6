"""One alarm opens one decision, and nothing more is asked until its review."""

from datetime import timedelta
from decimal import Decimal

from libs.common.contracts.metrics import KeyResultChanged, KeyResultOffCourse, KeyResultStatus
from libs.common.message import Event
from services.metrics.course_correction import appraise
from services.metrics.okr import KeyResult
from services.metrics.steering import Kept, armed_on, spoken, steer
from tests.metrics.aims import MONDAY, after, aim, series

OFF = KeyResultStatus.OFF_COURSE


def lived(key_result: KeyResult, values: list[float]) -> list[list[Event]]:
    """What is told after each bucket, judged as they end."""
    kept: Kept | None = None
    told: list[list[Event]] = []
    for count in range(1, len(values) + 1):
        now = after(key_result, count)
        said = appraise(key_result, series(key_result, values[:count]), now, armed_on(kept))
        steered = steer(key_result, kept, said, now)
        kept = steered.kept
        told.append(list(steered.events))
    return told


def asked(told: list[list[Event]]) -> list[int]:
    """After which buckets the owner was asked to decide."""
    return [
        count
        for count, events in enumerate(told, start=1)
        for event in events
        if isinstance(event, KeyResultOffCourse)
    ]


def test_the_owner_is_told_what_changed_and_what_to_decide() -> None:
    *_, events = lived(aim(unit="deployments a week"), [1, 2, 2, 1, 1])
    assert events == [
        KeyResultChanged(
            key_result="ranking-frequency",
            team="ranking",
            status=OFF,
            unit="deployments a week",
            bucket=MONDAY + timedelta(weeks=4),
            value=Decimal(1),
            expected=Decimal(5),
            target=Decimal(13),
            forecast=Decimal(12),
            changed_at=after(aim(), 5),
            title="Thirteen deployments a week",
            objective="Ship what we learn",
            kpi="deployment-frequency",
            group="all",
        ),
        KeyResultOffCourse(
            key_result="ranking-frequency",
            objective="Ship what we learn",
            title="Thirteen deployments a week",
            team="ranking",
            owner=aim().owner,
            unit="deployments a week",
            bucket=MONDAY + timedelta(weeks=4),
            value=Decimal(1),
            expected=Decimal(5),
            target=Decimal(13),
            off_since=MONDAY + timedelta(weeks=2),
            what_changed="1 deployments a week in the week from 21 December, where 5 was "
            "expected; away from its path since 7 December.",
            what_to_decide="Find out what holds us up",
            review_by=MONDAY + timedelta(weeks=6),
            changed_at=after(aim(), 5),
        ),
    ]


def test_one_alarm_asks_once_and_again_only_after_the_review() -> None:
    told = lived(aim(review_after=28), [0] * 13)
    assert asked(told)[0] == 3
    first, second, *_ = asked(told)
    assert second >= first + 4
    assert all(any(isinstance(e, KeyResultChanged) for e in events) for events in told)


def test_what_recovered_by_the_review_is_not_asked_again() -> None:
    told = lived(aim(), [0, 0, 0, 0, 5, 6, 7, 8, 9, 10, 11, 12, 13])
    assert asked(told) == [3]


def test_what_did_not_change_is_not_told() -> None:
    key_result = aim()
    figures, now = series(key_result, [1, 2, 3, 4]), after(key_result, 4)
    said = appraise(key_result, figures, now)
    first = steer(key_result, None, said, now)
    again = steer(key_result, first.kept, said, now + timedelta(hours=1))
    assert again.events == ()
    assert again.kept.changed_at == now
    assert again.kept.as_of == now + timedelta(hours=1)


def test_a_correction_that_undoes_the_alarm_undoes_no_decision() -> None:
    key_result = aim()
    now = after(key_result, 4)
    off = steer(key_result, None, appraise(key_result, series(key_result, [0] * 4), now), now)
    well = appraise(key_result, series(key_result, [1, 2, 3, 4]), now, armed_on(off.kept))
    steered = steer(key_result, off.kept, well, now)
    assert [type(each) for each in steered.events] == [KeyResultChanged]
    assert steered.kept.review_by == off.kept.review_by


def test_figures_are_spoken_in_few_digits() -> None:
    said = [spoken(Decimal(each)) for each in ("13.4567", "7.6", "0.333333", "100", "-0.125")]
    assert said == ["13.5", "7.6", "0.33", "100", "-0.12"]
