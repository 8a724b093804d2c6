"""Tasks that wait for others, need evidence, are approved, handed on, or come with leaving."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from libs.common.contracts.console import Asked, TaskCompletionRequested
from libs.common.contracts.onboarding import (
    HireReady,
    HireStatus,
    RequestRefused,
    TaskAssigned,
    TaskDone,
    TaskDropped,
    TaskOverdue,
)
from libs.common.contracts.values import Owner
from libs.common.decider import Refused
from services.onboarding.commands import ApproveTask, CompleteTask, HandTask, RejectTask
from services.onboarding.identity.messages import EnsureIdentity, IdentityReady
from services.onboarding.model import TaskState
from tests.onboarding.life import HIRE, Life, begun, cancelled, leaving, peer_ready, reported

FRIDAY = date(2026, 12, 18)


def with_access(**changes: object) -> Life:
    """Cleared, and the adapters have done theirs."""
    life = begun(**changes).clear()
    asked = next(each for each in life.effects if isinstance(each, EnsureIdentity))
    account = IdentityReady(hire_id=HIRE, period=1, wish=asked.wish, account="7")
    return life.take(peer_ready(), account)


def equipped() -> Life:
    """With all that is needed to work."""
    life = with_access().do("device").do("device-posture", evidence="report 7")
    return life.do("monitoring-notice", evidence="notice 3")


def contractor() -> Life:
    return with_access(engagement="contractor")


def submitted() -> Life:
    return contractor().do("contractor-agreement", evidence="agreement 12")


def about(life: Life, key: str) -> list[TaskAssigned]:
    """How somebody was asked for a task, one time after the other."""
    task_id = life.task(key).plan.task_id
    return [each for each in life.told(TaskAssigned) if each.task_id == task_id]


class TestATaskThatWaits:
    def test_is_asked_of_nobody_until_it_can_begin(self) -> None:
        life = with_access()
        assert life.task("device-posture").state is TaskState.WAITING
        assert about(life, "device-posture") == []

        life.do("device")

        assert "device-posture" in life.open
        assert [each.owner for each in about(life, "device-posture")] == [Owner.IT]

    def test_keeps_a_hire_from_being_ready(self) -> None:
        life = with_access().do("monitoring-notice", evidence="notice 3").do("device")
        assert life.status is HireStatus.PROVISIONING

        assert life.do("device-posture", evidence="report 7").status is HireStatus.READY

    def test_is_not_due_before_it_was_asked_for(self) -> None:
        life = with_access().wait_until(datetime(2026, 11, 27, 9, tzinfo=UTC)).do("device")

        assert life.task("device-posture").plan.due_on == date(2026, 11, 27)
        life.take(reported(role="Data engineer"))
        assert life.task("device-posture").plan.due_on == date(2026, 11, 27), "planned anew"

    def test_is_dropped_without_a_word_when_the_hire_is_off(self) -> None:
        life = with_access()
        waiting = life.task("device-posture").plan.task_id

        life.take(cancelled())

        assert life.task("device-posture").state is TaskState.DROPPED
        assert waiting not in {each.task_id for each in life.told(TaskDropped)}


class TestReadiness:
    def test_waits_for_nothing_that_can_be_done_later(self) -> None:
        life = equipped()

        assert life.status is HireStatus.READY
        assert len(life.told(HireReady)) == 1
        assert life.open == {"introduction", "payroll", "security-training"}

    def test_is_not_lost_by_what_is_done_later(self) -> None:
        life = equipped().do("payroll")

        assert life.status is HireStatus.READY
        assert len(life.told(HireReady)) == 1


class TestEvidence:
    def test_is_kept_with_the_task(self) -> None:
        life = equipped()
        assert life.task("device-posture").evidence == "report 7"

    def test_is_asked_for(self) -> None:
        life = with_access().do("device")
        with pytest.raises(Refused, match="the number of the posture report"):
            life.do("device-posture")
        assert "device-posture" in life.open


class TestApproval:
    def test_is_asked_of_the_approver(self) -> None:
        life = submitted()

        assert [(each.owner, each.title) for each in about(life, "contractor-agreement")] == [
            (Owner.HR, "Have the agreement signed and invoicing set up"),
            (Owner.LEGAL, "Approve: Have the agreement signed and invoicing set up"),
        ]
        assert life.task("contractor-agreement").turn is Owner.LEGAL
        done = {each.task_id for each in life.told(TaskDone)}
        assert life.task("contractor-agreement").plan.task_id not in done

    def test_closes_the_task(self) -> None:
        life = submitted()
        task_id = life.task("contractor-agreement").plan.task_id

        life.take(ApproveTask(task_id=task_id))

        assert life.task("contractor-agreement").state is TaskState.DONE
        assert life.told(TaskDone)[-1].task_id == task_id

    def test_refused_gives_the_task_back_with_the_reason(self) -> None:
        life = submitted()
        task_id = life.task("contractor-agreement").plan.task_id

        life.take(RejectTask(task_id=task_id, reason="page 3 is not signed"))

        last = about(life, "contractor-agreement")[-1]
        assert (last.owner, last.why) == (Owner.HR, "It was sent back: page 3 is not signed")
        assert life.task("contractor-agreement").evidence is None
        life.do("contractor-agreement", evidence="agreement 12, second copy")
        assert life.task("contractor-agreement").turn is Owner.LEGAL

    def test_that_is_late_is_called_late_to_the_approver(self) -> None:
        life = submitted().wait_until(datetime(2026, 11, 24, 18, tzinfo=UTC))
        task_id = life.task("contractor-agreement").plan.task_id
        late = [each for each in life.told(TaskOverdue) if each.task_id == task_id]
        assert [(each.owner, each.title[:8]) for each in late] == [(Owner.LEGAL, "Approve:")]

    @pytest.mark.parametrize("verb", [ApproveTask, RejectTask])
    def test_of_what_was_not_submitted_is_refused(
        self, verb: type[ApproveTask | RejectTask]
    ) -> None:
        life = contractor()
        told = {"task_id": life.task("contractor-agreement").plan.task_id, "reason": "no"}
        with pytest.raises(Refused, match="is not submitted, it is open"):
            life.take(verb.model_validate(told))

    def test_is_not_approved_by_the_account_that_submitted_it(self) -> None:
        life, ada, bo = contractor(), UUID(int=1), UUID(int=2)
        task_id = life.task("contractor-agreement").plan.task_id
        life.take(CompleteTask(task_id=task_id, evidence="agreement 12", by=ada))
        with pytest.raises(Refused, match="somebody else has to look"):
            life.take(ApproveTask(task_id=task_id, by=ada))

        life.take(ApproveTask(task_id=task_id, by=bo))
        assert life.task("contractor-agreement").state is TaskState.DONE

    def test_in_the_console_needs_another_account_too(self) -> None:
        life = contractor()
        for turn in (Owner.HR, Owner.LEGAL):
            asked = Asked(request_id=UUID(int=7), account=UUID(int=1), asked_at=life.now)
            request = TaskCompletionRequested(
                hire_id=HIRE,
                asked=asked,
                task_id=life.task("contractor-agreement").plan.task_id,
                turn=turn,
                evidence="agreement 12",
            )
            life.take(request)

        assert ["somebody else" in each.why for each in life.told(RequestRefused)] == [True]

    def test_is_no_second_time_to_do_it(self) -> None:
        with pytest.raises(Refused, match="is not open, it is submitted"):
            submitted().do("contractor-agreement", evidence="once more")


class TestATaskHandedOn:
    def test_is_asked_of_the_other(self) -> None:
        life = with_access()
        task_id = life.task("introduction").plan.task_id

        life.take(HandTask(task_id=task_id, to=Owner.HR))

        assert [each.owner for each in about(life, "introduction")] == [Owner.MANAGER, Owner.HR]
        assert life.task("introduction").turn is Owner.HR

    def test_cannot_go_to_who_has_it_or_approves_it(self) -> None:
        life = contractor()
        task_id = life.task("contractor-agreement").plan.task_id
        with pytest.raises(Refused, match="hr has this task already"):
            life.take(HandTask(task_id=task_id, to=Owner.HR))
        with pytest.raises(Refused, match="legal approves this task"):
            life.take(HandTask(task_id=task_id, to=Owner.LEGAL))

    def test_a_question_stays_with_whom_it_was_asked_of(self) -> None:
        life = begun().ask()
        task_id = life.task("question.terms.probation").plan.task_id
        with pytest.raises(Refused, match="by the role it was asked of"):
            life.take(HandTask(task_id=task_id, to=Owner.MANAGER))

    def test_of_an_adapter_stays_there(self) -> None:
        life = begun().clear()
        with pytest.raises(Refused, match="an adapter does this task"):
            life.take(HandTask(task_id=life.task("vpn").plan.task_id, to=Owner.HR))


class TestLeaving:
    def test_asks_for_the_handover_and_the_equipment(self) -> None:
        life = equipped().wait_until(datetime(2026, 12, 1, 12, tzinfo=UTC)).take(leaving(FRIDAY))

        assert {"knowledge-handover", "equipment-return"} <= life.open
        assert life.task("knowledge-handover").plan.due_on == date(2026, 12, 17)
        assert life.status is HireStatus.LEAVING

    def test_on_another_day_moves_them(self) -> None:
        life = equipped().wait_until(datetime(2026, 12, 1, 12, tzinfo=UTC)).take(leaving(FRIDAY))

        life.wait(hours=1).take(leaving(date(2026, 12, 11)))

        assert life.task("equipment-return").plan.due_on == date(2026, 12, 11)
        assert len(about(life, "equipment-return")) == 1, "moved, and not asked for again"

    def test_ends_what_was_still_to_be_done(self) -> None:
        life = equipped().wait_until(datetime(2026, 12, 1, 12, tzinfo=UTC)).take(leaving(FRIDAY))

        life.wait_until(datetime(2026, 12, 19, tzinfo=UTC))

        assert life.status is HireStatus.LEFT
        assert life.open == set()
