"""The front doors of metrics, and the key under which what comes in through them is handled."""

from typing import Final

from libs.common.ids import derived
from libs.common.message import Command
from libs.common.service import FrontDoor, Tools
from services.metrics.observations import Observation
from services.metrics.sources.cdevents import CDEvents
from services.metrics.sources.github import GitHub
from services.metrics.sources.gitlab import GitLab
from services.metrics.sources.growthbook import GrowthBook
from services.metrics.sources.mlflow import MLflow
from services.metrics.sources.mlops import INBOX, OWN, Mlops
from services.metrics.sources.pagerduty import PagerDuty


async def admit(observation: Observation, _tools: Tools) -> tuple[str, Command]:
    """Observations of one entity share a key: one that fails holds up its own entity only.

    The key also names the data key that the raw delivery is sealed with, so it is an id.
    """
    return str(derived("entity", observation.entity)), observation


FRONT_DOORS: Final = (
    FrontDoor(GitHub(), admit),
    FrontDoor(GitLab(), admit),
    FrontDoor(CDEvents(), admit),
    FrontDoor(MLflow(), admit),
    FrontDoor(GrowthBook(), admit),
    FrontDoor(PagerDuty(), admit),
    FrontDoor(Mlops(), admit, topic=INBOX, event_types=frozenset(OWN)),
)
