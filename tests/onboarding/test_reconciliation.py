"""What hints missed is asked for: from where the last answer ended, and never in two places."""

from datetime import UTC, datetime, timedelta

from libs.common.decider import Decision, SetTimer
from libs.common.message import EffectFailed, Message
from services.onboarding.reconciliation import (
    EVERY,
    FIRST_LOOK_BACK,
    OVERLAP,
    ChangesListed,
    ListChanges,
    Reconcile,
    ReconcileDue,
    Reconciliation,
    reconciliation,
)

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SINCE = NOW - timedelta(hours=3)


def decide(state: Reconciliation | None, message: Message) -> Decision[Reconciliation]:
    return reconciliation.rules[message.type].decide(state, message, NOW)


def listed(latest: datetime | None) -> ChangesListed:
    return ChangesListed(latest=latest, changed=1 if latest else 0, asked_at=NOW)


def test_the_first_question_looks_back_a_day_and_the_next_is_set() -> None:
    decision = decide(None, ReconcileDue())
    assert decision.effects == (ListChanges(since=NOW - FIRST_LOOK_BACK),)
    assert decision.timers == (SetTimer(NOW + EVERY, ReconcileDue()),)


def test_a_question_out_of_turn_leaves_the_next_one_where_it_is() -> None:
    decision = decide(Reconciliation(since=SINCE), Reconcile())
    assert decision.effects == (ListChanges(since=SINCE),)
    assert decision.timers == ()


def test_the_next_question_begins_just_before_the_last_change_told() -> None:
    known = decide(Reconciliation(since=SINCE), listed(NOW)).state
    assert known == Reconciliation(since=NOW - OVERLAP, asked_at=NOW, changed=1)


def test_where_nobody_changed_the_next_question_is_the_same() -> None:
    known = decide(Reconciliation(since=SINCE), listed(None)).state
    assert known is not None
    assert known.since == SINCE


def test_an_older_answer_that_arrives_later_does_not_turn_time_back() -> None:
    known = decide(Reconciliation(since=SINCE), listed(SINCE - timedelta(days=1))).state
    assert known is not None
    assert known.since == SINCE


def test_a_question_that_failed_is_shown_until_one_is_answered() -> None:
    body = ListChanges(since=SINCE).model_dump_json()
    failed = EffectFailed(effect=ListChanges.type, reason="no key", body=body)
    known = decide(Reconciliation(since=SINCE), failed).state
    assert known == Reconciliation(since=SINCE, trouble="no key")
    answered = decide(known, listed(NOW)).state
    assert answered is not None
    assert answered.trouble is None
