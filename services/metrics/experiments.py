"""What metrics is told of experiments: started, decided, or removed as if they had never been."""

from enum import StrEnum

from services.metrics.observations import Name, Observation


class Verdict(StrEnum):
    """How an experiment ended: what it tried was shipped or dropped, or nothing was decided."""

    SHIPPED = "shipped"
    DROPPED = "dropped"
    ABANDONED = "abandoned"


class ExperimentStarted(Observation):
    """An experiment shows its variations to people from now on, for the first time or again.

    Of a sender that tells how things stand rather than what happened, `position` is when it said
    so, and its newest word is believed.
    """

    team: Name


class ExperimentDecided(Observation):
    """An experiment is over."""

    rank = 1

    team: Name
    verdict: Verdict


class ExperimentDeleted(Observation):
    """An experiment was removed by its owners and is not to count."""

    rank = 2
