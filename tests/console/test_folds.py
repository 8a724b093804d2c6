"""What the console knows of a hire follows from the events alone, whichever service comes first."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.contracts.console import (
    AccessRestorationRequested,
    AccessWithholdingRequested,
    Asked,
)
from libs.common.contracts.notify import MessageHeld, MessageSent
from libs.common.contracts.onboarding import (
    AccessGranted,
    AccessRevoked,
    HireCancelled,
    HireStatus,
    RequestRefused,
    TaskDone,
    TaskDropped,
    TaskKind,
    TaskMoved,
    TaskOverdue,
)
from libs.common.contracts.values import Owner
from libs.common.message import Event
from services.console.folds import fold
from services.console.hire import Attention, Hire, TaskState
from tests.console.hires import (
    ALICE,
    LAPTOP,
    NOW,
    START,
    announced,
    assigned,
    blocked,
    decided,
    stands,
)

OVERDUE = TaskOverdue(
    hire_id=ALICE, task_id=LAPTOP, title="-", owner=Owner.IT, due_on=START, escalation=1
)
DONE = TaskDone(hire_id=ALICE, task_id=LAPTOP, kind=TaskKind.DEVICE, done_at=NOW)
DROPPED = TaskDropped(hire_id=ALICE, task_id=LAPTOP, why="The hire was cancelled.")
MOVED = TaskMoved(hire_id=ALICE, task_id=LAPTOP, due_on=START, timezone="Europe/Lisbon")
GRANTED = AccessGranted(hire_id=ALICE, resource="vpn", granted_at=NOW)
REVOKED = AccessRevoked(hire_id=ALICE, resource="vpn", revoked_at=NOW + timedelta(hours=1))
LETTER = UUID(int=21)
HELD = MessageHeld(
    hire_id=ALICE,
    message_id=LETTER,
    recipient=Owner.WORKER,
    not_before=NOW,
    reason="It is 21:40 in Europe/Lisbon.",
    rule="working-hours@1",
)
SENT = MessageSent(
    hire_id=ALICE, message_id=LETTER, recipient=Owner.WORKER, channel="email", sent_at=NOW
)


def after(*events: Event) -> Hire:
    hire: Hire | None = None
    for event in events:
        hire = fold(hire, event, NOW)
    assert hire is not None
    return hire


@pytest.mark.parametrize(
    ("events", "attention", "turn"),
    [
        pytest.param((announced(),), Attention.WAITING, (), id="just announced"),
        pytest.param((announced(), assigned()), Attention.WAITING, (Owner.IT,), id="a task"),
        pytest.param(
            (announced(), assigned(), OVERDUE), Attention.LATE, (Owner.IT,), id="a late task"
        ),
        pytest.param(
            (announced(), assigned(), OVERDUE, MOVED),
            Attention.WAITING,
            (Owner.IT,),
            id="a late task that was moved",
        ),
        pytest.param(
            (announced(), assigned(), stands(HireStatus.BLOCKED), blocked()),
            Attention.BLOCKED,
            (Owner.LEGAL,),
            id="blocked: only who can resolve it",
        ),
        pytest.param(
            (announced(), stands(HireStatus.BLOCKED), blocked(), stands(HireStatus.CHECKING)),
            Attention.WAITING,
            (),
            id="blocked no more",
        ),
        pytest.param(
            (announced(), assigned(), DONE, stands(HireStatus.READY)),
            Attention.CALM,
            (),
            id="ready",
        ),
        pytest.param(
            (announced(), assigned(), DROPPED, stands(HireStatus.CANCELLED)),
            Attention.OVER,
            (),
            id="cancelled",
        ),
        pytest.param(
            (
                announced(),
                stands(HireStatus.BLOCKED),
                blocked(owner=Owner.LEGAL),
                stands(HireStatus.CANCELLED),
            ),
            Attention.OVER,
            (),
            id="cancelled while the law stood in the way",
        ),
        pytest.param(
            (announced(), stands(HireStatus.LEFT), blocked(owner=Owner.IT)),
            Attention.BLOCKED,
            (Owner.IT,),
            id="left, and access could not be ended",
        ),
        pytest.param(
            (announced(), GRANTED, stands(HireStatus.LEFT), blocked(owner=Owner.IT), REVOKED),
            Attention.OVER,
            (),
            id="left, and access has ended at last",
        ),
    ],
)
def test_whose_turn_it_is_and_how_urgent(
    events: Sequence[Event], attention: Attention, turn: tuple[Owner, ...]
) -> None:
    hire = after(*events)

    assert (hire.attention, hire.turn) == (attention, turn)


def test_access_is_held_from_a_grant_to_its_end_and_again() -> None:
    hire = after(announced(), GRANTED, REVOKED, GRANTED)

    assert [(each.since, each.until) for each in hire.access] == [
        (NOW, REVOKED.revoked_at),
        (NOW, None),
    ]


def test_access_that_was_withheld_stays_so_for_one_taken_up_again_until_it_is_restored() -> None:
    asked = Asked(request_id=UUID(int=31), account=UUID(int=32), asked_at=NOW)
    withheld = AccessWithholdingRequested(hire_id=ALICE, asked=asked, resource="vpn", why="Stolen.")
    restored = AccessRestorationRequested(hire_id=ALICE, asked=asked, resource="vpn", why="Found.")
    again = (announced(), withheld, stands(HireStatus.CANCELLED), announced())

    assert after(*again).ended_by_hand("vpn")
    assert not after(*again, restored).ended_by_hand("vpn")


def _asked(number: int) -> Asked:
    return Asked(request_id=UUID(int=number), account=UUID(int=32), asked_at=NOW)


def _end(number: int) -> AccessWithholdingRequested:
    return AccessWithholdingRequested(
        hire_id=ALICE, asked=_asked(number), resource="vpn", why="Stolen."
    )


def _restore(number: int) -> AccessRestorationRequested:
    return AccessRestorationRequested(
        hire_id=ALICE, asked=_asked(number), resource="vpn", why="Found."
    )


def _refuse(number: int) -> RequestRefused:
    return RequestRefused(hire_id=ALICE, request_id=UUID(int=number), why="this hire is over")


@pytest.mark.parametrize(
    ("events", "ended"),
    [
        pytest.param((_end(1),), True, id="asked for"),
        pytest.param((_end(1), _refuse(1)), False, id="asked for and refused"),
        pytest.param((_refuse(1), _end(1)), False, id="the refusal is read before its request"),
        pytest.param((_end(1), _end(2), _refuse(2)), True, id="asked for again, and refused"),
        pytest.param((_end(1), _restore(2)), False, id="restored"),
        pytest.param((_end(1), _restore(2), _refuse(2)), True, id="not restored"),
        pytest.param((_restore(1), _refuse(1)), False, id="nothing to restore"),
    ],
)
def test_a_refused_request_does_not_end_or_restore_access(
    events: Sequence[Event], *, ended: bool
) -> None:
    assert after(announced(), *events).ended_by_hand("vpn") is ended


def test_a_message_that_waited_and_was_sent_is_one_message() -> None:
    assert [letter.state for letter in after(HELD, SENT).letters] == ["sent"]


def test_an_older_decision_never_takes_the_place_of_a_newer_one() -> None:
    hire = after(decided(version=2), decided(version=1))

    assert hire.decided is not None
    assert hire.decided.version == 2


def test_a_task_is_done_once_it_was_told_so() -> None:
    task = after(assigned(), DONE).task(LAPTOP)

    assert task is not None
    assert (task.state, task.closed_at) == (TaskState.DONE, NOW)


def test_an_event_that_changes_nothing_here_is_no_trouble() -> None:
    hire = after(announced(), HireCancelled(hire_id=ALICE, cancelled_at=NOW))

    assert hire.status is HireStatus.ANNOUNCED


ONBOARDING = (announced(), assigned(), stands(HireStatus.PROVISIONING), OVERDUE, GRANTED, DONE)
COMPLIANCE = (decided(version=1), decided(version=2))
NOTIFY = (HELD, SENT)


@given(st.data())
def test_services_may_be_read_in_any_order(data: st.DataObject) -> None:
    left = [list(each) for each in (ONBOARDING, COMPLIANCE, NOTIFY)]
    mixed: list[Event] = []
    while any(left):
        chosen = data.draw(st.sampled_from([each for each in left if each]))
        mixed.append(chosen.pop(0))

    assert after(*mixed) == after(*ONBOARDING, *COMPLIANCE, *NOTIFY)
