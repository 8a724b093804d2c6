"""The account of a hire follows what is known of it, and ends with it."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from libs.common.contracts.onboarding import AccessGranted, AccessRevoked, HireStatus
from libs.common.message import EffectFailed
from services.onboarding.identity.messages import (
    EnsureIdentity,
    IdentityGone,
    IdentityReady,
    RevokeIdentity,
)
from services.onboarding.model import Grant
from tests.onboarding.life import HIRE, Life, begun, cancelled, profile, reported


def asked(life: Life) -> list[EnsureIdentity | RevokeIdentity]:
    return [each for each in life.effects if isinstance(each, EnsureIdentity | RevokeIdentity)]


def account_ready(life: Life, effect: int = -1) -> IdentityReady:
    """The answer to what was asked last, or before."""
    wanted = asked(life)[effect]
    assert isinstance(wanted, EnsureIdentity)
    return IdentityReady(hire_id=HIRE, period=wanted.period, wish=wanted.wish, account="7")


def with_account(**changes: object) -> Life:
    life = begun(**changes).clear()
    return life.take(account_ready(life))


def test_a_cleared_hire_gets_an_account_in_its_groups() -> None:
    life = begun().clear()

    [effect] = asked(life)
    assert isinstance(effect, EnsureIdentity)
    assert (effect.title, effect.worker) == ("ML engineer", profile().worker)
    assert effect.groups == (
        *("farhand-country-pt", "farhand-engineering", "farhand-staff"),
        "farhand-tier-sensitive",
    )
    assert life.take(account_ready(life)).told(AccessGranted)[-1].resource == "identity"
    assert "identity" not in life.open


@pytest.mark.parametrize(
    ("changes", "groups"),
    [
        pytest.param(
            {"jurisdiction": "DE", "timezone": "Europe/Berlin"},
            ("country-de", "engineering", "staff", "tier-sensitive"),
            id="another country",
        ),
        pytest.param(
            {"role": "Research lead"},
            ("country-pt", "leads", "research", "staff", "tier-restricted", "tier-sensitive"),
            id="another role",
        ),
        pytest.param(
            {"engagement": "contractor"},
            ("contractors", "country-pt", "engineering", "tier-sensitive"),
            id="engaged as a contractor",
        ),
    ],
)
def test_what_changes_moves_the_account_to_other_groups(
    changes: dict[str, Any], groups: tuple[str, ...]
) -> None:
    life = with_account().take(reported(**changes))

    effect = asked(life)[-1]
    assert isinstance(effect, EnsureIdentity)
    assert [each.removeprefix("farhand-") for each in effect.groups] == list(groups)
    assert effect.period == 1
    assert len(life.take(account_ready(life)).told(AccessGranted)) == 1, "they had access before"


def test_another_start_changes_nothing_of_the_account() -> None:
    life = with_account().take(reported(starts_on=date(2026, 12, 10)))
    assert len(asked(life)) == 1


def test_an_answer_to_an_older_wish_counts_for_nothing() -> None:
    life = begun().clear().take(reported(role="Research lead"))

    life.take(account_ready(life, effect=0))
    assert "identity" in life.open

    life.take(account_ready(life))
    assert "identity" not in life.open


def test_a_failure_of_an_older_wish_is_not_told() -> None:
    life = begun().clear().take(reported(role="Research lead"))
    older, _ = asked(life)
    failure = EffectFailed(
        effect=older.type, reason="no answer", body=older.model_dump_json(serialize_as_any=True)
    )

    assert life.take(failure).status is HireStatus.PROVISIONING


def test_a_change_that_is_given_up_blocks_until_it_is_tried_again() -> None:
    life = with_account().take(reported(role="Research lead"))
    last = asked(life)[-1]
    failure = EffectFailed(
        effect=last.type, reason="no answer", body=last.model_dump_json(serialize_as_any=True)
    )
    assert life.take(failure).status is HireStatus.BLOCKED
    access = life.journey.access_to("identity")
    assert access is not None
    assert access.grant is Grant.GRANTED, "they still have the access they had"

    life.take(account_ready(life))
    assert life.status is not HireStatus.BLOCKED


def leave(life: Life) -> None:
    life.take(cancelled())


@pytest.mark.parametrize("begin", [begun, with_account], ids=["before it was cleared", "after"])
def test_cancelled_and_on_again_is_another_period_of_the_same_account(
    begin: Callable[[], Life],
) -> None:
    life = begin()
    leave(life)
    had = [each for each in asked(life) if isinstance(each, RevokeIdentity)]
    life.take(IdentityGone(hire_id=HIRE, period=1))
    assert [each.resource for each in life.told(AccessRevoked)] == ["identity"] * len(had)

    life.take(reported()).clear()

    again = asked(life)[-1]
    assert isinstance(again, EnsureIdentity)
    assert again.period == 2
