"""Risk tiers: which one a hire is in and why, which version counts, what is wrong with a file."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from libs.common.contracts.onboarding import HireStatus, TaskAssigned
from libs.common.decider import Refused
from libs.common.marked_yaml import InvalidDocument
from services.onboarding import assignments
from services.onboarding.commands import PlanAnew
from services.onboarding.identity.messages import EnsureIdentity, IdentityReady
from services.onboarding.model import TaskState
from services.onboarding.risk import Control, RiskPolicy, assess, next_change, policy_on
from services.onboarding.risk_policies import POLICIES, read_policies, risk_policies
from services.onboarding.templates import task_templates
from tests.onboarding.life import HIRE, Life, begun, cancelled, peer_ready, profile

TEXT = (POLICIES / "2026-01-01.yaml").read_text(encoding="utf-8")
[OLD, NEW] = risk_policies()
CHANGE = date(2026, 11, 19)
"""A Thursday, three days after hires of these tests are reported."""


@pytest.mark.parametrize(
    ("role", "jurisdiction", "tier", "why"),
    [
        pytest.param("Office manager", "PT", "standard", "not the company's", id="no special data"),
        pytest.param("Office manager", "AE", "sensitive", "regulated there", id="by the place"),
        pytest.param("ML engineer", "PT", "sensitive", "source code", id="by the data"),
        pytest.param("Support lead", "US-CA", "sensitive", "customers' data", id="other data"),
        pytest.param("Research scientist", "PT", "restricted", "model weights", id="highest wins"),
        pytest.param("Research scientist", "CN", "restricted", "model weights", id="place is less"),
        pytest.param("Security Engineer", "DE", "isolated", "signing keys", id="at the top"),
    ],
)
def test_the_highest_tier_that_covers_a_hire_counts_and_says_why(
    role: str, jurisdiction: str, tier: str, why: str
) -> None:
    assessed = assess(profile(role=role, jurisdiction=jurisdiction), OLD)

    assert assessed.tier == tier
    assert any(why in reason for reason in assessed.reasons)
    assert assessed.version == "2026.1"


@pytest.mark.parametrize(
    ("day", "version"),
    [
        pytest.param(date(2020, 1, 1), "2026.1", id="before the first"),
        pytest.param(date(2026, 9, 30), "2026.1", id="the day before"),
        pytest.param(date(2026, 10, 1), "2026.2", id="on the day"),
        pytest.param(date(2030, 1, 1), "2026.2", id="until there is another"),
    ],
)
def test_the_version_in_force_on_the_day_counts(day: date, version: str) -> None:
    assert policy_on(day, risk_policies()).version == version


def test_the_next_version_is_known_until_it_is_in_force() -> None:
    assert next_change(date(2026, 9, 30), risk_policies()) == date(2026, 10, 1)
    assert next_change(date(2026, 10, 1), risk_policies()) is None


def test_every_control_that_can_be_demanded_has_a_task() -> None:
    seen_to = {control for each in task_templates() for control in each.applies_to.controls}
    assert seen_to == set(Control)


@pytest.mark.parametrize("policy", risk_policies(), ids=lambda policy: policy.version)
def test_every_tier_is_reached_by_a_rule(policy: RiskPolicy) -> None:
    assert {rule.tier for rule in policy.rules} == {tier.name for tier in policy.tiers}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        pytest.param("rank: 2", "rank: two", r"a.yaml:\d+: tiers\[1\].rank", id="no number"),
        pytest.param("rank: 2", "rank: 1", "a rank of its own", id="a rank twice"),
        pytest.param("control: screen_lock", "control: screen", r"a.yaml:\d+: ", id="no control"),
        pytest.param("  - tier: isolated", "  - tier: top", "'top', which is not there", id="tier"),
        pytest.param("[signing-keys]", "[keys]", "keys, no data class", id="no such data class"),
        pytest.param("rationale:", "reason:", "this key is not known here", id="misspelt"),
        pytest.param("2026-12-31", "2025-12-31", "review_by has to be after", id="reviewed before"),
        pytest.param(
            '      - {control: home_isolation, demands: "a network of its own at home, apart from '
            'other devices"}\n      - {control: work_only_line',
            "      - {control: work_only_line",
            "isolated demands less than restricted: home_isolation",
            id="more risk and less demanded",
        ),
        pytest.param(
            "    why: Everybody",
            "    roles: [lead]\n    why: Everybody",
            "covers everybody",
            id="a gap",
        ),
    ],
)
def test_a_broken_policy_is_refused_with_its_file_and_line(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    assert old in TEXT
    (tmp_path / "a.yaml").write_text(TEXT.replace(old, new, 1))
    with pytest.raises(InvalidDocument, match=says) as refusal:
        read_policies(tmp_path)
    assert f"{tmp_path.name}/a.yaml:" in str(refusal.value)


def test_two_versions_for_one_day_are_refused(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text(TEXT)
    with pytest.raises(InvalidDocument, match="same day"):
        read_policies(tmp_path)


def test_no_version_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidDocument, match="no version of the risk tiers"):
        read_policies(tmp_path)


def with_access(role: str) -> Life:
    life = begun(role=role).clear()
    asked = next(each for each in life.effects if isinstance(each, EnsureIdentity))
    account = IdentityReady(hire_id=HIRE, period=1, wish=asked.wish, account="7")
    return life.take(peer_ready(), account)


@pytest.mark.parametrize(
    ("role", "tasks"),
    [
        pytest.param("Office manager", {"device"}, id="standard"),
        pytest.param(
            "ML engineer", {"device", "device-posture", "monitoring-notice"}, id="sensitive"
        ),
        pytest.param(
            "Research scientist",
            {"device", "device-posture", "monitoring-notice", "home-isolation"},
            id="restricted",
        ),
        pytest.param(
            "Security engineer",
            {"device", "device-posture", "monitoring-notice", "home-isolation", "work-only-line"},
            id="isolated",
        ),
    ],
)
def test_the_tier_decides_what_people_have_to_do_before_the_start(
    role: str, tasks: set[str]
) -> None:
    journey = with_access(role).journey
    needed = {task.plan.key for task in journey.tasks if task.plan.needed_to_work}
    assert needed - {"identity", "vpn"} == tasks
    assert journey.risk is not None
    assert "farhand-tier-sensitive" in journey.risk.groups or role == "Office manager"


@pytest.fixture
def stricter_from_thursday(monkeypatch: pytest.MonkeyPatch) -> None:
    """A version in which office managers touch customers' data, known before it is in force."""
    [customers] = [each for each in OLD.data_classes if each.name == "customer-data"]
    wider = customers.model_copy(update={"roles": (*customers.roles, "*manager*")})
    others = tuple(each for each in OLD.data_classes if each.name != "customer-data")
    stricter = OLD.model_copy(
        update={
            "version": "stricter",
            "effective_from": CHANGE,
            "data_classes": (*others, wider),
        }
    )
    monkeypatch.setattr(assignments, "risk_policies", lambda: (OLD, stricter))


@pytest.mark.usefixtures("stricter_from_thursday")
class TestAStricterVersion:
    def test_asks_for_what_is_new_on_its_day_and_keeps_what_is_done(self) -> None:
        life = with_access("Office manager").do("device")
        assert life.status is HireStatus.READY

        life.wait_until(datetime(2026, 11, 19, 12, tzinfo=UTC))

        assert {"device-posture", "monitoring-notice"} <= life.open
        assert life.status is HireStatus.PROVISIONING
        assert life.task("device").state is TaskState.DONE
        asked = [each.task_id for each in life.told(TaskAssigned)]
        assert len(asked) == len(set(asked)), "nothing is asked for twice"

    def test_moves_the_account_to_the_groups_of_the_tier(self) -> None:
        life = with_access("Office manager").wait_until(datetime(2026, 11, 19, 12, tzinfo=UTC))

        last = [each for each in life.effects if isinstance(each, EnsureIdentity)][-1]
        assert "farhand-tier-sensitive" in last.groups

    def test_matters_not_to_who_is_in_a_higher_tier(self) -> None:
        life = with_access("ML engineer")
        before = life.events

        life.wait_until(datetime(2026, 11, 19, 9, 30, tzinfo=UTC))

        assert life.events == before
        assert life.journey.risk is not None
        assert life.journey.risk.version == "stricter"

    def test_is_not_waited_for_by_a_hire_that_is_off(self) -> None:
        assert begun(role="Office manager").clear().take(cancelled()).timers == {}

    def test_can_be_planned_for_by_hand_and_twice_is_once(self) -> None:
        life = with_access("Office manager")
        life.now = datetime(2026, 11, 19, 12, tzinfo=UTC)
        life.take(PlanAnew())
        planned = life.events

        assert life.take(PlanAnew()).events == planned

    def test_is_not_planned_for_one_who_is_gone(self) -> None:
        with pytest.raises(Refused, match="nothing to plan"):
            begun().take(cancelled(), PlanAnew())


def test_the_shipped_versions_are_named_by_the_day_they_are_in_force() -> None:
    days = [path.stem for path in sorted(POLICIES.glob("*.yaml"))]
    assert days == [each.effective_from.isoformat() for each in (OLD, NEW)]
