"""How each deployment ended, whatever was said of it in between."""

from collections.abc import Sequence
from itertools import groupby

from services.metrics.facts import Observations
from services.metrics.observations import DeploymentFinished


def ends_of(observations: Observations) -> list[DeploymentFinished]:
    """For each deployment the event that first told the outcome it ended with."""
    finished = [each for each in observations if isinstance(each, DeploymentFinished)]
    return [_end_of(tuple(each)) for _, each in groupby(sorted(finished, key=_key), key=_key)]


def _key(event: DeploymentFinished) -> str:
    return event.deployment


def _end_of(events: Sequence[DeploymentFinished]) -> DeploymentFinished:
    return next(each for each in events if each.outcome == events[-1].outcome)
