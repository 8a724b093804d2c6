"""One wave of a survey: what was released of it, by group.

An answer is worth 100 points from a promoter, none from a passive, -100 from a detractor, so that
their mean is the net promoter score.
"""

from decimal import Decimal
from typing import Final

from services.metrics.facts import Fact, Fold, Observations, causes_of, fact_id
from services.metrics.survey_releases import ReleasedSum, SurveyReleased

ANSWER: Final = "survey_answer"
PROMOTER: Final = Decimal(100)


def fold_survey(entity: str, observations: Observations) -> tuple[Fact, ...]:
    """Up to three facts for each group; a wave is released once, so the first word counts."""
    said = [each for each in observations if isinstance(each, SurveyReleased)]
    return tuple(
        _fact(entity, said[0], each.group, points, count)
        for each in (said[0].sums if said else ())
        for points, count in _points(each).items()
        if count
    )


def _points(said: ReleasedSum) -> dict[Decimal, int]:
    return {
        PROMOTER: said.promoters,
        Decimal(): said.passives,
        -PROMOTER: said.detractors,
    }


def _fact(entity: str, said: SurveyReleased, group: str, points: Decimal, count: int) -> Fact:
    return Fact(
        id=fact_id(entity, ANSWER, group, str(points)),
        entity=entity,
        kind=ANSWER,
        at=said.occurred_at,
        dimensions={"group": group},
        measure=points,
        weight=count,
        causes=causes_of([said]),
    )


SURVEY: Final = Fold(kinds={ANSWER: frozenset({"group"})}, fold=fold_survey)
