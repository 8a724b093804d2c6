"""Which groups of the identity provider a hire belongs to, as data in `groups.yaml`; pure."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import StringConstraints

from libs.common.contracts.values import Profile
from libs.common.marked_yaml import Document
from services.onboarding.coverage import Part
from services.onboarding.templates import AppliesTo

GROUPS: Final = Path(__file__).parent / "groups.yaml"


class GroupRule(Part):
    """A group, and for which hires it is."""

    group: Annotated[str, StringConstraints(pattern=r"^farhand-[a-z0-9-]*(\{country\})?$")]
    applies_to: AppliesTo = AppliesTo()


class GroupRules(Part):
    """The file as a whole."""

    groups: tuple[GroupRule, ...]


@cache
def group_rules() -> tuple[GroupRule, ...]:
    """The rules this service ships; raises InvalidDocument, which names file and line."""
    return Document.parse(GROUPS.name, GROUPS.read_bytes()).read_as(GroupRules).groups


def groups_of(profile: Profile, of_tier: Iterable[str] = ()) -> tuple[str, ...]:
    """The groups of a hire with those of its risk tier, each once, in order of their names."""
    country = profile.jurisdiction.partition("-")[0].lower()
    covering = (rule for rule in group_rules() if rule.applies_to.covers(profile))
    return tuple(sorted({*of_tier, *(rule.group.format(country=country) for rule in covering)}))
