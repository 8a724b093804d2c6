"""GitLab: deployments, how they ended, and merged merge requests.

The webhook's triggers are Deployment events and Merge request events. With a signing token GitLab
signs as Standard Webhooks has it; older versions know a secret token only, which comes along as it
is: then the way has to be private, and nothing tells a stale delivery.
https://docs.gitlab.com/user/project/integrations/webhook_events/
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field

from libs.common.intake import Delivery
from libs.common.signatures import require_match
from libs.common.standard_webhooks import key_or_text, require_signed
from services.metrics.observations import (
    ChangeMerged,
    DeploymentFinished,
    DeploymentStarted,
    Moment,
    Name,
    Observation,
    Outcome,
)
from services.metrics.sources.naming import PRODUCTION, by_commit, by_event, commit_named
from services.metrics.sources.reading import Payload, json_object, reading

GITLAB: Final = "gitlab"
RUNNING: Final = "running"
OUTCOMES: Final = {"success": Outcome.SUCCEEDED, "failed": Outcome.FAILED}
"""The statuses that end a deployment; one that was canceled neither succeeded nor failed."""

PRODUCTION_TIER: Final = "production"


def _as_written(said: object) -> object:
    """GitLab writes some times as `2026-03-10 09:30:00 +0100` or `… UTC`, which is not ISO 8601."""
    if not isinstance(said, str) or "T" in said.removesuffix("UTC"):
        return said
    return datetime.strptime(said.replace("UTC", "+0000"), "%Y-%m-%d %H:%M:%S %z")


GitLabTime = Annotated[Moment, BeforeValidator(_as_written)]
GitLabId = Annotated[int, Field(ge=0, lt=2**63)]


class Project(Payload):
    path_with_namespace: Name


class Envelope(Payload):
    object_kind: str


class Deployment(Payload):
    project: Project
    status: str
    status_changed_at: GitLabTime
    deployment_id: GitLabId
    environment: Name
    environment_tier: str | None = None
    commit_url: str = ""


class Commit(Payload):
    id: str


class MergeRequest(Payload):
    iid: GitLabId
    id: GitLabId
    created_at: GitLabTime
    updated_at: GitLabTime
    merge_commit_sha: str | None = None
    last_commit: Commit


class MergeRequestEvent(Payload):
    project: Project
    object_attributes: MergeRequest


@dataclass(frozen=True, slots=True)
class GitLab:
    """A project's or a group's webhook."""

    name: str = GITLAB
    accepted_status: int = 202

    def verify(self, delivery: Delivery, secrets: Sequence[str], now: datetime) -> None:
        """Check `webhook-signature`, else compare `X-Gitlab-Token`; raises Unauthorized."""
        if "webhook-signature" in delivery.headers:
            require_signed(delivery, map(key_or_text, secrets), now)
        else:
            require_match([each for each in secrets if each], [delivery.header("X-Gitlab-Token")])

    def delivery_id(self, delivery: Delivery) -> str:
        """The same for a delivery and for each of its retries, in versions that tell it."""
        return delivery.headers.get("idempotency-key") or delivery.headers.get("webhook-id", "")

    def read(self, body: bytes) -> Sequence[Observation]:
        """One observation, or none for what no figure is made of; raises Unreadable."""
        content = json_object(body, "this front door reads GitLab's webhooks")
        with reading("the event"):
            kind = Envelope.model_validate(content).object_kind
        with reading(kind if kind in KINDS else "the event"):
            return self._deployed(content) if kind == DEPLOYMENT else self._merged(content)

    def _deployed(self, content: dict[str, Any]) -> Sequence[Observation]:
        said = Deployment.model_validate(content)
        sha = commit_named(said.commit_url.rpartition("/")[2])
        event_id = f"deployment/{said.deployment_id}/{said.status}"
        about = {
            "source": self.name,
            "event_id": event_id,
            "entity": by_commit(sha) if sha else by_event(self.name, str(said.deployment_id)),
            "occurred_at": said.status_changed_at,
            "deployment": f"{self.name}/deployment/{said.deployment_id}",
            "service": said.project.path_with_namespace,
            "environment": said.environment,
            "production": _is_production(said),
        }
        if said.status == RUNNING:
            return (DeploymentStarted.model_validate(about),)
        if said.status in OUTCOMES:
            ended = about | {"outcome": OUTCOMES[said.status]}
            return (DeploymentFinished.model_validate(ended),)
        return ()

    def _merged(self, content: dict[str, Any]) -> Sequence[Observation]:
        match content:
            case {"object_kind": "merge_request", "object_attributes": {"action": "merge"}}:
                said = MergeRequestEvent.model_validate(content)
            case _:
                return ()
        request, repository = said.object_attributes, said.project.path_with_namespace
        # Without a merge commit, the branch was moved on to the request's last commit.
        sha = commit_named(request.merge_commit_sha or request.last_commit.id)
        event_id = f"merge_request/{request.id}/merged"
        return (
            ChangeMerged(
                source=self.name,
                event_id=event_id,
                entity=by_commit(sha) if sha else by_event(self.name, event_id),
                occurred_at=request.updated_at,
                change=f"{self.name}/{repository}/{request.iid}",
                repository=repository,
                opened_at=request.created_at,
            ),
        )


DEPLOYMENT: Final = "deployment"
KINDS: Final = frozenset({DEPLOYMENT, "merge_request"})


def _is_production(said: Deployment) -> bool:
    if said.environment_tier is not None:
        return said.environment_tier == PRODUCTION_TIER
    return said.environment.lower() in PRODUCTION
