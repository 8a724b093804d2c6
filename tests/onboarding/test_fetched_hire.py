"""A hire that is fetched: whatever order hints come in, what was fetched last is what counts."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from libs.common.contracts.onboarding import (
    HireAnnounced,
    HireCancelled,
    HireChanged,
    HireLeaving,
    HireLeft,
    HireStatus,
)
from libs.common.message import EffectFailed
from services.onboarding.fetch_rules import WAITS
from services.onboarding.hints import (
    EmployeeFound,
    EmployeeGone,
    FetchEmployee,
    FollowHint,
    Hint,
)
from tests.onboarding.life import HIRE, MONDAY, Life, profile

pytestmark = pytest.mark.usefixtures("only_laptop_and_vpn")

HOUR = timedelta(hours=1)
LAST_DAY = date(2027, 3, 31)


def hint(at: datetime | None = MONDAY, *, deleted: bool = False) -> Hint:
    return Hint(source="bamboohr", employee_id="1207", deleted=deleted, hinted_at=at)


def found(
    fetched_at: datetime = MONDAY,
    *,
    of: Hint | None = None,
    changed_at: datetime | None = MONDAY,
    look: int = 0,
    last_day: date | None = None,
    **fields: Any,
) -> EmployeeFound:
    """The employee as fetched, somebody to bring on board."""
    return EmployeeFound(
        hire_id=HIRE,
        hint=of or hint(),
        look=look,
        fetched_at=fetched_at,
        changed_at=changed_at,
        profile=profile(**fields),
        last_day=last_day,
        ended=False,
    )


def over(fetched_at: datetime, last_day: date | None = None) -> EmployeeFound:
    """An employee whose employment has ended."""
    return found(fetched_at, last_day=last_day, changed_at=fetched_at).evolve(
        profile=None, ended=True
    )


def gone(fetched_at: datetime = MONDAY, *, look: int = 0, deleted: bool = False) -> EmployeeGone:
    return EmployeeGone(hire_id=HIRE, hint=hint(deleted=deleted), look=look, fetched_at=fetched_at)


def follow(at: datetime | None = MONDAY, *, deleted: bool = False) -> FollowHint:
    return FollowHint(hire_id=HIRE, hint=hint(at, deleted=deleted))


def fetched(**fields: Any) -> Life:
    """A hire that was fetched on a Monday morning."""
    return Life().take(found(**fields))


def working() -> Life:
    """A fetched hire on the first day, with all that it takes."""
    return fetched().provisioned().wait_until(datetime(2026, 11, 26, 12, tzinfo=UTC))


def asked(life: Life) -> list[FetchEmployee]:
    return [each for each in life.effects if isinstance(each, FetchEmployee)]


def test_a_hint_is_followed_by_a_look_and_by_nothing_else() -> None:
    life = Life().take(follow())
    assert life.state is None
    assert life.events == []
    [fetch] = asked(life)
    assert (fetch.hire_id, fetch.hint, fetch.look) == (HIRE, hint(), 0)


def test_of_somebody_who_has_not_started_what_comes_later_is_asked_for() -> None:
    [fetch] = asked(Life().take(follow()))
    assert (fetch.known, fetch.ahead) == (False, True)
    [fetch] = asked(fetched().take(follow()))
    assert (fetch.known, fetch.ahead) == (True, True)
    fetch = asked(working().take(follow()))[-1]
    assert (fetch.known, fetch.ahead) == (True, False)


def test_an_employee_found_is_announced() -> None:
    life = fetched()
    [announced] = life.told(HireAnnounced)
    assert announced.profile == profile()
    assert life.journey.reported_at == MONDAY


def test_a_moved_start_found_later_moves_the_hire() -> None:
    life = fetched().take(found(MONDAY + HOUR, starts_on=date(2026, 12, 1)))
    [changed] = life.told(HireChanged)
    assert changed.changed == ("starts_on",)


def test_an_older_fetch_that_arrives_later_changes_nothing() -> None:
    life = fetched().wait(hours=2).take(found(MONDAY + HOUR, starts_on=date(2026, 12, 1)))
    before = life.journey
    life.take(found(MONDAY, starts_on=date(2026, 11, 30)), over(MONDAY), gone(MONDAY, deleted=True))
    assert life.journey == before


def test_an_older_end_that_arrives_later_changes_nothing() -> None:
    life = working().wait(hours=2)
    at = life.now
    life.take(found(at, last_day=LAST_DAY), found(at - HOUR, last_day=LAST_DAY + timedelta(days=9)))
    assert life.journey.last_day == LAST_DAY


def test_a_record_that_changed_earlier_is_a_copy_that_lags() -> None:
    moved = date(2026, 12, 1)
    life = fetched().take(found(MONDAY + HOUR, changed_at=MONDAY + HOUR, starts_on=moved))
    life.take(found(MONDAY + 2 * HOUR, changed_at=MONDAY, of=hint(MONDAY + 2 * HOUR)))
    assert life.journey.profile.starts_on == moved
    assert life.due("LookAgain") == life.now + WAITS[0]


def test_a_fetch_that_shows_nothing_new_is_repeated_and_not_for_ever() -> None:
    life, late = fetched(), hint(MONDAY + HOUR)
    life.take(found(MONDAY + HOUR, of=late))
    for look, wait in enumerate(WAITS, start=1):
        assert life.due("LookAgain") == life.now + wait
        life.wait_until(life.now + wait)
        assert asked(life)[-1].look == look
        life.take(found(life.now + HOUR, of=late, look=look))
    assert life.due("LookAgain") is None


def test_a_record_that_changed_after_the_hint_is_not_looked_at_again() -> None:
    life = fetched().take(found(MONDAY + HOUR, of=hint(MONDAY), changed_at=MONDAY + HOUR))
    assert life.due("LookAgain") is None


def test_a_record_that_changed_as_the_hint_says_is_looked_at_once_more() -> None:
    life = fetched()
    assert life.due("LookAgain") == MONDAY + WAITS[0]
    life.wait_until(MONDAY + WAITS[0])
    [confirming] = asked(life)
    life.take(found(life.now, look=confirming.look, role="Data engineer"))
    assert life.journey.profile.role == "Data engineer"
    assert life.due("LookAgain") is None


def test_an_employee_missing_at_that_one_look_is_not_yet_gone() -> None:
    life = fetched().wait_until(MONDAY + WAITS[0])
    life.take(gone(life.now, look=asked(life)[-1].look))
    assert life.status is HireStatus.ANNOUNCED
    assert life.due("LookAgain") is not None


def test_what_is_shown_at_last_ends_the_waiting() -> None:
    life, late = fetched(), hint(MONDAY + HOUR)
    life.take(found(MONDAY + HOUR, of=late))
    assert life.due("LookAgain") is not None
    life.take(found(MONDAY + 2 * HOUR, of=late, look=1, role="Data engineer"))
    assert life.due("LookAgain") is None


def test_an_employee_not_there_yet_is_looked_for_again() -> None:
    life = Life().take(gone())
    assert life.state is None
    assert life.due("LookAgain") == MONDAY + WAITS[0]
    life.wait_until(MONDAY + WAITS[0])
    assert asked(life)[-1].look == 1
    life.take(found(life.now))
    assert life.status is HireStatus.ANNOUNCED


def test_nobody_counts_as_deleted_for_being_missing_once() -> None:
    life = fetched().take(gone(MONDAY + HOUR))
    assert life.status is HireStatus.ANNOUNCED
    life.take(gone(MONDAY + 2 * HOUR, look=len(WAITS)))
    assert life.status is HireStatus.CANCELLED


def test_a_deleted_employee_who_has_not_started_is_cancelled() -> None:
    life = fetched().take(gone(MONDAY + HOUR, deleted=True))
    assert life.status is HireStatus.CANCELLED
    assert len(life.told(HireCancelled)) == 1


def test_a_deleted_employee_at_work_leaves_today() -> None:
    life = working()
    life.take(gone(life.now, deleted=True))
    [leaving] = life.told(HireLeaving)
    assert leaving.last_day == date(2026, 11, 26)
    life.wait(days=1)
    assert life.status is HireStatus.LEFT


def test_a_deleted_employee_of_no_hire_is_nobody() -> None:
    life = Life().take(gone(deleted=True))
    assert life.state is None
    assert life.timers == {}


def test_one_told_to_be_deleted_and_still_there_is_looked_at_again() -> None:
    life = fetched()
    life.take(found(MONDAY + HOUR, of=hint(MONDAY + HOUR, deleted=True)))
    assert life.status is HireStatus.ANNOUNCED
    assert life.due("LookAgain") is not None


def test_one_who_was_deleted_by_mistake_and_is_back_is_taken_up_again() -> None:
    life = fetched().take(gone(MONDAY + HOUR, deleted=True), found(MONDAY + 2 * HOUR))
    assert life.status is HireStatus.ANNOUNCED
    assert life.journey.period == 2


def test_a_last_day_beside_the_report_is_told() -> None:
    life = working()
    life.take(found(life.now, last_day=LAST_DAY))
    assert life.status is HireStatus.LEAVING
    assert life.told(HireLeaving)[0].last_day == LAST_DAY


def test_a_first_look_may_show_both_the_start_and_the_end() -> None:
    life = fetched(last_day=LAST_DAY)
    assert len(life.told(HireAnnounced)) == 1
    assert life.journey.last_day == LAST_DAY


def test_a_last_day_that_is_withdrawn_is_forgotten() -> None:
    life = working()
    life.take(found(life.now, last_day=LAST_DAY), found(life.now + HOUR))
    assert life.status is HireStatus.ACTIVE
    life.wait_until(datetime(2027, 4, 2, tzinfo=UTC))
    assert life.told(HireLeft) == []


def test_an_employment_that_is_over_ends_on_its_last_day() -> None:
    life = working()
    life.take(over(life.now + HOUR, date(2026, 11, 25))).wait(hours=2)
    assert life.status is HireStatus.LEFT


def test_an_employment_over_since_an_unknown_day_ends_today() -> None:
    life = working()
    life.take(over(life.now))
    assert life.journey.last_day == date(2026, 11, 26)


def test_a_hire_that_ends_before_it_begins_is_cancelled() -> None:
    life = fetched().take(found(MONDAY + HOUR, last_day=date(2026, 11, 20)))
    assert life.status is HireStatus.CANCELLED


def test_somebody_who_left_is_taken_up_again_with_a_new_start() -> None:
    life = working()
    life.take(over(life.now, date(2026, 11, 25))).wait(hours=2)
    life.take(found(life.now, starts_on=date(2027, 1, 11), changed_at=life.now))
    assert life.status is HireStatus.ANNOUNCED
    assert life.journey.period == 2


@pytest.mark.parametrize("reply", [over(MONDAY, LAST_DAY), over(MONDAY)], ids=["since", "unknown"])
def test_an_employment_over_before_it_was_known_is_no_hire(reply: EmployeeFound) -> None:
    life = Life().take(reply)
    assert life.state is None
    assert life.events == []


def test_a_fetch_given_up_leaves_the_hire_as_it_was() -> None:
    life = working()
    before = life.journey
    fetch = FetchEmployee(hire_id=HIRE, hint=hint(), known=True, ahead=False)
    body = fetch.model_dump_json()
    life.take(EffectFailed(effect=FetchEmployee.type, reason="location: unclear", body=body))
    assert life.journey == before
