"""What the pipelines of three machine-learning teams publish: changes merged, then deployed.

`ranking` and `search` speak through GitHub, `speech` through CDEvents. Some deployments fail, some
events come late or are corrected, one comes twice: the figures must not mind. From the sixth day
on, ranking's changes wait for review: its key result leaves its path, and its manager is told.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha1
from typing import Any, Final

from farhand.demo.deliveries import Planned

GITHUB_TEAMS: Final = ("acme/ranking", "acme/search")
CDEVENTS_TEAM: Final = "speech"
DEPLOYMENTS_A_TEAM: Final = 18
FAILING: Final = 0.15

STRAYING_TEAM: Final = "acme/ranking"
STRAYING_DEPLOYMENTS: Final = 36
STRAYS_AFTER: Final = 0.36
"""The share of the two weeks after which its changes wait for review."""

CORRECTED: Final = 5
"""Every so many deployments through CDEvents are first told with a wrong time."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """One change of one team on its way to production."""

    team: str
    number: int
    opened_at: datetime
    merged_at: datetime
    deployed_at: datetime
    succeeded: bool

    @property
    def sha(self) -> str:
        """The commit that was merged and deployed."""
        return sha1(f"{self.team}/{self.number}".encode()).hexdigest()  # noqa: S324  # as git does


def shipped(seed: int, begins: datetime, lasts: timedelta) -> tuple[Shipped, ...]:
    """The changes of all teams."""
    chance = random.Random(seed)  # noqa: S311  # made-up changes
    return tuple(
        _shipped(chance, team, number, (begins, lasts))
        for team in (*GITHUB_TEAMS, CDEVENTS_TEAM)
        for number in range(1, _deployments_of(team) + 1)
    )


def _deployments_of(team: str) -> int:
    return STRAYING_DEPLOYMENTS if team == STRAYING_TEAM else DEPLOYMENTS_A_TEAM


def _shipped(
    chance: random.Random, team: str, number: int, time: tuple[datetime, timedelta]
) -> Shipped:
    begins, lasts = time
    # A steady stream: so that a day without any deployment is rare.
    passed = 0.85 * (number - 1 + chance.random()) / _deployments_of(team)
    merged_at = begins + lasts * passed
    waits = (14, 30) if team == STRAYING_TEAM and passed > STRAYS_AFTER else (0.2, 12)
    return Shipped(
        team=team,
        number=number,
        opened_at=merged_at - timedelta(hours=chance.uniform(2, 50)),
        merged_at=merged_at,
        deployed_at=merged_at + timedelta(hours=chance.uniform(*waits)),
        succeeded=team == CDEVENTS_TEAM or chance.random() > FAILING,
    )


def planned(changes: tuple[Shipped, ...], seed: int) -> Iterator[Planned]:
    """All that is delivered about these changes; some late, some corrected, the first twice."""
    chance = random.Random(seed)  # noqa: S311
    for change in changes:
        late = timedelta(hours=20) if chance.random() < 0.1 else timedelta()  # noqa: PLR2004
        source = "cdevents" if change.team == CDEVENTS_TEAM else "github"
        name = f"{change.team}/{change.number}"
        merged, deployed = _bodies(change)
        yield Planned(change.merged_at + late, source, f"{name}/merged", merged)
        if source == "cdevents" and change.number % CORRECTED == 0:
            wrong = replace(change, deployed_at=change.deployed_at - timedelta(days=1))
            told, deployed = _cdevent_deployed(wrong), _cdevent_deployed(change, corrects=True)
            yield Planned(change.deployed_at - timedelta(minutes=30), source, f"{name}/told", told)
        yield Planned(change.deployed_at, source, f"{name}/deployed", deployed)
        if change.number == 1:
            yield Planned(change.deployed_at, source, f"{name}/deployed", deployed)


def _bodies(change: Shipped) -> tuple[bytes, bytes]:
    if change.team == CDEVENTS_TEAM:
        return _cdevent_merged(change), _cdevent_deployed(change)
    return _github_merged(change), _github_deployed(change)


def _id(change: Shipped, what: str) -> int:
    return int(sha1(f"{change.sha}/{what}".encode()).hexdigest()[:8], 16)  # noqa: S324


def _github_merged(change: Shipped) -> bytes:
    return _json(
        {
            "action": "closed",
            "pull_request": {
                "id": _id(change, "pull request"),
                "number": change.number,
                "merged": True,
                "merged_at": change.merged_at.isoformat(),
                "created_at": change.opened_at.isoformat(),
                "merge_commit_sha": change.sha,
            },
            "repository": {"full_name": change.team},
        }
    )


def _github_deployed(change: Shipped) -> bytes:
    return _json(
        {
            "action": "created",
            "deployment_status": {
                "id": _id(change, "status"),
                "state": "success" if change.succeeded else "failure",
                "environment": "production",
                "created_at": change.deployed_at.isoformat(),
            },
            "deployment": {
                "id": _id(change, "deployment"),
                "sha": change.sha,
                "environment": "production",
                "created_at": change.merged_at.isoformat(),
            },
            "repository": {"full_name": change.team},
        }
    )


def _cdevent(
    change: Shipped, kind: str, at: datetime, subject: dict[str, Any], *, corrects: bool = False
) -> bytes:
    told = f"{change.sha}-{kind}"
    relation = {"linkType": "RELATION", "linkKind": "CORRECTS", "target": {"contextId": told}}
    return _json(
        {
            "context": {
                "version": "0.5.1",
                "id": f"{told}-corrected" if corrects else told,
                "source": "/acme/pipelines",
                "type": f"dev.cdevents.{kind}",
                "timestamp": at.isoformat(),
                "chainId": change.sha,
                "links": [relation] if corrects else [],
            },
            "subject": subject,
        }
    )


def _cdevent_merged(change: Shipped) -> bytes:
    return _cdevent(
        change,
        "change.merged.0.3.0",
        change.merged_at,
        {
            "id": f"change-{change.number}",
            "type": "change",
            "content": {"repository": {"id": f"acme/{change.team}"}},
        },
    )


def _cdevent_deployed(change: Shipped, *, corrects: bool = False) -> bytes:
    return _cdevent(
        change,
        "service.deployed.0.3.0",
        change.deployed_at,
        {
            "id": f"acme/{change.team}",
            "type": "service",
            "content": {
                "environment": {"id": "production"},
                "artifactId": f"pkg:oci/{change.team}@sha1:{change.sha}",
            },
        },
        corrects=corrects,
    )


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()
