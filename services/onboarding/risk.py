"""How much risk a hire's work bears, and what security demands for it; pure.

Security decides the tiers as data, in `risk_tiers/`, a file a version. The version in force on the
day of planning counts. The tier follows from role, from the data that the role touches, and from
the place: of all rules that cover a hire, the highest tier wins, and says why.
"""

from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Self, TypeAlias

from pydantic import Field, StringConstraints, model_validator

from libs.common.contracts.values import Jurisdiction, Profile, Value
from services.onboarding.coverage import Part, is_place, is_role

Name: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
Words: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=300)]


class Control(StrEnum):
    """What a tier can demand; tasks of people and adapters see to it."""

    VPN = "vpn"
    IDENTITY_GROUPS = "identity_groups"
    DISK_ENCRYPTION = "disk_encryption"
    OS_MINIMUM = "os_minimum"
    FIREWALL = "firewall"
    SCREEN_LOCK = "screen_lock"
    HOME_ISOLATION = "home_isolation"
    MONITORING_NOTICE = "monitoring_notice"
    WORK_ONLY_LINE = "work_only_line"


class Demand(Part):
    """A control, and what it has to be."""

    control: Control
    demands: Words


class Tier(Part):
    """A level of risk: the higher its rank, the more is demanded; `groups` are of its accounts."""

    name: Name
    rank: Annotated[int, Field(ge=1, le=9)]
    groups: tuple[Annotated[str, StringConstraints(pattern=r"^farhand-[a-z0-9-]+$")], ...] = ()
    demands: tuple[Demand, ...]

    @property
    def controls(self) -> frozenset[Control]:
        """The controls it demands."""
        return frozenset(each.control for each in self.demands)


class DataClass(Part):
    """Data of one kind, and the roles that touch it, as patterns over the job title."""

    name: Name
    roles: Annotated[tuple[Words, ...], Field(min_length=1)]


class TierRule(Part):
    """Who is in a tier at least: all that is named has to cover a hire; naming none covers all."""

    tier: Name
    why: Words
    roles: tuple[Words, ...] = ()
    data_classes: tuple[Name, ...] = ()
    jurisdictions: tuple[Jurisdiction, ...] = ()


class RiskPolicy(Part):
    """One version of the tiers, as security decided it."""

    version: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    effective_from: date
    decided_by: Words
    rationale: Words
    review_by: date
    data_classes: tuple[DataClass, ...]
    tiers: Annotated[tuple[Tier, ...], Field(min_length=1)]
    rules: Annotated[tuple[TierRule, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        names, classes = self._names_once()
        for rule in self.rules:
            if rule.tier not in names:
                raise ValueError(f"a rule names the tier {rule.tier!r}, which is not there")
            if missing := set(rule.data_classes) - classes:
                raise ValueError(f"a rule names {', '.join(sorted(missing))}, no data class")
        if not any(not (one.roles or one.data_classes or one.jurisdictions) for one in self.rules):
            raise ValueError(
                "no rule covers everybody: the lowest tier needs one without conditions"
            )
        return self

    def _names_once(self) -> tuple[set[str], set[str]]:
        names, classes = {one.name for one in self.tiers}, {one.name for one in self.data_classes}
        ranks = {one.rank for one in self.tiers}
        if not len(names) == len(ranks) == len(self.tiers) or len(classes) < len(self.data_classes):
            raise ValueError("each tier needs a name and a rank of its own, each data class a name")
        return names, classes

    @model_validator(mode="after")
    def _rises(self) -> Self:
        ordered = sorted(self.tiers, key=lambda one: one.rank)
        for lower, higher in pairwise(ordered):
            if less := lower.controls - higher.controls:
                raise ValueError(
                    f"{higher.name} demands less than {lower.name}: {', '.join(sorted(less))}"
                )
        if self.review_by <= self.effective_from:
            raise ValueError("review_by has to be after effective_from")
        return self


class Assessment(Value):
    """The tier of a hire as of a version of the policy, why, and what follows from it."""

    tier: str
    rank: int
    version: str
    reasons: tuple[str, ...]
    demands: tuple[str, ...]
    controls: tuple[Control, ...]
    groups: tuple[str, ...] = ()


def assess(profile: Profile, policy: RiskPolicy) -> Assessment:
    """The highest tier that a rule puts a hire into, with the reason of each rule that does."""
    tiers = {tier.name: tier for tier in policy.tiers}
    covering = [rule for rule in policy.rules if _covers(rule, profile, policy)]
    tier = max((tiers[rule.tier] for rule in covering), key=lambda one: one.rank)
    return Assessment(
        tier=tier.name,
        rank=tier.rank,
        version=policy.version,
        reasons=tuple(rule.why for rule in covering if rule.tier == tier.name),
        demands=tuple(f"{each.control}: {each.demands}" for each in tier.demands),
        controls=tuple(each.control for each in tier.demands),
        groups=tier.groups,
    )


def _covers(rule: TierRule, profile: Profile, policy: RiskPolicy) -> bool:
    touched = {each.name for each in policy.data_classes if is_role(profile.role, each.roles)}
    return (
        (not rule.roles or is_role(profile.role, rule.roles))
        and (not rule.data_classes or not touched.isdisjoint(rule.data_classes))
        and (not rule.jurisdictions or is_place(profile.jurisdiction, rule.jurisdictions))
    )


def policy_on(day: date, policies: Sequence[RiskPolicy]) -> RiskPolicy:
    """The version in force on a day; before the first, that one."""
    begun = [each for each in policies if each.effective_from <= day]
    return max(begun, key=lambda one: one.effective_from) if begun else policies[0]


def next_change(day: date, policies: Sequence[RiskPolicy]) -> date | None:
    """The day from which another version will be in force, if one is known."""
    return min((one.effective_from for one in policies if one.effective_from > day), default=None)
