"""Adapters that give up, and access that is no longer needed."""

import pytest

from libs.common.contracts.onboarding import (
    AccessRevoked,
    HireBlocked,
    HireStatus,
)
from libs.common.contracts.values import Owner
from libs.common.decider import Decision, Refused
from libs.common.message import EffectFailed
from services.onboarding import assignments
from services.onboarding.commands import (
    RetryAccess,
)
from services.onboarding.standing import blocks
from services.onboarding.templates import AppliesTo, TaskTemplate
from services.onboarding.vpn.messages import EnsurePeer, RevokePeer
from tests.onboarding.life import (
    HIRE,
    Life,
    at_work,
    begun,
    cancelled,
    gave_up,
    peer_gone,
    peer_ready,
    reported,
)

pytestmark = pytest.mark.usefixtures("only_laptop_and_vpn")


class TestAnAdapterThatGivesUp:
    def test_blocks_the_hire_and_it_has_to_act(self) -> None:
        life = begun().clear().take(gave_up(EnsurePeer))

        assert life.status is HireStatus.BLOCKED
        (blocked,) = life.told(HireBlocked)
        assert blocked.owner is Owner.IT
        assert blocked.reasons == ("EnsurePeer was given up: no answer",)

    def test_tries_again_when_told_to(self) -> None:
        life = begun().clear().take(gave_up(EnsurePeer)).retry()
        assert life.status is HireStatus.PROVISIONING
        assert life.effects == [EnsurePeer(hire_id=HIRE)] * 2

        assert life.take(peer_ready()).do("device").status is HireStatus.READY

    def test_and_fails_again_is_told_again(self) -> None:
        life = begun().clear().take(gave_up(EnsurePeer)).retry().take(gave_up(EnsurePeer))

        assert len(life.told(HireBlocked)) == 2

    def test_to_take_access_back_is_told_though_the_hire_is_over(self) -> None:
        life = begun().provisioned().take(cancelled(), gave_up(RevokePeer))

        assert life.status is HireStatus.CANCELLED
        assert [each.owner for each in life.told(HireBlocked)] == [Owner.IT]
        assert life.retry().effects[-1] == RevokePeer(hire_id=HIRE)
        assert len(life.take(peer_gone()).told(AccessRevoked)) == 1
        assert blocks(life.journey) is None

    def test_is_told_though_the_law_had_blocked_the_hire_before(self) -> None:
        life = at_work().block().take(cancelled(), gave_up(RevokePeer))

        assert [each.owner for each in life.told(HireBlocked)] == [Owner.HR, Owner.IT]

    def test_is_told_anew_when_the_hire_is_on_again(self) -> None:
        life = begun().provisioned().take(cancelled(), gave_up(RevokePeer), reported())

        assert life.status is HireStatus.BLOCKED
        assert [each.owner for each in life.told(HireBlocked)] == [Owner.IT, Owner.IT]

    def test_to_take_it_back_is_tried_again_for_the_period_it_was_of(self) -> None:
        life = begun().provisioned().take(cancelled(), gave_up(RevokePeer), reported()).retry()

        assert life.effects[-1] == RevokePeer(hire_id=HIRE, period=1)
        assert life.take(peer_gone(1)).provisioned().status is HireStatus.READY

    def test_to_take_it_back_is_told_once_no_period_is_left(self) -> None:
        life = begun().provisioned().take(cancelled(), gave_up(RevokePeer), reported()).clear()
        life.retry().take(cancelled())

        assert life.take(peer_gone(1)).told(AccessRevoked) == []
        assert len(life.take(peer_gone(2)).told(AccessRevoked)) == 1

    def test_to_take_it_back_matters_no_more_once_access_is_made_anew(self) -> None:
        life = begun().provisioned().take(cancelled(), gave_up(RevokePeer), reported())

        life.provisioned()

        assert life.status is HireStatus.READY
        assert blocks(life.journey) is None

    def test_of_another_service_is_none_of_ours(self) -> None:
        life = begun().clear()

        message = EffectFailed(effect="SendMail", reason="no", body="{}")
        assert life.decide(message) == Decision(life.state)

    def test_on_an_effect_that_cannot_be_read_is_told_too(self) -> None:
        life = begun().clear().take(EffectFailed(effect="EnsurePeer", reason="?", body="[]"))

        assert life.status is HireStatus.BLOCKED

    def test_retrying_what_has_not_failed_is_refused(self) -> None:
        with pytest.raises(Refused, match="no adapter has given up on vpn"):
            begun().clear().retry()
        with pytest.raises(Refused, match="no adapter has given up"):
            Life().take(RetryAccess(resource="vpn"))


class TestAccessNoLongerNeeded:
    @pytest.fixture
    def engineers_only(
        self, monkeypatch: pytest.MonkeyPatch, only_laptop_and_vpn: tuple[TaskTemplate, ...]
    ) -> None:
        """A company in which only engineers get a VPN."""
        templates = tuple(
            each.model_copy(update={"applies_to": AppliesTo(roles=("*engineer*",))})
            if each.key == "vpn"
            else each
            for each in only_laptop_and_vpn
        )
        monkeypatch.setattr(assignments, "task_templates", lambda: templates)

    @pytest.mark.usefixtures("engineers_only")
    def test_is_taken_back_and_given_again_under_another_number(self) -> None:
        life = begun().provisioned().take(reported(role="Recruiter"))
        assert life.effects[-1] == RevokePeer(hire_id=HIRE, period=1)
        assert life.status is HireStatus.READY

        life.take(peer_gone(1), reported())

        assert life.status is HireStatus.PROVISIONING
        assert life.effects[-1] == EnsurePeer(hire_id=HIRE, period=2)
        assert life.take(peer_ready(2)).status is HireStatus.READY
