"""What metrics is told of a survey: the sums that were released of one wave, and nothing else."""

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt

from services.metrics.observations import Name, Observation


class ReleasedSum(BaseModel):
    """How a group answered: promoters, passives and detractors."""

    model_config = ConfigDict(frozen=True)

    group: Name
    promoters: NonNegativeInt
    passives: NonNegativeInt
    detractors: NonNegativeInt


class SurveyReleased(Observation):
    """A wave was released; the groups are those that may be shown, each answer is in one."""

    wave: Name
    sums: tuple[ReleasedSum, ...] = Field(max_length=10_000)
