"""What three teams try out on people, and what they decide.

`ranking` and `search` tell it as CloudEvents, `speech` through GrowthBook. One verdict is
corrected, one experiment is given up, and one start comes late.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from farhand.demo.deliveries import Planned

SOURCE: Final = "/acme/experiments"
GROWTHBOOK_TEAM: Final = "speech"
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Trial:
    """An experiment: on which days of the demo it begins and ends, and how."""

    name: str
    team: str
    begins: int
    ends: int | None = None
    verdict: str = ""


TRIALS: Final = (
    Trial("fresh-first", "acme/ranking", 1, 6, "shipped"),
    Trial("long-memory", "acme/ranking", 2, 8, "dropped"),
    Trial("two-towers", "acme/ranking", 7),
    Trial("typo-tolerance", "acme/search", 1, 7, "shipped"),
    Trial("short-answers", "acme/search", 3, 9, "dropped"),
    Trial("voice-query", "acme/search", 5, 8, "abandoned"),
    Trial("whisper-mode", "speech", 2, 9, "shipped"),
    Trial("dialects", "speech", 6),
)
LATE: Final = "typo-tolerance"
"""Its start is told only after its end."""
CORRECTED: Final = "fresh-first"
"""Its verdict was first told wrong."""
RESULTS: Final = {"shipped": "won", "dropped": "lost", "abandoned": "dnf"}


def planned(begins: datetime) -> Iterator[Planned]:
    """All that is delivered about experiments."""
    for trial in TRIALS:
        tell = _growthbook if trial.team == GROWTHBOOK_TEAM else _own
        yield from tell(trial, begins)


def _own(trial: Trial, begins: datetime) -> Iterator[Planned]:
    started, told = begins + trial.begins * DAY, f"{trial.name}/started"
    late = 12 * DAY if trial.name == LATE else timedelta()
    yield _event(trial, "experiment.started.v1", told, started, {}, late)
    if trial.ends is None:
        return
    ended, kind, name = begins + trial.ends * DAY, "experiment.decided.v1", f"{trial.name}/decided"
    if trial.name == CORRECTED:
        yield _event(trial, kind, f"{name}-wrongly", ended, {"verdict": "abandoned"})
    corrects = {"replaces": f"{name}-wrongly"} if trial.name == CORRECTED else {}
    yield _event(trial, kind, name, ended, {"verdict": trial.verdict, **corrects}, DAY / 4)


def _event(
    trial: Trial,
    kind: str,
    name: str,
    at: datetime,
    more: dict[str, str],
    late: timedelta = timedelta(),
) -> Planned:
    data = {"experiment": trial.name, "team": trial.team, "at": at.isoformat(), **more}
    said = {"specversion": "1.0", "id": name, "source": SOURCE, "type": kind, "data": data}
    return Planned(at + late, "mlops", name, json.dumps(said).encode())


def _growthbook(trial: Trial, begins: datetime) -> Iterator[Planned]:
    started = begins + trial.begins * DAY
    yield _stands(trial, started, {"status": "running", "phases": [_phase(started)]})
    if trial.ends is not None:
        ended = begins + trial.ends * DAY
        result = {"status": RESULTS[trial.verdict], "releasedVariationId": ""}
        stopped = {"status": "stopped", "resultSummary": result}
        yield _stands(trial, ended, {**stopped, "phases": [_phase(started, ended)]})


def _phase(started: datetime, ended: datetime | None = None) -> dict[str, str]:
    return {
        "dateStarted": started.isoformat(),
        "dateEnded": "" if ended is None else ended.isoformat(),
    }


def _stands(trial: Trial, at: datetime, state: dict[str, Any]) -> Planned:
    experiment = {"id": f"exp_{trial.name}", "project": trial.team, **state}
    body = {
        "event": "experiment.updated",
        "object": "experiment",
        "data": {"object": experiment},
        "created": int(at.timestamp() * 1000),
    }
    return Planned(at, "growthbook", f"{trial.name}/{at}", json.dumps(body).encode())
