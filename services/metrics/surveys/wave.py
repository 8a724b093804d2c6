"""A wave of a survey: who can be asked so that no small group is told, and what is released.

Groups are made wide enough before anybody is asked: a ballot never carries a group of fewer than
five, nor one whose sum, beside those of the waves before, would tell of fewer than five. Such a
group is put together with others; where even that tells, as when a single person left, it is not
asked this time. What is released is looked at once more, by how many really answered.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, TypeAlias
from uuid import UUID

from services.metrics.surveys.disclosure import SMALLEST, discloses
from services.metrics.surveys.net_promoter import Answers

OTHERS: Final = "others"
"""Groups that are too small, or changed too little, to be shown by themselves."""

RESERVED: Final = frozenset({OTHERS, "all"})

Group: TypeAlias = frozenset[UUID]


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is asked, by the group that a ballot carries, and who is not asked this time."""

    groups: Mapping[str, Group]
    left_out: Group


def plan(roster: Mapping[UUID, str], earlier: Sequence[AbstractSet[UUID]]) -> Plan:
    """Groups of a roster that can be shown beside the groups of all earlier waves."""
    named: defaultdict[str, set[UUID]] = defaultdict(set)
    for member, group in roster.items():
        named[group].add(member)
    kept: dict[str, Group] = {}
    rest: list[Group] = []
    for name in sorted(named, key=lambda each: (-len(named[each]), each)):
        group = frozenset(named[name])
        if _can_stand(group, [*earlier, *kept.values()]):
            kept[name] = group
        else:
            rest.append(group)
    return _together(kept, rest, earlier)


def _together(
    kept: Mapping[str, Group], rest: Sequence[Group], earlier: Sequence[AbstractSet[UUID]]
) -> Plan:
    """The rest as one group: as it is, or with others in it, or without some who are not asked."""
    asked, left_out = list(rest), _union(())
    while asked:
        if (widened := _widened(kept, _union(asked), earlier)) is not None:
            return Plan(widened, left_out)
        without = [_union(each for each in asked if each is not one) for one in asked]
        stands = [
            n for n, each in enumerate(without) if _can_stand(each, [*earlier, *kept.values()])
        ]
        left_out |= asked.pop(stands[-1] if stands else 0)  # the smallest that helps
    return Plan(kept, left_out)


def _widened(
    kept: Mapping[str, Group], others: Group, earlier: Sequence[AbstractSet[UUID]]
) -> dict[str, Group] | None:
    """The groups with these others as one more, which takes in as many small ones as it needs."""
    names = list(kept)
    while True:
        left = {name: kept[name] for name in names}
        if _can_stand(others, [*earlier, *left.values()]):
            return {**left, OTHERS: others}
        if not names:
            return None
        others |= kept[names.pop()]


def _union(groups: Iterable[Group]) -> Group:
    return frozenset[UUID]().union(*groups)


def _can_stand(group: Group, beside: Sequence[AbstractSet[UUID]]) -> bool:
    """Whether a group tells of no few people beside others that tell of none yet."""
    return len(group) >= SMALLEST and not discloses(_linked(group, beside))


def _linked(group: Group, beside: Sequence[AbstractSet[UUID]]) -> list[AbstractSet[UUID]]:
    """The group with those that share people with it, or with one that does: others say nothing."""
    linked: list[AbstractSet[UUID]] = [group]
    apart = list(beside)
    for one in linked:  # which grows meanwhile
        linked += [each for each in apart if not each.isdisjoint(one)]
        apart = [each for each in apart if each.isdisjoint(one)]
    return linked


def release(ballots: Mapping[str, Answers]) -> dict[str, Answers]:
    """What is shown of the answers of each group; together with `all`, nothing small follows.

    Groups with fewer than five answers are shown as one, together with as many others as that
    needs; where there are not five answers in all, nothing is shown. A group without any answer
    is not there.
    """
    shown = {name: each for name, each in ballots.items() if each.count >= SMALLEST}
    few = [each for each in ballots.values() if 0 < each.count < SMALLEST]
    hidden = sum(few, Answers())
    others = shown.pop(OTHERS, Answers()) if few else Answers()
    hidden += others
    smallest_last = sorted(shown, key=lambda each: (-shown[each].count, each))
    while 0 < hidden.count < SMALLEST and smallest_last:
        hidden += shown.pop(smallest_last.pop())
    if hidden.count >= SMALLEST:
        shown[OTHERS] = hidden
    return shown
