"""`farhand status HIRE` shows what follows when a hire moves, is off, leaves, changes country."""

from datetime import date
from typing import Any

import pytest

from farhand.hire_status import Seen, told
from libs.common.contracts.compliance import CheckDecided
from libs.common.contracts.notify import MessageWritten
from services.onboarding.views import HireView
from tests.onboarding.life import (
    START,
    Life,
    at_work,
    begun,
    cancelled,
    leaving,
    peer_gone,
    question,
    reported,
)

pytestmark = pytest.mark.usefixtures("only_laptop_and_vpn")

DECISION: dict[str, Any] = CheckDecided.model_validate(CheckDecided.example).model_dump(mode="json")
MESSAGE = {
    **MessageWritten.model_validate(MessageWritten.example).model_dump(mode="json"),
    "reader": "it",
}
FIGURE = {
    "name": "time-to-ready",
    "title": "Time from announced to ready",
    "unit": "seconds",
    "latest": {"value": "282600"},
}


def shown(life: Life, **more: Any) -> list[str]:
    hire = HireView.of(life.journey, None).model_dump(mode="json")
    seen: dict[str, Any] = {"decision": None, "waiting": (), "messages": (), "figures": ()}
    return list(told(Seen(hire=hire, **seen | more)))


def test_a_hire_that_is_provisioned() -> None:
    lines = shown(begun().clear(), decision=DECISION, messages=[MESSAGE], figures=[FIGURE])

    assert lines[0].startswith("provisioning since 2026-11-16 09:30 UTC: hire 0b8f6c1e")
    assert "  ML engineer, employee, PT (Europe/Lisbon), starts on 2026-11-26" in lines
    assert "  Turn       it" in lines
    assert "  Access     vpn asked" in lines
    assert any(
        line.startswith("  Task       Order a laptop") and "by 2026-11-24" in line for line in lines
    )
    assert any(line.startswith("  Decision   needs, number") for line in lines)
    assert any("2026-11-24 09:00 UTC to it: Order a laptop" in line for line in lines)
    assert lines[-1] == "  Figure     Time from announced to ready: 282600 seconds, of all hires"


def test_what_asks_somebody_says_whose_turn_it_is() -> None:
    lines = shown(begun().ask(question()))

    assert lines[0].startswith("checking")
    assert "  Turn       hr" in lines
    assert any("How long is the probation?" in line for line in lines)


def test_a_start_from_the_30th_to_the_2nd_moves_its_tasks() -> None:
    life = begun(starts_on=date(2026, 11, 30)).clear()
    before = shown(life)

    after = shown(life.take(reported(starts_on=date(2026, 12, 2))).clear())

    assert any("by 2026-11-26" in line for line in before)
    assert any("by 2026-11-27" in line for line in after), "the 1st is a public holiday"
    assert any("starts on 2026-12-02" in line for line in after)


def test_another_country_is_checked_anew() -> None:
    life = begun().provisioned().take(reported(jurisdiction="DE", timezone="Europe/Berlin"))

    lines = shown(life)

    assert lines[0].startswith("announced")
    assert any("DE (Europe/Berlin)" in line for line in lines)


def test_one_that_is_off_has_nothing_to_do_and_no_access() -> None:
    lines = shown(begun().provisioned().take(cancelled(), peer_gone()))

    assert lines[0].startswith("cancelled")
    assert "  Turn       nobody" in lines
    assert "  Access     vpn revoked" in lines
    assert not any(line.startswith("  Task ") for line in lines)


def test_one_who_leaves_says_when() -> None:
    life = at_work().take(leaving(date(2026, 11, 30)))
    assert any("leaves on 2026-11-30" in line for line in shown(life))

    left = shown(life.wait(days=10).take(peer_gone()))

    assert left[0].startswith("left")
    assert "  Access     vpn revoked" in left
    assert date(2026, 11, 30) > START


def test_what_blocks_is_told_with_its_reason() -> None:
    lines = shown(begun().block())

    assert lines[0].startswith("blocked")
    assert any(line.startswith("  Blocked    probation: P12M is too long.") for line in lines)


def test_a_letter_that_waits_says_until_when() -> None:
    waiting = [{"due": "2026-11-17T09:30:00Z", "reader": "it", "asks": ["Order a laptop"]}]

    lines = shown(begun(), waiting=waiting)

    assert "  Waits      until 2026-11-17 09:30 UTC for it: Order a laptop" in lines
