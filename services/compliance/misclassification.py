"""Whether somebody called a contractor is one: the signs of the country's own test, weighed.

What a sign points to, how much it weighs and how the signs combine is the pack's; the points and
the margins are the house's own caution, and no law: what is not clear-cut is for a person.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.compliance.facts.company import Factor, MisclassificationTest

POINTS: Final = {"indicative": 1, "strong": 2}
"""What a sign that is weighed counts; what is necessary or decisive is not weighed but settles."""
CLEAR_SHARE: Final = 3 / 4
"""The share of all points that one side needs for the case to be clear."""
PRESUMED_FROM: Final = 2
"""How many signs raise the presumption where signs are counted: "some" (CT art. 12(1))."""


class Leaning(StrEnum):
    """What the signs say somebody is."""

    CONTRACTOR = "contractor"
    EMPLOYEE = "employee"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Score:
    """What the signs say, how that was reached, and which signs hold."""

    leaning: Leaning
    because: str
    factors: str


def score(test: MisclassificationTest, signs: Collection[str]) -> Score:
    """Weigh the signs that hold; every other sign of the test is taken not to hold."""
    unknown = set(signs) - {factor.id for factor in test.factors}
    if unknown:
        told = f"{', '.join(sorted(unknown))}: no sign of this test"
        return Score(Leaning.UNCLEAR, "a sign that is not known", told)
    holding = [factor for factor in test.factors if factor.id in signs]
    leaning, because = _settled(test, holding), "settled by the signs that the test hangs on"
    if leaning is None:
        share = contractor_share(test.factors, signs)
        leaning = _weighed(share, minimum_holds=bool(_needed(test, "employee")))
        because = f"weighed, {100 * share:.0f} points of 100 for a contractor"
    if leaning is Leaning.CONTRACTOR and not _any_for_it(test, holding):
        leaning = Leaning.UNCLEAR
    return Score(leaning, because, _told(test.factors, signs))


def _settled(test: MisclassificationTest, holding: list[Factor]) -> Leaning | None:
    """What the test itself settles, before anything is weighed; None where it does not."""
    for factor in holding:
        if factor.weight == "decisive":
            return Leaning(factor.points_to)
    if test.combine == "count":
        return _counted([factor for factor in holding if _counts(factor)])
    for side, other in (("employee", Leaning.CONTRACTOR), ("contractor", Leaning.EMPLOYEE)):
        needed = _needed(test, side)
        if any(factor not in holding for factor in needed):
            return _unless_excepted(holding, other)
        if needed and test.combine == "all_necessary":
            return Leaning(side)
    return None


def _needed(test: MisclassificationTest, side: str) -> list[Factor]:
    return [f for f in test.factors if (f.weight, f.points_to) == ("necessary", side)]


def _any_for_it(test: MisclassificationTest, holding: list[Factor]) -> bool:
    """Whether something speaks for a contractor, and not only nothing against."""
    return test.combine == "count" or any(f.points_to == "contractor" for f in holding)


def _unless_excepted(holding: list[Factor], leaning: Leaning) -> Leaning:
    """An exception of the test, where it is claimed, leads to another test: a person's to weigh."""
    return Leaning.UNCLEAR if any(f.id.startswith("exempt_") for f in holding) else leaning


def _counts(factor: Factor) -> bool:
    return (factor.points_to, factor.weight) == ("employee", "strong")


def _counted(signs: list[Factor]) -> Leaning:
    if len(signs) >= PRESUMED_FROM:
        return Leaning.EMPLOYEE
    return Leaning.UNCLEAR if signs else Leaning.CONTRACTOR


def contractor_share(factors: Iterable[Factor], signs: Collection[str]) -> float:
    """The share of points for a contractor: a sign that does not hold points the other way."""
    contractor = total = 0
    for factor in factors:
        points = POINTS.get(factor.weight, 0)
        total += points
        if (factor.points_to == "contractor") is (factor.id in signs):
            contractor += points
    return contractor / total if total else 0.5


def _weighed(share: float, *, minimum_holds: bool) -> Leaning:
    """Where all that an employee needs holds, other signs alone do not make a contractor."""
    if share >= CLEAR_SHARE:
        return Leaning.UNCLEAR if minimum_holds else Leaning.CONTRACTOR
    return Leaning.EMPLOYEE if share <= 1 - CLEAR_SHARE else Leaning.UNCLEAR


def _told(factors: Iterable[Factor], signs: Collection[str]) -> str:
    return "; ".join(
        f"{factor.id} {'holds' if factor.id in signs else 'does not hold'} "
        f"({factor.points_to}, {factor.weight})"
        for factor in factors
    )
