"""What the pipelines of three machine-learning teams publish: changes merged, then deployed.

`ranking` and `search` speak through GitHub, `speech` through CDEvents. Some deployments fail, some
events come late, one comes twice: the figures must not mind.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha1
from typing import Any, Final

from farhand.demo.deliveries import Planned

GITHUB_TEAMS: Final = ("acme/ranking", "acme/search")
CDEVENTS_TEAM: Final = "speech"
DEPLOYMENTS_A_TEAM: Final = 18
FAILING: Final = 0.15


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
    changes: list[Shipped] = []
    for team in (*GITHUB_TEAMS, CDEVENTS_TEAM):
        for number in range(1, DEPLOYMENTS_A_TEAM + 1):
            merged_at = begins + lasts * chance.uniform(0.05, 0.85)
            changes.append(
                Shipped(
                    team=team,
                    number=number,
                    opened_at=merged_at - timedelta(hours=chance.uniform(2, 50)),
                    merged_at=merged_at,
                    deployed_at=merged_at + timedelta(hours=chance.uniform(0.2, 12)),
                    succeeded=team == CDEVENTS_TEAM or chance.random() > FAILING,
                )
            )
    return tuple(changes)


def planned(changes: tuple[Shipped, ...], seed: int) -> Iterator[Planned]:
    """All that is delivered about these changes; some of it late, and the first of it twice."""
    chance = random.Random(seed)  # noqa: S311
    for change in changes:
        late = timedelta(hours=20) if chance.random() < 0.1 else timedelta()  # noqa: PLR2004
        source = "cdevents" if change.team == CDEVENTS_TEAM else "github"
        name = f"{change.team}/{change.number}"
        merged, deployed = _bodies(change)
        yield Planned(change.merged_at + late, source, f"{name}/merged", merged)
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


def _cdevent(change: Shipped, kind: str, at: datetime, subject: dict[str, Any]) -> bytes:
    return _json(
        {
            "context": {
                "version": "0.5.1",
                "id": f"{change.sha}-{kind}",
                "source": "/acme/pipelines",
                "type": f"dev.cdevents.{kind}",
                "timestamp": at.isoformat(),
                "chainId": change.sha,
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


def _cdevent_deployed(change: Shipped) -> bytes:
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
    )


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()
