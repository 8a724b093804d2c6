"""How a hire ends, at any moment, and is taken up again."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from libs.common.contracts.onboarding import (
    AccessGranted,
    AccessRevoked,
    HireAnnounced,
    HireBlocked,
    HireCancelled,
    HireLeaving,
    HireLeft,
    HireReady,
    HireStatus,
    HireStatusChanged,
    TaskAssigned,
)
from libs.common.decider import Decision
from libs.common.message import Message
from services.onboarding.commands import (
    FirstDay,
    LastDayOver,
)
from services.onboarding.model import Grant, TaskState
from services.onboarding.vpn.messages import EnsurePeer, RevokePeer
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
    peer_gone,
    peer_ready,
    reported,
    staying,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

pytestmark = pytest.mark.usefixtures("only_laptop_and_vpn")


STAGES = [
    pytest.param(begun, id="announced"),
    pytest.param(lambda: begun().ask(), id="checking"),
    pytest.param(lambda: begun().block(), id="blocked by the law"),
    pytest.param(lambda: begun().clear(), id="with access asked for"),
    pytest.param(lambda: begun().clear().take(peer_ready()), id="with access"),
    pytest.param(lambda: begun().clear().take(gave_up(EnsurePeer)), id="with a failed adapter"),
    pytest.param(lambda: begun().provisioned(), id="ready"),
    pytest.param(at_work, id="at work"),
    pytest.param(lambda: at_work().take(leaving(date(2026, 12, 18))), id="leaving"),
    pytest.param(lambda: at_work().block(), id="at work against the law"),
]


class TestCancelling:
    @pytest.mark.parametrize("stage", STAGES)
    def test_at_any_moment_leaves_no_task_no_timer_and_no_access(
        self, stage: Callable[[], Life]
    ) -> None:
        life = stage()
        had_access = life.journey.access_to("vpn") is not None

        life.take(cancelled())

        assert life.status is HireStatus.CANCELLED
        assert life.open == set()
        assert life.timers == {}
        assert isinstance(life.events[-1], HireStatusChanged)
        assert life.events[-2] == HireCancelled(hire_id=HIRE, cancelled_at=life.now)
        if had_access:
            assert life.effects[-1] == RevokePeer(hire_id=HIRE, period=1)
            life.take(peer_gone())
            assert [each.revoked_at for each in life.told(AccessRevoked)] == [life.now]

    @pytest.mark.parametrize("stage", STAGES)
    def test_twice_is_once(self, stage: Callable[[], Life]) -> None:
        life = stage().take(cancelled())
        before = (list(life.events), list(life.effects))

        life.take(cancelled())

        assert (life.events, life.effects) == before

    def test_while_access_is_being_made_takes_it_back_afterwards(self) -> None:
        life = begun().clear().take(cancelled(), peer_ready())
        assert life.effects == [EnsurePeer(hire_id=HIRE), RevokePeer(hire_id=HIRE)]
        assert life.told(AccessGranted) == []

        life.take(peer_gone())

        access = life.journey.access_to("vpn")
        assert access is not None
        assert access.grant is Grant.REVOKED

    def test_while_access_could_not_be_made_is_nobodys_trouble(self) -> None:
        life = begun().clear().take(cancelled(), gave_up(EnsurePeer))

        assert life.told(HireBlocked) == []

    def test_an_older_cancellation_of_a_hire_reported_since_is_old(self) -> None:
        life = Life().take(reported(at=MONDAY), cancelled(at=MONDAY - HOUR))

        assert life.status is HireStatus.ANNOUNCED

    @pytest.mark.parametrize(
        "message",
        [
            pytest.param(peer_ready(), id="access that came too late"),
            pytest.param(FirstDay(), id="the first day"),
            pytest.param(LastDayOver(), id="the last day"),
        ],
    )
    def test_what_comes_after_it_changes_nothing(self, message: Message) -> None:
        life = begun().provisioned().take(cancelled(), peer_gone())

        assert life.decide(message) == Decision(life.state)

    def test_a_decision_that_comes_after_it_is_not_followed(self) -> None:
        assert begun().take(cancelled()).clear().open == set()

    def test_before_the_hire_is_heard_of_waits_for_it(self) -> None:
        life = Life().take(cancelled(at=MONDAY)).wait(hours=3)
        assert life.state is None

        life.take(reported(at=MONDAY - DAY)).wait(hours=3)

        assert life.status is HireStatus.CANCELLED
        assert life.timers == {}

    def test_before_the_hire_is_heard_of_is_old_if_that_was_reported_later(self) -> None:
        life = Life().take(cancelled(at=MONDAY)).wait(hours=3).take(reported(at=MONDAY + HOUR))

        assert life.wait(days=1).status is HireStatus.ANNOUNCED

    def test_of_a_hire_never_heard_of_is_forgotten_in_the_end(self) -> None:
        life = Life().take(cancelled()).wait(days=100)

        assert (life.state, life.timers) == (None, {})


class TestTakingUpAgain:
    def test_a_report_after_a_cancellation_begins_anew(self) -> None:
        life = begun().provisioned().take(cancelled(), peer_gone(), reported())

        assert life.status is HireStatus.ANNOUNCED
        assert life.journey.period == 2
        assert len(life.told(HireAnnounced)) == 2
        assert life.events[-1] == HireStatusChanged(
            hire_id=HIRE,
            before=HireStatus.CANCELLED,
            status=HireStatus.ANNOUNCED,
            changed_at=MONDAY,
        )

    def test_tasks_and_access_are_those_of_the_new_period(self) -> None:
        life = begun().provisioned().take(cancelled(), peer_gone(), reported()).provisioned()

        assert life.status is HireStatus.READY
        assert life.effects[-1] == EnsurePeer(hire_id=HIRE, period=2)
        assert len({each.task_id for each in life.told(TaskAssigned)}) == 4
        assert len(life.told(HireReady)) == 2

    def test_a_question_answered_before_is_a_new_one(self) -> None:
        life = begun().ask().do("question.terms.probation", "P90D").take(cancelled(), reported())

        life.ask()

        assert life.open == {"question.terms.probation"}
        assert life.task("question.terms.probation", period=1).state is TaskState.DONE

    def test_while_access_is_being_taken_back_makes_it_anew_after_that(self) -> None:
        life = begun().clear().take(peer_ready(), cancelled(), reported()).clear()
        assert life.effects == [
            EnsurePeer(hire_id=HIRE, period=1),
            RevokePeer(hire_id=HIRE, period=1),
            EnsurePeer(hire_id=HIRE, period=2),
        ]

        life.take(peer_gone(1), peer_ready(2))

        assert [type(each) for each in life.events if "access" in each.type] == [
            AccessGranted,
            AccessRevoked,
            AccessGranted,
        ]

    def test_an_end_of_the_old_period_is_not_the_end_of_the_new_one(self) -> None:
        life = begun().clear().take(cancelled(), reported()).clear().take(cancelled())

        life.take(gave_up(EnsurePeer, 1), peer_gone(1))

        assert life.told(HireBlocked) == []
        access = life.journey.access_to("vpn")
        assert access is not None
        assert (access.period, access.grant) == (2, Grant.REVOKING)

    @pytest.mark.parametrize(
        ("reported_at", "status"),
        [
            pytest.param(MONDAY - 2 * HOUR, HireStatus.CANCELLED, id="before it was off"),
            pytest.param(MONDAY, HireStatus.ANNOUNCED, id="after it was off"),
        ],
    )
    def test_only_news_from_after_the_cancellation_take_a_hire_up_again(
        self, reported_at: datetime, status: HireStatus
    ) -> None:
        life = Life().take(reported(at=MONDAY - 3 * HOUR), cancelled(at=MONDAY - HOUR))

        assert life.take(reported(role="lead", at=reported_at)).status is status

    def test_a_second_cancellation_makes_news_between_the_two_old(self) -> None:
        life = Life().take(reported(at=MONDAY - 4 * HOUR), cancelled(at=MONDAY - 3 * HOUR))

        life.take(cancelled(at=MONDAY - HOUR), reported(at=MONDAY - 2 * HOUR))

        assert life.status is HireStatus.CANCELLED

    def test_a_leaving_of_the_old_period_that_comes_late_is_old(self) -> None:
        life = Life().take(reported(at=MONDAY - 4 * HOUR), cancelled(at=MONDAY - 3 * HOUR))

        life.take(reported(at=MONDAY - HOUR), leaving(date(2026, 12, 18), at=MONDAY - 2 * HOUR))

        assert life.journey.last_day is None


class TestRehire:
    LAST_DAY = date(2026, 12, 18)
    BACK_ON = date(2027, 1, 11)

    def test_told_before_the_last_day_begins_once_that_is_over(self) -> None:
        life = at_work().take(leaving(self.LAST_DAY), reported(starts_on=self.BACK_ON))
        assert (life.status, life.journey.profile.starts_on) == (HireStatus.LEAVING, START)

        life.wait_until(datetime(2026, 12, 18, 17, tzinfo=UTC))

        assert (life.status, life.journey.period) == (HireStatus.ANNOUNCED, 2)
        assert life.journey.profile.starts_on == self.BACK_ON
        assert (len(life.told(HireLeft)), len(life.told(HireAnnounced))) == (1, 2)
        assert life.effects[-1] == RevokePeer(hire_id=HIRE, period=1)

    def test_told_while_the_last_days_timer_is_late_begins_at_once(self) -> None:
        life = at_work().take(leaving(self.LAST_DAY))
        life.now = datetime(2026, 12, 19, 9, tzinfo=UTC)

        assert life.take(reported(starts_on=self.BACK_ON)).status is HireStatus.ANNOUNCED
        assert len(life.told(HireLeft)) == 1

    def test_told_before_the_leaving_is_no_moved_start(self) -> None:
        back = reported(at=MONDAY + 2 * HOUR, starts_on=self.BACK_ON)
        life = at_work()
        life.now = life.now + 3 * HOUR
        life.take(back.evolve(reported_at=life.now), leaving(self.LAST_DAY, at=life.now - HOUR))

        life.wait_until(datetime(2026, 12, 18, 17, tzinfo=UTC))

        assert (life.status, life.journey.period) == (HireStatus.ANNOUNCED, 2)

    @pytest.mark.parametrize(
        ("news", "status"),
        [
            pytest.param(cancelled(), HireStatus.CANCELLED, id="the hire is off"),
            pytest.param(reported(), HireStatus.LEFT, id="the rehire is taken back"),
            pytest.param(leaving(date(2027, 1, 29)), HireStatus.LEFT, id="they stay longer"),
        ],
    )
    def test_that_is_off_is_not_begun(self, news: Message, status: HireStatus) -> None:
        life = at_work().take(leaving(self.LAST_DAY), reported(starts_on=self.BACK_ON), news)

        assert life.wait_until(datetime(2027, 2, 10, tzinfo=UTC)).status is status
        assert len(life.told(HireAnnounced)) == 1


class TestLeaving:
    def test_the_last_day_is_told_and_waited_for(self) -> None:
        life = at_work().take(leaving(date(2026, 12, 18)))

        assert life.status is HireStatus.LEAVING
        assert [each.last_day for each in life.told(HireLeaving)] == [date(2026, 12, 18)]
        assert life.due("LastDayOver") == datetime(2026, 12, 18, 17, tzinfo=UTC)

    def test_with_the_end_of_the_last_day_access_ends(self) -> None:
        life = at_work().take(leaving(date(2026, 12, 18)))
        life.wait_until(datetime(2026, 12, 18, 17, tzinfo=UTC))

        assert life.status is HireStatus.LEFT
        assert [each.left_at for each in life.told(HireLeft)] == [life.now]
        assert life.effects[-1] == RevokePeer(hire_id=HIRE)
        assert life.take(peer_gone()).told(AccessRevoked)[0].revoked_at == life.now

    def test_a_last_day_that_is_over_ends_it_at_once(self) -> None:
        life = at_work().take(leaving(date(2026, 11, 26))).wait(hours=5)

        assert life.status is HireStatus.LEFT

    def test_another_last_day_moves_it(self) -> None:
        life = at_work().take(leaving(date(2026, 12, 18)), leaving(date(2027, 1, 29)))

        life.wait_until(datetime(2027, 1, 29, 16, tzinfo=UTC))
        assert life.status is HireStatus.LEAVING
        assert life.wait(hours=1).status is HireStatus.LEFT
        assert len(life.told(HireLeaving)) == 2

    def test_the_same_last_day_twice_is_told_once(self) -> None:
        life = at_work().take(leaving(date(2026, 12, 18)), leaving(date(2026, 12, 18)))

        assert len(life.told(HireLeaving)) == 1

    def test_who_is_to_leave_before_the_first_day_is_cancelled(self) -> None:
        life = begun().provisioned().take(leaving(date(2026, 11, 20)))

        assert life.status is HireStatus.CANCELLED
        assert life.told(HireLeaving) == []

    def test_a_contract_with_an_end_has_a_beginning_first(self) -> None:
        life = begun().take(leaving(date(2027, 5, 31))).provisioned()
        assert life.status is HireStatus.READY

        life.wait_until(datetime(2026, 11, 26, 9, tzinfo=UTC))
        assert life.status is HireStatus.LEAVING

        assert life.wait_until(datetime(2027, 6, 1, tzinfo=UTC)).status is HireStatus.LEFT

    def test_who_never_came_to_start_is_cancelled_on_the_last_day(self) -> None:
        life = begun().ask().take(leaving(date(2026, 12, 18))).wait(days=60)

        assert life.status is HireStatus.CANCELLED

    def test_news_of_something_else_do_not_make_a_leaving_old(self) -> None:
        life = at_work()
        now = life.now

        life.take(reported(role="lead", at=now), leaving(date(2026, 12, 18), at=now - HOUR))

        assert life.status is HireStatus.LEAVING

    def test_a_leaving_does_not_make_other_news_old(self) -> None:
        life = at_work()
        now = life.now

        life.take(leaving(date(2026, 12, 18), at=now), reported(role="lead", at=now - HOUR))

        assert (life.status, life.journey.profile.role) == (HireStatus.LEAVING, "lead")

    def test_before_the_hire_is_heard_of_waits_for_it(self) -> None:
        life = Life().take(leaving(date(2027, 5, 31))).wait(days=1)

        life.take(reported()).wait(days=2)

        assert life.journey.last_day == date(2027, 5, 31)

    def test_one_that_is_withdrawn_is_waited_for_no_more(self) -> None:
        life = at_work().take(leaving(date(2026, 12, 18)), staying())

        assert life.journey.last_day is None
        assert life.wait(days=60).status is HireStatus.ACTIVE

    def test_one_that_was_withdrawn_since_is_old_in_whatever_order_it_comes(self) -> None:
        life = at_work()
        now = life.now

        life.take(staying(at=now), leaving(date(2026, 12, 18), at=now - HOUR))
        assert life.journey.last_day is None

        life.take(leaving(date(2026, 12, 18), at=now), staying(at=now - HOUR))
        assert life.journey.last_day == date(2026, 12, 18)

    def test_of_one_who_is_blocked_ends_all_the_same(self) -> None:
        life = at_work().block().take(leaving(date(2026, 12, 18)))
        assert life.status is HireStatus.BLOCKED

        assert life.wait(days=60).status is HireStatus.LEFT

    def test_news_of_an_employment_that_is_over_do_not_begin_it_again(self) -> None:
        life = at_work().take(leaving(date(2026, 12, 18))).wait(days=60).take(peer_gone())

        life.take(reported(role="Former ML engineer"))

        assert life.status is HireStatus.LEFT

    def test_a_start_after_the_last_day_is_a_rehire(self) -> None:
        life = at_work().take(leaving(date(2026, 12, 18))).wait(days=60).take(peer_gone())

        life.take(reported(starts_on=date(2027, 3, 1))).provisioned()

        assert (life.status, life.journey.period) == (HireStatus.READY, 2)
        assert life.journey.last_day is None
        assert life.effects[-1] == EnsurePeer(hire_id=HIRE, period=2)
