"""Access opens only while the device is as the risk tier demands, for the tiers that ask."""

from datetime import timedelta

import pytest

from libs.common.contracts.onboarding import (
    AccessGranted,
    AccessRevoked,
    DevicePostureChanged,
    HireStatus,
)
from libs.common.contracts.values import Owner
from libs.common.decider import Refused
from services.onboarding.commands import ReportPosture
from services.onboarding.identity.messages import EnsureIdentity, RevokeIdentity
from services.onboarding.journey import journey
from services.onboarding.posture import OF_A_DEVICE
from services.onboarding.posture_rules import report
from services.onboarding.risk import Control
from services.onboarding.templates import task_templates
from services.onboarding.vpn.messages import EnsurePeer, RevokePeer
from tests.onboarding.life import MONDAY, Life, cancelled, peer_gone, peer_ready, reported

WITHOUT_DISK = tuple(each for each in OF_A_DEVICE if each is not Control.DISK_ENCRYPTION)
DAY = timedelta(days=1)


def provisioned(role: str = "ML engineer") -> Life:
    """A hire whose VPN peer exists; an ML engineer touches source code, an accountant nothing."""
    return Life().take(reported(role=role)).clear().take(peer_ready())


def told(life: Life, *shown: Control, lasts: timedelta | None = None) -> ReportPosture:
    until = life.now + lasts if lasts is not None else None
    return ReportPosture(shown=shown, observed_at=life.now, valid_until=until)


def effects(life: Life, *kinds: type[object]) -> list[tuple[str, object]]:
    return [
        (type(each).__name__, getattr(each, "period", None))
        for each in life.effects
        if isinstance(each, kinds)
    ]


def test_a_device_that_is_no_longer_as_demanded_closes_access() -> None:
    life = provisioned()

    life.take(told(life, *WITHOUT_DISK))

    assert effects(life, RevokePeer, RevokeIdentity) == [("RevokePeer", 1), ("RevokeIdentity", 1)]
    assert life.journey.status is HireStatus.BLOCKED
    assert life.journey.block is not None
    assert life.journey.block.owner is Owner.IT
    (reason,) = life.journey.block.reasons
    assert "the risk tier sensitive demands (disk encryption)" in reason
    changed = life.told(DevicePostureChanged)
    assert [(each.holds, each.lacking) for each in changed] == [(False, ("disk_encryption",))]


def test_access_is_given_back_once_the_device_is_as_demanded_again() -> None:
    life = provisioned()
    life.take(told(life, *WITHOUT_DISK), peer_gone())

    life.take(told(life, *OF_A_DEVICE), peer_ready(period=2))

    assert effects(life, EnsurePeer) == [("EnsurePeer", 1), ("EnsurePeer", 2)]
    assert effects(life, EnsureIdentity) == [("EnsureIdentity", 1), ("EnsureIdentity", 2)]
    assert life.journey.status is HireStatus.PROVISIONING
    assert [each.holds for each in life.told(DevicePostureChanged)] == [False, True]
    assert len(life.told(AccessGranted)) == 2
    assert len(life.told(AccessRevoked)) == 1


def test_a_tier_that_asks_nothing_of_the_device_keeps_its_access() -> None:
    life = provisioned(role="Office assistant")

    life.take(told(life))

    assert effects(life, RevokePeer, RevokeIdentity) == []
    assert life.told(DevicePostureChanged) == []


def test_a_role_of_more_risk_closes_what_its_device_is_not_fit_for() -> None:
    life = provisioned(role="Office assistant")
    life.take(told(life))

    life.take(reported(role="ML engineer"))

    assert effects(life, RevokePeer) == [("RevokePeer", 1)]
    life.take(reported(role="Office assistant"))
    assert life.journey.lacking == ()


def test_until_the_first_report_the_check_by_hand_counts() -> None:
    assert provisioned().journey.lacking == ()


def test_a_report_that_has_run_out_shows_nothing() -> None:
    life = provisioned()
    life.take(told(life, *OF_A_DEVICE, lasts=DAY))
    assert life.journey.lacking == ()

    life.wait_until(life.now + DAY)

    assert life.journey.lacking == OF_A_DEVICE
    assert effects(life, RevokePeer) == [("RevokePeer", 1)]


def test_a_newer_report_takes_the_place_of_one_that_would_run_out() -> None:
    life = provisioned()
    life.take(told(life, *OF_A_DEVICE, lasts=DAY)).wait_until(life.now + DAY / 2)

    life.take(told(life, *OF_A_DEVICE)).wait_until(life.now + DAY * 2)

    assert life.journey.lacking == ()


@pytest.mark.parametrize(
    "age", [pytest.param(timedelta(hours=1), id="late"), pytest.param(-DAY, id="from the future")]
)
def test_only_a_newer_report_counts(age: timedelta) -> None:
    life = provisioned()
    first = ReportPosture(shown=OF_A_DEVICE, observed_at=life.now - timedelta(minutes=1))

    life.take(first, ReportPosture(shown=(), observed_at=life.now - age))

    assert (life.journey.lacking == ()) is (age > timedelta())


def test_a_clock_that_runs_ahead_does_not_silence_what_is_reported_later() -> None:
    life = provisioned()
    ahead = ReportPosture(shown=(), observed_at=life.now + DAY)

    life.take(ahead).wait_until(life.now + timedelta(minutes=5)).take(told(life, *OF_A_DEVICE))

    assert life.journey.lacking == ()


def test_the_same_report_twice_says_nothing_new() -> None:
    life = provisioned()
    same = told(life, *WITHOUT_DISK)

    life.take(same, same)

    assert len(life.told(DevicePostureChanged)) == 1


def test_who_is_taken_up_again_brings_the_same_device() -> None:
    life = provisioned()
    life.take(told(life, *WITHOUT_DISK), cancelled())
    life.wait_until(life.now + DAY)

    life.take(reported(at=life.now)).clear()

    assert life.journey.lacking == (Control.DISK_ENCRYPTION,)
    assert effects(life, EnsurePeer) == [("EnsurePeer", 1)]


def test_a_device_of_nobody_is_refused() -> None:
    with pytest.raises(Refused, match="no such hire"):
        report(None, ReportPosture(shown=(), observed_at=MONDAY), MONDAY)


def test_the_controls_are_those_that_the_first_check_of_the_device_is_for() -> None:
    (template,) = (each for each in task_templates() if each.key == "device-posture")

    assert template.applies_to.controls == OF_A_DEVICE
    assert ReportPosture.type in journey.rules
