"""Experiments, as CloudEvents of our own.

Their data name the experiment and the team, and of one that is over the verdict: `shipped`,
`dropped`, or `abandoned` where nothing was decided.
"""

from typing import Final

from services.metrics.experiments import ExperimentDecided, ExperimentStarted, Verdict
from services.metrics.observations import Name
from services.metrics.sources.naming import by_experiment
from services.metrics.sources.own_events import OwnEvent, Said

STARTED: Final = "experiment.started.v1"
DECIDED: Final = "experiment.decided.v1"


class StartedData(Said):
    experiment: Name
    team: Name


class DecidedData(StartedData):
    verdict: Verdict


def read_started(door: str, content: object) -> ExperimentStarted:
    """An experiment began."""
    said = OwnEvent[StartedData].model_validate(content)
    entity = by_experiment(said.source, said.data.experiment)
    return ExperimentStarted(**said.told(door, entity), team=said.data.team)


def read_decided(door: str, content: object) -> ExperimentDecided:
    """An experiment is over."""
    said = OwnEvent[DecidedData].model_validate(content)
    entity = by_experiment(said.source, said.data.experiment)
    return ExperimentDecided(
        **said.told(door, entity), team=said.data.team, verdict=said.data.verdict
    )
