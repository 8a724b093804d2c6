"""One amount that remote work returns or costs: of all lines that claim it, one counts.

The strongest method wins, and of equal ones the newest word; the others stay in the open with the
name of the one that counts. A line that is attributed to nothing keeps its amount from being
counted for remote work by a weaker one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Final

from services.metrics.facts import Fact, Fold, Observations, causes_of, fact_id, yes_no
from services.metrics.observations import EventName, Observation
from services.metrics.return_lines import Method, ReturnLineEntered

RETURN: Final = "return"
"""Its measure is in the currency of the ledger; each line has one fact for each bound."""

BOUNDS: Final = ("low", "mid", "high")


@dataclass(frozen=True, slots=True)
class Claim:
    """A line, and the line that counts for its amount: itself or another."""

    line: ReturnLineEntered
    counted_by: ReturnLineEntered

    @property
    def counts(self) -> bool:
        """Whether its amount is counted by this line."""
        return self.line is self.counted_by


def claims_of(observations: Iterable[Observation]) -> list[Claim]:
    """What the lines on one amount, in their order, come to."""
    said = [each for each in observations if isinstance(each, ReturnLineEntered)]
    lines = list({(each.source, each.line): each for each in said}.values())
    if not lines:
        return []
    newest_first = sorted(lines, key=lambda each: each.order, reverse=True)
    counted = min(newest_first, key=lambda each: list(Method).index(each.method))
    return [Claim(each, counted) for each in lines]


def fold_return(entity: str, observations: Observations) -> tuple[Fact, ...]:
    """Three facts for each line on the amount: its low, mid and high."""
    claims = claims_of(observations)
    # Which of them counts follows from all of them.
    causes = causes_of([each.line for each in claims])
    return tuple(fact for each in claims for fact in _facts(entity, each, causes))


def _facts(entity: str, claim: Claim, causes: Sequence[EventName]) -> list[Fact]:
    line = claim.line
    estimate = line.in_currency
    amounts = (estimate.low, estimate.mid, estimate.high)
    return [
        Fact(
            id=fact_id(entity, RETURN, line.source, line.line, bound),
            entity=entity,
            kind=RETURN,
            at=datetime.combine(line.begins, time(), UTC),
            dimensions={
                "bound": bound,
                "counted": yes_no(claim.counts),
                "attributable": yes_no(line.attributable),
                "category": line.category.value,
                "method": line.method.value,
                "owner": line.owner,
            },
            measure=amount,
            causes=tuple(causes),
        )
        for bound, amount in zip(BOUNDS, amounts, strict=True)
    ]


RETURNS: Final = Fold(
    kinds={
        RETURN: frozenset({"bound", "counted", "attributable", "category", "method", "owner"}),
    },
    fold=fold_return,
)
