"""The life of one hire, rule by rule: the decider of the journey as a specification."""

from datetime import UTC, date, datetime, timedelta

import pytest

from libs.common.contracts.compliance import LawInDoubt, Verdict, Waiver
from libs.common.contracts.onboarding import (
    AccessGranted,
    HireAnnounced,
    HireBlocked,
    HireChanged,
    HireReady,
    HireStarted,
    HireStatus,
    HireStatusChanged,
    QuestionAnswered,
    TaskAssigned,
    TaskDone,
    TaskDropped,
    TaskDueToday,
    TaskMoved,
    TaskOverdue,
)
from libs.common.contracts.values import Owner
from libs.common.decider import Decision, Refused
from libs.common.message import Message
from services.onboarding import hire_rules
from services.onboarding.api import HireView
from services.onboarding.commands import (
    CompleteTask,
    FirstDay,
    LastDayOver,
    TaskDeadline,
    TaskReminder,
)
from services.onboarding.standing import blocks
from services.onboarding.vpn.messages import EnsurePeer
from tests.onboarding.life import (
    HIRE,
    MONDAY,
    START,
    Life,
    at_work,
    begun,
    cancelled,
    gave_up,
    leaving,
    not_met,
    peer_gone,
    peer_ready,
    profile,
    question,
    reported,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

pytestmark = pytest.mark.usefixtures("only_laptop_and_vpn")


class TestTheWayToTheFirstDay:
    def test_a_report_announces_the_hire(self) -> None:
        life = begun()

        assert life.events == [
            HireAnnounced(hire_id=HIRE, announced_at=MONDAY, profile=profile()),
            HireStatusChanged(
                hire_id=HIRE, before=None, status=HireStatus.ANNOUNCED, changed_at=MONDAY
            ),
        ]
        assert life.due("FirstDay") == datetime(2026, 11, 26, 9, tzinfo=UTC)
        assert life.open == set()

    def test_what_compliance_asks_is_asked(self) -> None:
        life = begun().ask()

        assert life.status is HireStatus.CHECKING
        (asked,) = life.told(TaskAssigned)
        assert (asked.title, asked.owner) == ("How long is the probation?", Owner.HR)
        assert life.effects == []

    def test_all_clear_begins_provisioning(self) -> None:
        life = begun().clear()

        assert life.status is HireStatus.PROVISIONING
        assert life.open == {"device", "vpn"}
        assert life.effects == [EnsurePeer(hire_id=HIRE, period=1)]

    def test_with_every_task_done_the_hire_is_ready(self) -> None:
        life = begun().provisioned()

        assert life.status is HireStatus.READY
        (ready,) = life.told(HireReady)
        assert (ready.announced_at, ready.starts_on) == (MONDAY, START)
        assert len(life.told(AccessGranted)) == 1
        assert len(life.told(TaskDone)) == 2

    def test_one_task_is_not_every_task(self) -> None:
        assert begun().clear().do("device").told(HireReady) == []
        assert begun().clear().take(peer_ready()).told(HireReady) == []

    def test_a_first_day_after_ready_begins_with_the_working_day_there(self) -> None:
        life = begun().provisioned()
        life.wait_until(datetime(2026, 11, 26, 8, 59, tzinfo=UTC))
        assert life.status is HireStatus.READY

        life.wait(minutes=1)

        assert life.status is HireStatus.ACTIVE
        assert [each.started_at for each in life.told(HireStarted)] == [life.now]

    def test_a_first_day_before_ready_waits_for_ready(self) -> None:
        life = begun().clear().take(peer_ready()).wait_until(datetime(2026, 11, 27, tzinfo=UTC))
        assert (life.status, life.told(HireStarted)) == (HireStatus.PROVISIONING, [])

        life.do("device")

        assert life.status is HireStatus.ACTIVE
        assert len(life.told(HireReady)) == len(life.told(HireStarted)) == 1

    def test_a_first_day_while_people_are_asked_changes_nothing(self) -> None:
        life = begun().ask().wait_until(datetime(2026, 11, 30, tzinfo=UTC))

        assert life.status is HireStatus.CHECKING

    def test_every_change_of_status_is_told_once_and_in_order(self) -> None:
        life = begun().ask().do("question.terms.probation", "P90D").provisioned()
        life.wait_until(datetime(2026, 11, 27, tzinfo=UTC))

        stations = [each.status.value for each in life.told(HireStatusChanged)]
        assert stations == ["announced", "checking", "provisioning", "ready", "active"]
        befores = [each.before for each in life.told(HireStatusChanged)]
        assert befores == [None, *(HireStatus(each) for each in stations[:-1])]


class TestReports:
    def test_the_same_report_twice_is_one_hire(self) -> None:
        life = begun()
        before = list(life.events)

        life.take(reported())

        assert life.events == before

    @pytest.mark.parametrize(
        ("days_ago", "is_hire"),
        [
            pytest.param(30, True, id="began thirty days ago"),
            pytest.param(31, False, id="one day longer at work"),
        ],
    )
    def test_where_everybody_is_reported_only_a_newcomer_is_a_hire(
        self, days_ago: int, *, is_hire: bool
    ) -> None:
        told = reported(starts_on=MONDAY.date() - days_ago * DAY)

        decision = hire_rules.report(None, told.model_copy(update={"newcomers_only": True}), MONDAY)

        assert (decision.state is not None) is is_hire
        assert bool(decision.emit) is is_hire

    def test_what_is_other_is_told_by_name(self) -> None:
        life = begun().take(reported(role="Data engineer", manager=f"sealed.v1.{HIRE}.bQ"))

        (changed,) = life.told(HireChanged)
        assert changed.changed == ("role", "manager")
        assert life.journey.profile.role == "Data engineer"

    def test_an_older_report_that_comes_late_is_old(self) -> None:
        life = Life().take(reported(role="new", at=MONDAY), reported(role="old", at=MONDAY - HOUR))

        assert life.journey.profile.role == "new"
        assert life.told(HireChanged) == []

    def test_what_was_true_again_later_is_not_undone_by_what_was_true_between(self) -> None:
        life = Life().take(
            reported(role="A", at=MONDAY - 3 * HOUR),
            reported(role="A", at=MONDAY - 1 * HOUR),
            reported(role="B", at=MONDAY - 2 * HOUR),
        )

        assert life.journey.profile.role == "A"

    def test_of_two_reports_of_one_moment_the_one_that_comes_last_counts(self) -> None:
        life = Life().take(reported(role="A", at=MONDAY), reported(role="B", at=MONDAY))

        assert life.journey.profile.role == "B"

    def test_a_report_without_a_time_is_of_the_moment_it_comes(self) -> None:
        life = begun(role="A").wait(hours=1)

        life.take(reported(role="old", at=MONDAY - HOUR), reported(role="B"))

        assert [each.profile.role for each in life.told(HireChanged)] == ["B"]

    def test_a_report_from_the_future_does_not_silence_those_that_follow(self) -> None:
        life = Life().take(reported(role="A", at=MONDAY + 10 * DAY)).wait(hours=1)

        life.take(reported(role="B", at=life.now))

        assert life.journey.profile.role == "B"


class TestAStartThatMoves:
    def test_later_moves_what_hangs_on_it(self) -> None:
        life = begun().clear().take(reported(starts_on=date(2026, 12, 3)))

        (moved,) = life.told(TaskMoved)
        assert (moved.task_id, moved.due_on) == (
            life.task("device").plan.task_id,
            date(2026, 11, 30),
        )
        assert life.due("TaskDeadline", "device") == datetime(2026, 11, 30, 17, tzinfo=UTC)
        assert life.due("TaskReminder", "device") == datetime(2026, 11, 30, 9, tzinfo=UTC)
        assert life.due("FirstDay") == datetime(2026, 12, 3, 9, tzinfo=UTC)
        assert len(life.told(TaskAssigned)) == 2, "nothing is assigned twice"

    def test_earlier_moves_it_too(self) -> None:
        life = begun().clear().take(reported(starts_on=date(2026, 11, 20)))

        assert [each.due_on for each in life.told(TaskMoved)] == [date(2026, 11, 18)]

    def test_too_close_makes_it_due_as_soon_as_possible(self) -> None:
        life = begun().clear().take(reported(starts_on=date(2026, 11, 17)))

        assert life.task("device").plan.due_on == MONDAY.date()
        assert life.due("TaskReminder", "device") is None, "the morning is over"

    def test_into_the_past_of_one_who_is_ready_starts_at_once(self) -> None:
        life = begun().provisioned().take(reported(starts_on=date(2026, 11, 13))).wait(seconds=0)

        assert life.status is HireStatus.ACTIVE
        assert [each.started_at for each in life.told(HireStarted)] == [MONDAY]

    def test_into_the_past_of_one_who_is_not_ready_starts_with_readiness(self) -> None:
        life = begun().clear().take(reported(starts_on=date(2026, 11, 13))).wait(seconds=0)
        assert life.status is HireStatus.PROVISIONING

        assert life.take(peer_ready()).do("device").status is HireStatus.ACTIVE

    def test_there_and_back_before_anything_was_planned_changes_no_plan(self) -> None:
        life = begun().take(reported(starts_on=date(2026, 12, 3)), reported()).clear()

        assert life.task("device").plan.due_on == date(2026, 11, 24)
        assert life.due("FirstDay") == datetime(2026, 11, 26, 9, tzinfo=UTC)

    def test_into_the_future_of_one_at_work_means_that_work_begins_then(self) -> None:
        life = at_work().take(reported(starts_on=date(2026, 12, 3)))
        assert life.status is HireStatus.READY

        life.wait_until(datetime(2026, 12, 3, 9, tzinfo=UTC))

        assert life.status is HireStatus.ACTIVE
        assert len(life.told(HireStarted)) == 2
        assert len(life.told(HireReady)) == 1, "readiness was never lost"

    def test_an_earlier_past_of_one_at_work_is_no_news_to_the_first_day(self) -> None:
        life = at_work().take(reported(starts_on=date(2026, 11, 2))).wait(days=1)

        assert life.status is HireStatus.ACTIVE
        assert len(life.told(HireStarted)) == 1

    def test_what_is_done_stays_done(self) -> None:
        life = begun().provisioned().take(reported(starts_on=date(2026, 12, 3)))

        assert life.status is HireStatus.READY
        assert life.told(TaskMoved) == []

    def test_what_is_late_already_is_late_since_then(self) -> None:
        life = begun().clear().take(peer_ready())
        life.wait_until(datetime(2026, 11, 25, 20, tzinfo=UTC))
        assert life.task("device").overdue == 2

        life.take(reported(starts_on=date(2026, 11, 25))).clear()

        assert life.task("device").plan.due_on == date(2026, 11, 24)
        assert life.task("device").overdue == 2

    def test_what_is_late_is_late_no_more_once_the_start_moves_away(self) -> None:
        life = begun().clear().take(peer_ready())
        life.wait_until(datetime(2026, 11, 25, 20, tzinfo=UTC))

        life.take(reported(starts_on=date(2026, 12, 10)))

        assert life.task("device").overdue == 0
        assert life.due("TaskDeadline", "device") == datetime(2026, 12, 7, 17, tzinfo=UTC)


class TestAnotherPlace:
    def test_another_country_is_checked_by_its_own_law(self) -> None:
        life = begun().ask().take(reported(jurisdiction="DE", timezone="Europe/Berlin"))

        assert life.status is HireStatus.ANNOUNCED
        assert life.open == set(), "what the old law asked is asked no more"
        assert life.clear().status is HireStatus.PROVISIONING

    def test_a_decision_about_the_old_country_that_comes_late_is_not_followed(self) -> None:
        life = begun().take(reported(jurisdiction="DE"))

        life.check(Verdict.CLEAR, jurisdiction="PT")
        assert life.status is HireStatus.ANNOUNCED
        assert life.clear().status is HireStatus.PROVISIONING

    def test_a_decision_about_the_old_start_that_comes_late_is_not_followed(self) -> None:
        life = begun().take(reported(starts_on=date(2026, 12, 3)))

        assert life.check(Verdict.CLEAR, effective_on=START).status is HireStatus.ANNOUNCED

    def test_tasks_under_way_take_the_calendar_of_the_new_country(self) -> None:
        life = begun(starts_on=date(2026, 12, 9)).clear()
        assert life.task("device").plan.due_on == date(2026, 12, 4)

        life.take(reported(starts_on=date(2026, 12, 9), jurisdiction="DE"))

        assert life.task("device").plan.due_on == date(2026, 12, 7)
        assert len(life.told(TaskAssigned)) == 2

    def test_access_and_what_is_done_outlive_a_move(self) -> None:
        life = begun().provisioned().take(reported(jurisdiction="DE")).clear()

        assert life.status is HireStatus.READY
        assert life.effects == [EnsurePeer(hire_id=HIRE, period=1)]
        assert len(life.told(HireReady)) == 2, "readiness under the new law is told"

    def test_somebody_at_work_who_moves_is_changing_until_that_is_clear(self) -> None:
        life = at_work().take(reported(jurisdiction="DE"))
        assert life.status is HireStatus.CHANGING

        assert life.ask().status is HireStatus.CHANGING
        assert life.do("question.terms.probation", "P90D").clear().status is HireStatus.ACTIVE

    def test_the_same_question_of_another_law_is_asked_again(self) -> None:
        life = begun().ask().do("question.terms.probation", "P90D").clear()

        life.take(reported(jurisdiction="DE")).ask()

        assert life.open == {"device", "vpn", "question.terms.probation"}

    def test_a_day_ends_by_the_wall_clock_of_the_new_zone(self) -> None:
        life = begun().ask().take(reported(timezone="America/Los_Angeles"))

        (moved,) = life.told(TaskMoved)
        assert (moved.due_on, moved.timezone) == (date(2026, 11, 18), "America/Los_Angeles")
        deadline = life.due("TaskDeadline", "question.terms.probation")
        assert deadline == datetime(2026, 11, 19, 1, tzinfo=UTC)
        assert life.due("FirstDay") == datetime(2026, 11, 26, 17, tzinfo=UTC)

    def test_a_late_task_is_not_called_late_twice_for_a_move(self) -> None:
        life = begun().ask().wait_until(datetime(2026, 11, 18, 20, tzinfo=UTC))

        life.take(reported(timezone="America/Los_Angeles")).wait(hours=6)

        assert [each.escalation for each in life.told(TaskOverdue)] == [1]

    def test_the_last_day_ends_by_the_new_clock_too(self) -> None:
        life = at_work().take(leaving(date(2026, 12, 18)), reported(timezone="Asia/Tokyo"))

        assert life.due("LastDayOver") == datetime(2026, 12, 18, 8, tzinfo=UTC)


class TestQuestions:
    def test_an_answer_closes_its_task_and_goes_to_compliance(self) -> None:
        life = begun().ask().do("question.terms.probation", "P90D")

        (answered,) = life.told(QuestionAnswered)
        assert (answered.question, answered.answer) == ("terms.probation", "P90D")
        assert life.open == set()
        assert life.status is HireStatus.CHECKING

    @pytest.mark.parametrize("answer", [None, "", "  "])
    def test_a_question_needs_an_answer(self, answer: str | None) -> None:
        with pytest.raises(Refused, match="send its answer"):
            begun().ask().do("question.terms.probation", answer)

    def test_a_refused_answer_asks_again_in_the_words_that_help(self) -> None:
        life = begun().ask().do("question.terms.probation", "3 months")
        life.wait(hours=1)

        life.ask(question(ask="Write P3M. How long is the probation?"))

        assert life.open == {"question.terms.probation"}
        first, again = life.told(TaskAssigned)
        assert first.task_id == again.task_id
        assert again.title == "Write P3M. How long is the probation?"

    def test_an_answer_on_its_way_is_not_asked_for_again(self) -> None:
        a, b = question("terms.probation"), question("terms.position", "Which position?")
        life = begun().ask(a, b)
        life.do("question.terms.probation", "P90D").do("question.terms.position", "general")

        life.ask(b, answers=1)
        assert life.open == set()

        assert life.clear().status is HireStatus.PROVISIONING

    def test_a_refused_answer_is_asked_for_again_while_another_is_on_its_way(self) -> None:
        a, b = question("terms.probation"), question("terms.position", "Which position?")
        life = begun().ask(a, b)
        life.do("question.terms.probation", "soon").do("question.terms.position", "general")

        life.ask(a, b, answers=1)

        assert life.open == {"question.terms.probation"}

    def test_a_question_that_is_no_longer_asked_is_dropped(self) -> None:
        life = begun().ask().clear()

        assert life.open == {"device", "vpn"}
        assert len(life.told(TaskDropped)) == 1

    def test_an_open_question_in_other_words_is_asked_anew_by_the_same_day(self) -> None:
        life = begun().ask(question("law.x@PT.1", "Does it hold on 2026-11-26?"))
        life.take(reported(starts_on=date(2026, 11, 27))).wait(days=1)

        life.ask(question("law.x@PT.1", "Does it hold on 2026-11-27?"))

        assert [each.due_on for each in life.told(TaskAssigned)] == [date(2026, 11, 18)] * 2
        assert len(life.told(TaskDropped)) == 1
        assert len(life.open) == 1

    def test_the_same_question_asked_again_while_open_is_no_news(self) -> None:
        life = begun().ask().wait(days=1).ask()

        assert len(life.told(TaskAssigned)) == 1
        assert life.told(TaskMoved) == []

    def test_a_hire_that_waits_for_legal_to_confirm_the_law_has_no_task_for_it(self) -> None:
        doubt = LawInDoubt(matter="PT.x.1", rule="x", fact="x", law="art. 1", ask="Does it hold?")
        life = begun().check(Verdict.NEEDS, awaits=(doubt,))

        assert life.status is HireStatus.CHECKING
        assert life.open == set()
        assert HireView.of(life.journey, None).turn == [Owner.LEGAL]
        assert HireView.of(life.journey, None).awaits == ["Does it hold?"]

    def test_a_waived_finding_blocks_nobody(self) -> None:
        waiver = Waiver(
            rule="probation",
            mark="1",
            by="legal-1",
            role=Owner.LEGAL,
            reason="The works council agreed to it.",
            until=date(2027, 1, 31),
            given_at=MONDAY,
        )
        waived = not_met().model_copy(update={"waiver": waiver})

        life = begun().check(Verdict.CLEAR, findings=(waived,))

        assert life.status is HireStatus.PROVISIONING

    def test_a_decision_that_was_heard_before_is_passed_over(self) -> None:
        life = begun().ask()
        before = list(life.events)

        life.check(Verdict.CLEAR, version=1)

        assert life.events == before

    def test_what_was_clear_once_keeps_its_tasks_while_it_is_not(self) -> None:
        life = begun().clear().ask()

        assert life.status is HireStatus.CHECKING
        assert life.open == {"device", "vpn", "question.terms.probation"}
        assert life.do("device").take(peer_ready()).told(HireReady) == []


class TestBlocked:
    def test_names_the_owner_and_every_reason(self) -> None:
        life = begun().block(not_met(), not_met("annual-leave", Owner.LEGAL))

        assert life.status is HireStatus.BLOCKED
        (blocked,) = life.told(HireBlocked)
        assert blocked.owner is Owner.HR
        assert blocked.reasons == (
            "probation: P12M is too long. Shorten it.",
            "annual-leave: P12M is too long. Shorten it.",
        )

    def test_is_told_again_only_for_other_reasons(self) -> None:
        life = begun().block().block().block(not_met("annual-leave"))

        assert len(life.told(HireBlocked)) == 2

    def test_and_not_again_and_blocked_once_more_is_told_once_more(self) -> None:
        life = begun().block().ask().block()

        assert len(life.told(HireBlocked)) == 2

    def test_goes_on_once_it_is_resolved(self) -> None:
        life = begun().block().clear()

        assert life.status is HireStatus.PROVISIONING
        assert blocks(life.journey) is None

    def test_on_the_first_day_waits(self) -> None:
        life = begun().provisioned().block().wait_until(datetime(2026, 11, 30, tzinfo=UTC))
        assert life.status is HireStatus.BLOCKED

        assert life.clear().status is HireStatus.ACTIVE

    def test_asks_what_is_open_all_the_same(self) -> None:
        life = begun().check(Verdict.BLOCKED, question(), findings=(not_met(),))

        assert life.status is HireStatus.BLOCKED
        assert life.open == {"question.terms.probation"}

    def test_by_a_decision_that_says_nothing_it_is_legals_turn(self) -> None:
        life = begun().check(Verdict.NEEDS)

        assert life.status is HireStatus.BLOCKED
        assert [each.owner for each in life.told(HireBlocked)] == [Owner.LEGAL]

    def test_by_the_law_before_it_was_off_it_is_blocked_no_more(self) -> None:
        life = begun().block().take(cancelled())

        assert blocks(life.journey) is None


class TestTasks:
    def test_of_an_adapter_is_not_for_people_to_close(self) -> None:
        with pytest.raises(Refused, match="an adapter does this"):
            begun().clear().do("vpn")

    def test_that_does_not_exist_cannot_be_closed(self) -> None:
        with pytest.raises(Refused, match="no such task"):
            begun().take(CompleteTask(task_id=HIRE))
        with pytest.raises(Refused, match="no such task"):
            Life().take(CompleteTask(task_id=HIRE))

    def test_that_is_done_cannot_be_done_again(self) -> None:
        with pytest.raises(Refused, match="it is done"):
            begun().clear().do("device").do("device")

    def test_of_a_cancelled_hire_cannot_be_done(self) -> None:
        with pytest.raises(Refused, match="it is dropped"):
            begun().clear().take(cancelled()).do("device")

    def test_done_is_reminded_of_no_more(self) -> None:
        life = begun().clear().take(peer_ready()).do("device")

        assert set(life.timers) == {("FirstDay", "")}


class TestRemindersAndEscalation:
    def test_the_owner_is_reminded_on_the_morning_of_the_day(self) -> None:
        life = begun().clear().take(peer_ready())
        life.wait_until(datetime(2026, 11, 24, 9, tzinfo=UTC))

        (reminder,) = life.told(TaskDueToday)
        assert (reminder.owner, reminder.due_on) == (Owner.IT, date(2026, 11, 24))

    def test_what_is_assigned_for_today_needs_no_reminder(self) -> None:
        life = begun(starts_on=date(2026, 11, 17)).clear().wait(days=1)

        assert life.told(TaskDueToday) == []

    def test_a_reminder_that_comes_too_late_is_not_given(self) -> None:
        life = begun().clear()
        slot = str(life.task("device").plan.task_id)
        life.now = datetime(2026, 11, 24, 18, tzinfo=UTC)

        assert life.decide(TaskReminder(slot=slot)) == Decision(life.state)

    def test_a_late_task_is_called_late_every_working_day_up_to_a_limit(self) -> None:
        life = begun().clear().take(peer_ready()).wait(days=60)

        late = life.told(TaskOverdue)
        assert [each.escalation for each in late] == [1, 2, 3, 4, 5]
        assert life.timers == {}
        assert life.open == {"device"}

    def test_weekends_and_public_holidays_of_the_place_are_left_out(self) -> None:
        life = begun(starts_on=date(2026, 12, 3)).clear().take(peer_ready()).wait(days=60)

        # Due on Monday 30 November; 1 and 8 December are holidays in Portugal.
        assert life.days_of(TaskOverdue) == [
            date(2026, 11, 30),
            date(2026, 12, 2),
            date(2026, 12, 3),
            date(2026, 12, 4),
            date(2026, 12, 7),
        ]

    def test_the_vpn_is_late_the_same_evening_and_that_is_its_owners_matter(self) -> None:
        life = begun().clear().wait_until(datetime(2026, 11, 16, 17, tzinfo=UTC))

        assert [each.owner for each in life.told(TaskOverdue)] == [Owner.IT]
        assert life.told(TaskDueToday) == []

    @pytest.mark.parametrize(
        ("zone", "jurisdiction", "starts_on", "first_day", "device_due"),
        [
            pytest.param(
                "Europe/Lisbon",
                "PT",
                date(2026, 10, 26),
                "2026-10-26T09:00",
                "2026-10-22T16:00",
                id="the day after Lisbon's clocks fall back",
            ),
            pytest.param(
                "America/Los_Angeles",
                "US-CA",
                date(2027, 3, 15),
                "2027-03-15T16:00",
                "2027-03-12T01:00",
                id="the day after San Francisco's go forward",
            ),
            pytest.param(
                "Australia/Lord_Howe",
                "AU",
                date(2026, 10, 6),
                "2026-10-05T22:00",
                "2026-10-02T06:30",
                id="half an hour forward on Lord Howe",
            ),
            pytest.param(
                "Europe/Berlin",
                "DE",
                date(2027, 3, 30),
                "2027-03-30T07:00",
                "2027-03-24T16:00",
                id="over Easter and a gap in Berlin",
            ),
        ],
    )
    def test_days_begin_and_end_by_the_wall_clock_through_its_changes(
        self, zone: str, jurisdiction: str, starts_on: date, first_day: str, device_due: str
    ) -> None:
        life = Life(now=datetime(2026, 9, 21, 9, tzinfo=UTC))
        life.take(reported(timezone=zone, jurisdiction=jurisdiction, starts_on=starts_on)).clear()

        assert life.due("FirstDay") == datetime.fromisoformat(first_day).replace(tzinfo=UTC)
        assert life.due("TaskDeadline", "device") == datetime.fromisoformat(device_due).replace(
            tzinfo=UTC
        )


UNKNOWN: list[Message] = [
    peer_ready(),
    peer_gone(),
    gave_up(EnsurePeer),
    FirstDay(),
    LastDayOver(),
    TaskReminder(slot=str(HIRE)),
    TaskDeadline(slot=str(HIRE)),
]


@pytest.mark.parametrize("message", UNKNOWN, ids=lambda message: message.type)
def test_what_comes_before_the_hire_is_passed_over(message: Message) -> None:
    assert Life().decide(message) == Decision(None)


@pytest.mark.parametrize("message", UNKNOWN, ids=lambda message: message.type)
def test_what_fits_nothing_that_is_known_changes_nothing(message: Message) -> None:
    life = begun()

    assert life.decide(message) == Decision(life.state)
