"""GitHub: who may speak, and what is made of what it says."""

import hmac
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.intake import Delivery, Source, Unauthorized, Unreadable
from services.metrics.observations import (
    ChangeMerged,
    DeploymentFinished,
    DeploymentStarted,
    Observation,
    Outcome,
)
from services.metrics.sources.github import GitHub

GITHUB = GitHub()
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PAYLOADS = Path(__file__).parent / "payloads"
SHA = "f95f852bd8fca8fcc58a9a2d6c842781e32a215e"
BODY = b'{"zen": "Speak like a human."}'


def payload(name: str) -> dict[str, Any]:
    return json.loads((PAYLOADS / f"github_{name}.json").read_text(encoding="utf-8"))


def read(content: dict[str, Any]) -> Observation:
    (observation,) = GITHUB.read(json.dumps(content).encode())
    return observation


def signature(secret: str, body: bytes = BODY) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, "sha256").hexdigest()


def delivery(given: str | None, body: bytes = BODY) -> Delivery:
    signed = {} if given is None else {"x-hub-signature-256": given}
    return Delivery("github", {"x-github-delivery": "72d3162e", **signed}, body)


def test_it_is_a_source() -> None:
    source: Source = GITHUB
    assert source.name == "github"
    assert source.accepted_status == 202


def test_the_vector_of_the_documentation_is_accepted() -> None:
    given = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    GITHUB.verify(delivery(given, b"Hello, World!"), ["It's a Secret to Everybody"], NOW)


@pytest.mark.parametrize("live", [["new"], ["old", "new"], ["new", "old"], ["", "new"]], ids=str)
def test_any_live_secret_is_enough(live: list[str]) -> None:
    GITHUB.verify(delivery(signature("new")), live, NOW)


@pytest.mark.parametrize(
    ("given", "live"),
    [
        pytest.param(signature("other"), ["secret"], id="another secret"),
        pytest.param(signature("secret", b"{}"), ["secret"], id="another body"),
        pytest.param(signature("secret"), [], id="no secret is live"),
        pytest.param(signature(""), [""], id="an empty secret opens nothing"),
        pytest.param(signature("secret")[7:], ["secret"], id="without sha256="),
        pytest.param(signature("secret").upper(), ["secret"], id="in capitals"),
        pytest.param("sha1=" + "0" * 40, ["secret"], id="the old header's form"),
        pytest.param("", ["secret"], id="empty"),
        pytest.param("sha256=ключ 🔑 \udcff", ["secret"], id="no ASCII at all"),
        pytest.param(None, ["secret"], id="missing"),
    ],
)
def test_everything_else_is_turned_away(given: str | None, live: list[str]) -> None:
    with pytest.raises(Unauthorized) as refused:
        GITHUB.verify(delivery(given), live, NOW)
    assert "secret" not in str(refused.value).replace("live secret", "")


def test_a_redelivery_has_the_same_id() -> None:
    assert GITHUB.delivery_id(delivery(None)) == "72d3162e"
    with pytest.raises(Unauthorized, match="X-GitHub-Delivery"):
        GITHUB.delivery_id(Delivery("github", {}, BODY))


def test_a_success_in_production_is_a_finished_deployment() -> None:
    assert read(payload("deployment_status.created.success")) == DeploymentFinished(
        source="github",
        event_id="deployment_status/209916254",
        entity=f"delivery/commit/{SHA}",
        occurred_at=datetime(2019, 5, 15, 15, 20, 55, tzinfo=UTC),
        position=209916254,
        deployment="github/deployment/145988746",
        service="Codertocat/Hello-World",
        environment="production",
        production=True,
        outcome=Outcome.SUCCEEDED,
    )


@pytest.mark.parametrize(
    ("task", "rework"),
    [("deploy", False), ("hotfix", True), ("deploy:rollback", True), ("hotfix:no", False)],
)
def test_a_task_tells_rework(task: str, rework: bool) -> None:  # noqa: FBT001  # a case of the table
    content = payload("deployment_status.created.success")
    content["deployment"]["task"] = task
    observation = read(content)
    assert isinstance(observation, DeploymentFinished)
    assert observation.rework is rework


@pytest.mark.parametrize(
    ("state", "outcome"),
    [("success", Outcome.SUCCEEDED), ("failure", Outcome.FAILED), ("error", Outcome.FAILED)],
)
def test_what_a_state_means(state: str, outcome: Outcome) -> None:
    content = payload("deployment_status.created.success")
    content["deployment_status"]["state"] = state
    observation = read(content)
    assert isinstance(observation, DeploymentFinished)
    assert observation.outcome == outcome


@pytest.mark.parametrize(
    "state", ["in_progress", "queued", "pending", "waiting", "inactive", "new"]
)
def test_a_state_that_ends_nothing_is_no_observation(state: str) -> None:
    content = payload("deployment_status.created.success")
    content["deployment_status"]["state"] = state
    assert GITHUB.read(json.dumps(content).encode()) == ()


def test_the_sample_in_progress_is_no_observation() -> None:
    content = payload("deployment_status.created.in_progress")
    assert GITHUB.read(json.dumps(content).encode()) == ()


@pytest.mark.parametrize(
    ("environment", "said", "production"),
    [
        pytest.param("production", None, True, id="by its name"),
        pytest.param("Production", None, True, id="in any case"),
        pytest.param("github-pages", True, True, id="because GitHub says so"),
        pytest.param("production", False, False, id="unless GitHub says otherwise"),
        pytest.param("staging", None, False, id="nothing else"),
    ],
)
def test_what_counts_as_production(environment: str, said: bool | None, production: bool) -> None:  # noqa: FBT001  # a case of the table
    content = payload("deployment_status.created.success")
    content["deployment"]["production_environment"] = said
    content["deployment_status"]["environment"] = environment
    observation = read(content)
    assert isinstance(observation, DeploymentFinished)
    assert (observation.environment, observation.production) == (environment, production)


def test_a_deployment_that_was_asked_for() -> None:
    observation = read(payload("deployment.created"))
    assert isinstance(observation, DeploymentStarted)
    assert observation.event_id == "deployment/145988746"
    assert observation.deployment == "github/deployment/145988746"
    assert observation.occurred_at == datetime(2019, 5, 15, 15, 20, 53, tzinfo=UTC)


def test_a_pull_request_closed_without_merging_is_no_observation() -> None:
    assert GITHUB.read(json.dumps(payload("pull_request.closed")).encode()) == ()


def test_a_merged_pull_request_is_a_change_of_its_merge_commit() -> None:
    content = payload("pull_request.closed")
    content["pull_request"] |= {"merged": True, "merged_at": "2019-05-15T15:21:18Z"}
    assert read(content) == ChangeMerged(
        source="github",
        event_id="pull_request/279147437/merged",
        entity="delivery/commit/c4295bd74fb0f4fda03689c3df3f2803b658fd85",
        occurred_at=datetime(2019, 5, 15, 15, 21, 18, tzinfo=UTC),
        change="github/Codertocat/Hello-World/2",
        repository="Codertocat/Hello-World",
        opened_at=datetime(2019, 5, 15, 15, 20, 33, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(BODY, id="ping"),
        pytest.param(b'{"action": "opened", "pull_request": {"merged": false}}', id="opened"),
        pytest.param(b'{"action": "requested", "deployment": {}}', id="a protection rule"),
        pytest.param(b'{"action": 7}', id="an action that is a number"),
        pytest.param(b"{}", id="nothing"),
    ],
)
def test_what_does_not_concern_us_is_empty(body: bytes) -> None:
    assert GITHUB.read(body) == ()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param(b"", "content type", id="empty"),
        pytest.param(b"payload=%7B%7D", "application/json", id="sent as a form"),
        pytest.param(b"[]", "not a JSON object", id="a list"),
        pytest.param(b"\xff\xfe{}", "not JSON", id="not UTF-8"),
        pytest.param(b'{"a": "\\ud800"}', "not JSON", id="half a character"),
        pytest.param(b"[" * 100_000, "not JSON", id="a very deep hole"),
        pytest.param(
            b'{"action": "created", "deployment_status": 1}', "deployment_status", id="a number"
        ),
    ],
)
def test_what_cannot_be_read_says_why(body: bytes, says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        GITHUB.read(body)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param(("deployment", "sha"), "main", id="a branch for a commit"),
        pytest.param(("deployment", "id"), 10**30, id="an id beyond 64 bits"),
        pytest.param(("deployment_status", "created_at"), "2019-05-15", id="a day for a moment"),
        pytest.param(("deployment_status", "created_at"), "0001-01-01T00:00:00Z", id="year one"),
        pytest.param(("deployment_status", "created_at"), "2019-05-15T15:20:55", id="no zone"),
        pytest.param(("deployment_status", "environment"), "a\x00b", id="a NUL"),
        pytest.param(("repository", "full_name"), "x" * 201, id="a name without end"),
    ],
)
def test_a_field_that_is_wrong_is_named_without_its_value(
    path: tuple[str, str], value: object
) -> None:
    content = payload("deployment_status.created.success")
    content[path[0]][path[1]] = value
    with pytest.raises(Unreadable, match=r"\.".join(path)) as refused:
        GITHUB.read(json.dumps(content).encode())
    assert str(value) not in str(refused.value)


@given(
    st.binary()
    | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(repr).map(str.encode)
)
def test_no_body_does_more_harm_than_being_unreadable(body: bytes) -> None:
    try:
        assert GITHUB.read(body) == ()
    except Unreadable:
        return
