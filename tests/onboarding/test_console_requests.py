"""What people ask of a hire in the console is decided like a command, and refused in words."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from libs.common.contracts.console import (
    AccessRestorationRequested,
    AccessWithholdingRequested,
    Asked,
    CancellationRequested,
    StartMoveRequested,
    TaskCompletionRequested,
    TaskReassignmentRequested,
)
from libs.common.contracts.onboarding import (
    AccessGranted,
    AccessRevoked,
    HireBlocked,
    HireChanged,
    HireStatus,
    QuestionAnswered,
    RequestRefused,
    TaskAssigned,
)
from libs.common.contracts.values import Owner
from libs.common.message import Event
from services.onboarding.model import TaskState
from services.onboarding.vpn.messages import RevokePeer
from tests.onboarding.life import (
    HIRE,
    MONDAY,
    START,
    Life,
    at_work,
    begun,
    cancelled,
    peer_gone,
    peer_ready,
    reported,
)

pytestmark = pytest.mark.usefixtures("only_laptop_and_vpn")

REQUEST = UUID(int=77)
ASKED = Asked(request_id=REQUEST, account=UUID(int=78), asked_at=MONDAY)
NOBODYS = UUID(int=79)
LATER = START + timedelta(days=7)


def completion(life: Life, key: str, answer: str | None = None) -> TaskCompletionRequested:
    task = life.task(key)
    return TaskCompletionRequested(
        hire_id=HIRE, asked=ASKED, task_id=task.plan.task_id, turn=task.turn, answer=answer
    )


def reassignment(life: Life, key: str, owner: Owner) -> TaskReassignmentRequested:
    task_id = life.task(key).plan.task_id
    return TaskReassignmentRequested(
        hire_id=HIRE, asked=ASKED, task_id=task_id, owner=owner, why="At hand."
    )


def move(day: Any = LATER) -> StartMoveRequested:
    return StartMoveRequested(hire_id=HIRE, asked=ASKED, starts_on=day, why="Agreed.")


def cancellation() -> CancellationRequested:
    return CancellationRequested(hire_id=HIRE, asked=ASKED, why="Withdrew.")


def withholding(resource: str = "vpn") -> AccessWithholdingRequested:
    return AccessWithholdingRequested(hire_id=HIRE, asked=ASKED, resource=resource, why="Stolen.")


def restoration(resource: str = "vpn") -> AccessRestorationRequested:
    return AccessRestorationRequested(hire_id=HIRE, asked=ASKED, resource=resource, why="Safe.")


def test_a_task_is_closed_on_request() -> None:
    life = begun().clear().take(peer_ready())
    life.take(completion(life, "device"))

    assert life.status is HireStatus.READY


def test_who_saw_another_turn_than_it_is_by_now_is_refused() -> None:
    life = begun().clear()
    seen = completion(life, "device")
    life.take(reassignment(life, "device", Owner.MANAGER), seen)

    assert ["the turn of manager" in each.why for each in life.told(RequestRefused)] == [True]


def test_a_text_that_cannot_be_kept_is_refused_and_no_defect() -> None:
    life = begun().clear()
    life.take(completion(life, "device").evolve(evidence="two\nlines"))

    assert ["line breaks" in each.why for each in life.told(RequestRefused)] == [True]


def test_an_answer_goes_to_compliance() -> None:
    life = begun().ask()
    life.take(completion(life, "question.terms.probation", "P90D"))

    assert [each.answer for each in life.told(QuestionAnswered)] == ["P90D"]


def test_a_task_given_to_another_role_is_theirs_even_when_the_plan_moves() -> None:
    life = begun().clear()
    life.take(reassignment(life, "device", Owner.MANAGER))
    assert [each.owner for each in life.told(TaskAssigned)][-1] is Owner.MANAGER

    life.take(move())
    task = life.task("device")
    assert (task.owner, task.state) == (Owner.MANAGER, TaskState.OPEN)


def test_the_start_moves_and_the_tasks_with_it() -> None:
    life = begun().clear()
    due = life.task("device").plan.due_on
    life.take(move())

    assert [each.changed for each in life.told(HireChanged)] == [("starts_on",)]
    assert life.journey.profile.starts_on == LATER
    assert life.task("device").plan.due_on > due


def test_a_hire_is_called_off() -> None:
    life = begun().provisioned().take(cancellation())

    assert life.status is HireStatus.CANCELLED
    assert life.effects[-1] == RevokePeer(hire_id=HIRE)


def test_access_that_is_withheld_ends_and_blocks_until_it_is_restored() -> None:
    life = at_work().take(withholding())
    assert life.effects[-1] == RevokePeer(hire_id=HIRE)
    assert life.status is HireStatus.BLOCKED
    assert [each.owner for each in life.told(HireBlocked)] == [Owner.IT]
    life.take(peer_gone())
    assert len(life.told(AccessRevoked)) == 1

    life.take(restoration()).take(peer_ready(period=2))
    assert life.status is HireStatus.ACTIVE
    assert len(life.told(AccessGranted)) == 2


def test_what_was_withheld_is_nobodys_matter_once_the_hire_is_over() -> None:
    life = begun().provisioned().take(withholding(), peer_gone(), cancelled())

    assert life.status is HireStatus.CANCELLED
    assert life.journey.needs("vpn") is False


def test_what_was_withheld_stays_so_for_one_taken_up_again_until_it_is_restored() -> None:
    life = begun().provisioned().take(withholding(), peer_gone(), cancelled())
    life.wait(days=1).take(reported()).clear()
    assert life.status is HireStatus.BLOCKED
    assert not life.journey.needs("vpn")

    life.take(restoration())
    assert life.status is HireStatus.PROVISIONING
    assert life.journey.needs("vpn")


@pytest.mark.parametrize(
    ("live", "request_of", "why"),
    [
        pytest.param(Life, cancellation(), "no such hire", id="nobody knows the hire"),
        pytest.param(
            lambda: begun().take(cancelled()), move(), "was cancelled", id="the hire was cancelled"
        ),
        pytest.param(at_work, move(), "has begun", id="the first day has begun"),
        pytest.param(begun, move(START), "already", id="it starts on that day"),
        pytest.param(begun, move("2199-01-01"), "must lie between", id="a slip of the year"),
        pytest.param(at_work, cancellation(), "last day", id="cancelled after the start"),
        pytest.param(begun, withholding("badge"), "vpn", id="no such resource"),
        pytest.param(begun, restoration(), "not ended by hand", id="nothing was withheld"),
        pytest.param(
            lambda: begun().take(withholding()), withholding(), "already", id="withheld twice"
        ),
        pytest.param(
            begun,
            TaskCompletionRequested(hire_id=HIRE, asked=ASKED, task_id=NOBODYS, turn=Owner.IT),
            "no such task",
            id="no such task",
        ),
        pytest.param(
            begun,
            TaskReassignmentRequested(
                hire_id=HIRE, asked=ASKED, task_id=NOBODYS, owner=Owner.IT, why="At hand."
            ),
            "no such task",
            id="no such task to give away",
        ),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(
    live: Callable[[], Life], request_of: Event, why: str
) -> None:
    life = live()
    decision = life.decide(request_of)

    (refused,) = decision.emit
    assert isinstance(refused, RequestRefused)
    assert why in refused.why
    assert (refused.request_id, decision.state) == (REQUEST, life.state)


def test_a_task_that_an_adapter_does_is_given_to_nobody() -> None:
    life = begun().clear()
    life.take(reassignment(life, "vpn", Owner.HR))

    assert ["adapter" in each.why for each in life.told(RequestRefused)] == [True]


def test_a_task_is_not_given_to_whose_it_is() -> None:
    life = begun().clear()
    life.take(reassignment(life, "device", Owner.IT))

    assert ["already" in each.why for each in life.told(RequestRefused)] == [True]
