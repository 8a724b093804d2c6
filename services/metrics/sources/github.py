"""GitHub: deployments, how they ended, and merged pull requests.

The webhook's content type is `application/json`, its events are Deployments, Deployment statuses
and Pull requests. GitHub signs no time, so a repeat is told by `X-GitHub-Delivery` and by the ids
in the body; it does not retry what it could not deliver.
https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from libs.common.intake import Delivery
from libs.common.signatures import mac, require_match
from services.metrics.observations import (
    ChangeMerged,
    DeploymentFinished,
    DeploymentStarted,
    Moment,
    Name,
    Observation,
    Outcome,
)
from services.metrics.sources.naming import PRODUCTION, by_commit
from services.metrics.sources.reading import Payload, json_object, reading

GITHUB: Final = "github"

OUTCOMES: Final = {
    "success": Outcome.SUCCEEDED,
    "failure": Outcome.FAILED,
    "error": Outcome.FAILED,
}
"""The states that end a deployment; `inactive` only says that a later one took its place."""

REWORK: Final = frozenset({"hotfix", "rollback"})
"""Tasks of a deployment, alone or after a colon, that say it mends what an earlier one broke."""

GithubId = Annotated[int, Field(ge=0, lt=2**63)]
Sha = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}(?:[0-9a-f]{24})?$")]


class Repository(Payload):
    full_name: Name


class Deployment(Payload):
    id: GithubId
    sha: Sha
    environment: Name
    production_environment: bool | None = None
    task: str | None = None
    created_at: Moment


class DeploymentStatus(Payload):
    id: GithubId
    state: str
    environment: Name | None = None
    created_at: Moment


class PullRequest(Payload):
    id: GithubId
    number: GithubId
    merge_commit_sha: Sha
    created_at: Moment
    merged_at: Moment


class DeploymentCreated(Payload):
    repository: Repository
    deployment: Deployment


class StatusCreated(DeploymentCreated):
    deployment_status: DeploymentStatus


class PullRequestClosed(Payload):
    repository: Repository
    pull_request: PullRequest


@dataclass(frozen=True, slots=True)
class GitHub:
    """A repository's or an organisation's webhook.

    `production` names, in lower case, the environments that count as production where a
    deployment does not say so itself.
    """

    name: str = GITHUB
    accepted_status: int = 202
    production: frozenset[str] = PRODUCTION

    def verify(self, delivery: Delivery, secrets: Sequence[str], now: datetime) -> None:  # noqa: ARG002  # GitHub signs no time
        """Check `X-Hub-Signature-256`; raises Unauthorized."""
        given = delivery.header("X-Hub-Signature-256")
        keys = [each.encode() for each in secrets if each]
        expected = [f"sha256={mac(key, delivery.body).hex()}" for key in keys]
        require_match(expected, [given])

    def delivery_id(self, delivery: Delivery) -> str:
        """The same for a delivery and for its redelivery."""
        return delivery.header("X-GitHub-Delivery")

    def read(self, body: bytes) -> Sequence[Observation]:
        """What the body's shape says it is: the header that names the event is not signed."""
        content = json_object(body, "set the webhook's content type to application/json")
        match content:
            case {"action": "created", "deployment_status": {"state": str(state)}} if (
                state not in OUTCOMES
            ):
                return ()
            case {"action": "created", "deployment_status": _}:
                with reading("deployment_status"):
                    return (self._ended(StatusCreated.model_validate(content)),)
            case {"action": "created", "deployment": _}:
                with reading("deployment"):
                    return (self._started(DeploymentCreated.model_validate(content)),)
            case {"action": "closed", "pull_request": {"merged": True}}:
                with reading("pull_request"):
                    return (self._merged(PullRequestClosed.model_validate(content)),)
            case _:
                return ()

    def _ended(self, said: StatusCreated) -> DeploymentFinished:
        status, deployment = said.deployment_status, said.deployment
        environment = status.environment or deployment.environment
        return DeploymentFinished(
            source=self.name,
            event_id=f"deployment_status/{status.id}",
            entity=by_commit(deployment.sha),
            occurred_at=status.created_at,
            position=status.id,  # times are whole seconds; ids rise
            deployment=f"{self.name}/deployment/{deployment.id}",
            service=said.repository.full_name,
            environment=environment,
            production=self._is_production(deployment, environment),
            outcome=OUTCOMES[status.state],
            rework=(deployment.task or "").rpartition(":")[2] in REWORK,
        )

    def _started(self, said: DeploymentCreated) -> DeploymentStarted:
        deployment = said.deployment
        return DeploymentStarted(
            source=self.name,
            event_id=f"deployment/{deployment.id}",
            entity=by_commit(deployment.sha),
            occurred_at=deployment.created_at,
            deployment=f"{self.name}/deployment/{deployment.id}",
            service=said.repository.full_name,
            environment=deployment.environment,
            production=self._is_production(deployment, deployment.environment),
        )

    def _merged(self, said: PullRequestClosed) -> ChangeMerged:
        request, repository = said.pull_request, said.repository.full_name
        return ChangeMerged(
            source=self.name,
            event_id=f"pull_request/{request.id}/merged",
            entity=by_commit(request.merge_commit_sha),
            occurred_at=request.merged_at,
            change=f"{self.name}/{repository}/{request.number}",
            repository=repository,
            opened_at=request.created_at,
        )

    def _is_production(self, deployment: Deployment, environment: str) -> bool:
        if deployment.production_environment is not None:
            return deployment.production_environment
        return environment.lower() in self.production
