"""Which deployments failed, how that is known, and when it was over.

A failure is linked to a deployment by the first of these that holds:
1. `explicit`: an incident blames the artifact that was deployed;
2. `window`: an incident began on the same service in the same environment within a day of the
   newest deployment before it;
3. `rollback`: the deployment was rolled back.
An incident that no deployment is linked to is told as such, never spread over the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.metrics.observations import EventName, IncidentOpened, IncidentResolved, Observation

LINK_WINDOW: Final = timedelta(days=1)
"""How long after a deployment an incident is still put down to it, where nothing says so."""

EXPLICIT: Final = "explicit"
WINDOW: Final = "window"
ROLLBACK: Final = "rollback"
NONE: Final = "none"


@dataclass(frozen=True, slots=True)
class Deployed:
    """A deployment that reached where it was to go; `names` are those of its artifact."""

    key: str
    at: datetime
    names: frozenset[str]
    causes: tuple[EventName, ...]


@dataclass(frozen=True, slots=True)
class RolledBack:
    """What ran was replaced by an earlier version."""

    at: datetime
    causes: tuple[EventName, ...]


@dataclass(frozen=True, slots=True)
class Incident:
    """From when to when something was wrong; `resolved_at` is None while it still is."""

    key: str
    at: datetime
    resolved_at: datetime | None
    names: frozenset[str]
    opened: IncidentOpened
    causes: tuple[EventName, ...]


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong with a deployment; `recovered_at` is None while it still is."""

    method: str
    recovered_at: datetime | None
    causes: tuple[EventName, ...]


def incidents_in(observations: Sequence[Observation]) -> list[Incident]:
    """Every incident that was opened, with what was said last of it."""
    said: dict[str, list[IncidentOpened | IncidentResolved]] = {}
    for each in observations:
        if isinstance(each, IncidentOpened | IncidentResolved):
            said.setdefault(each.incident, []).append(each)
    return [found for events in said.values() if (found := _incident(events)) is not None]


def _incident(events: Sequence[IncidentOpened | IncidentResolved]) -> Incident | None:
    opened = [each for each in events if isinstance(each, IncidentOpened)]
    if not opened:
        return None
    last = events[-1]
    return Incident(
        key=last.incident,
        at=opened[0].occurred_at,
        resolved_at=last.occurred_at if isinstance(last, IncidentResolved) else None,
        names=frozenset(each.artifact for each in opened if each.artifact is not None),
        opened=opened[-1],
        causes=tuple(dict.fromkeys(each.name for each in events)),
    )


def links(
    deployments: Sequence[Deployed], incidents: Sequence[Incident]
) -> dict[str, tuple[Deployed, str] | None]:
    """For each incident the deployment it is put down to, and how that is known."""
    return {each.key: _linked(deployments, each) for each in incidents}


def _linked(deployments: Sequence[Deployed], incident: Incident) -> tuple[Deployed, str] | None:
    before = [each for each in deployments if each.at <= incident.at]
    blamed = [each for each in before if each.names & incident.names]
    if blamed:
        return blamed[-1], EXPLICIT
    if before and incident.at - before[-1].at <= LINK_WINDOW:
        return before[-1], WINDOW
    return None


def failures(
    deployments: Sequence[Deployed],
    rollbacks: Sequence[RolledBack],
    incidents: Sequence[Incident],
) -> dict[str, Failure]:
    """The deployments that failed, by key. All are in the order in which they happened.

    A rollback is put down to the newest deployment before it. What incidents were linked to is
    over when the last of them is; what was only rolled back, when it was.
    """
    found: dict[str, Failure] = {}
    for rollback in rollbacks:
        before = [each for each in deployments if each.at <= rollback.at]
        if before and before[-1].key not in found:
            found[before[-1].key] = Failure(ROLLBACK, rollback.at, rollback.causes)
    linked = links(deployments, incidents)
    blamed: dict[str, list[tuple[Incident, str]]] = {}
    for incident in incidents:
        if (hit := linked[incident.key]) is not None:
            blamed.setdefault(hit[0].key, []).append((incident, hit[1]))
    return found | {key: _failure(mine) for key, mine in blamed.items()}


def _failure(linked: Sequence[tuple[Incident, str]]) -> Failure:
    ends = [incident.resolved_at for incident, _ in linked]
    closed = [end for end in ends if end is not None]
    return Failure(
        method=EXPLICIT if any(how == EXPLICIT for _, how in linked) else WINDOW,
        recovered_at=max(closed) if len(closed) == len(ends) else None,
        causes=tuple(dict.fromkeys(name for incident, _ in linked for name in incident.causes)),
    )
