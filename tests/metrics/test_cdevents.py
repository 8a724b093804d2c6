"""CDEvents: who may speak, and what is made of what it says."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from libs.common.intake import REPLAY_WINDOW, Delivery, Source, Unauthorized, Unreadable
from services.metrics.observations import (
    ChangeMerged,
    DeploymentFinished,
    IncidentOpened,
    IncidentResolved,
    Observation,
    Outcome,
    Retracted,
)
from services.metrics.sources.cdevents import CDEvents

CDEVENTS = CDEvents()
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PAYLOADS = Path(__file__).parent / "payloads"
SECRET = "whsec_" + b64encode(b"twenty-four bytes of key").decode()
OTHER = "whsec_" + b64encode(b"another twenty-four byte").decode()
PLAIN = "a secret as it is generated"
BODY = '{"note": "Zoë"}'
CHAIN = "4c8cb7dd-3448-41de-8768-eec704e2829b"
SHA = "f95f852bd8fca8fcc58a9a2d6c842781e32a215e"
HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


def signed(secret: str = SECRET, at: datetime = NOW, **changed: str) -> Delivery:
    """A delivery as the reference implementation of Standard Webhooks signs it."""
    encoded = secret if secret.startswith("whsec_") else b64encode(secret.encode()).decode()
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(encoded).sign("msg_1", at, BODY),
    } | {f"webhook-{name}": value for name, value in changed.items()}
    return Delivery("cdevents", headers, BODY.encode())


def without(name: str) -> Delivery:
    delivery = signed()
    present = {each: text for each, text in delivery.headers.items() if each != name}
    return Delivery("cdevents", present, delivery.body)


def payload(name: str, **context: object) -> dict[str, Any]:
    content = json.loads((PAYLOADS / f"cdevents_0.5.1_{name}.json").read_text(encoding="utf-8"))
    content["context"] |= context
    return content


def read(content: dict[str, Any]) -> Observation:
    (observation,) = CDEVENTS.read(json.dumps(content).encode())
    return observation


def link(kind: str, target: str) -> list[dict[str, object]]:
    return [{"linkType": "RELATION", "linkKind": kind, "target": {"contextId": target}}]


def test_it_is_a_source() -> None:
    source: Source = CDEVENTS
    assert source.name == "cdevents"
    assert source.accepted_status == 202


GOOD = signed().headers["webhook-signature"]


@pytest.mark.parametrize(
    "delivery",
    [
        pytest.param(signed(), id="just now"),
        pytest.param(signed(at=NOW - REPLAY_WINDOW), id="at the old end of the window"),
        pytest.param(signed(at=NOW + REPLAY_WINDOW), id="at the young end of the window"),
        pytest.param(signed(OTHER), id="with the other live secret"),
        pytest.param(signed(PLAIN), id="with a secret that is plain text"),
        pytest.param(signed(signature=f"v1,AAAA v2,x garbage {GOOD}"), id="among others"),
    ],
)
def test_a_right_signature_is_accepted(delivery: Delivery) -> None:
    CDEVENTS.verify(delivery, [PLAIN, OTHER, SECRET], NOW)


@pytest.mark.parametrize(
    ("delivery", "says"),
    [
        pytest.param(signed(OTHER), "does not match", id="another secret"),
        pytest.param(signed(id="msg_2"), "does not match", id="another id"),
        pytest.param(
            signed(timestamp=str(int(NOW.timestamp()) + 1)), "does not match", id="another time"
        ),
        pytest.param(signed(signature=GOOD.replace("v1", "v2")), "does not match", id="version 2"),
        pytest.param(signed(signature=GOOD.lower()), "does not match", id="in lower case"),
        pytest.param(signed(signature=""), "does not match", id="empty"),
        pytest.param(signed(signature="ключ,🔑 \udcff"), "does not match", id="no ASCII at all"),
        pytest.param(
            signed(at=NOW - REPLAY_WINDOW - timedelta(seconds=1)), "5 minutes", id="stale"
        ),
        pytest.param(
            signed(at=NOW + REPLAY_WINDOW + timedelta(seconds=1)), "5 minutes", id="premature"
        ),
        pytest.param(signed(timestamp="1e9"), "not a number", id="a time in another form"),
        pytest.param(signed(timestamp="١٢٣"), "not a number", id="digits of another script"),
        pytest.param(signed(timestamp="9" * 5000), "not a number", id="a time without end"),
        pytest.param(signed(timestamp="9" * 12), "not a number", id="after the last year"),
        pytest.param(signed(timestamp="9" * 11), "5 minutes", id="in the year 5138"),
        pytest.param(signed(timestamp=""), "not a number", id="no time"),
        *(pytest.param(without(name), name, id=f"no {name}") for name in HEADERS),
    ],
)
def test_everything_else_is_turned_away(delivery: Delivery, says: str) -> None:
    with pytest.raises(Unauthorized, match=says):
        CDEVENTS.verify(delivery, [SECRET], NOW)


@pytest.mark.parametrize("live", [[], [""], ["whsec_"]], ids=["none", "empty", "only a prefix"])
def test_without_a_secret_nobody_may_speak(live: list[str]) -> None:
    with pytest.raises(Unauthorized):
        CDEVENTS.verify(signed(), live, NOW)


def test_a_service_deployed_is_a_deployment_of_its_chain() -> None:
    assert read(payload("service_deployed")) == DeploymentFinished(
        source="cdevents",
        event_id="/event/source/123#service.deployed/271069a8-fc18-44f1-b38f-9d70a1695819",
        entity=f"delivery/chain/{CHAIN}",
        occurred_at=datetime(2023, 3, 20, 14, 27, 5, 315384, tzinfo=UTC),
        deployment="/event/source/123#service.deployed/271069a8-fc18-44f1-b38f-9d70a1695819",
        service="mySubject123",
        environment="test123",
        production=False,
        outcome=Outcome.SUCCEEDED,
        artifact="pkg:oci/myapp@sha256:0b31b1c02ff458ad9b7b81cbdf8f028bd54699fa151f221d1e8de6817db93427",
    )


@pytest.mark.parametrize(
    ("custom", "rework"),
    [({"rework": True}, True), ({"rework": "true"}, False), ("text", False), (None, False)],
)
def test_rework_is_what_the_custom_data_says_is_so(custom: object, rework: bool) -> None:  # noqa: FBT001  # a case of the table
    content = {**payload("service_deployed"), "customData": custom}
    observation = read(content)
    assert isinstance(observation, DeploymentFinished)
    assert observation.rework is rework


@pytest.mark.parametrize("name", ["incident_detected", "incident_reported"])
def test_an_incident_belongs_to_its_service_and_blames_its_artifact(name: str) -> None:
    observation = read(payload(name))
    assert isinstance(observation, IncidentOpened)
    assert observation.entity == "service/prod1/myApp"
    assert observation.incident == "/monitoring/prod1#incident-123"
    assert (observation.service, observation.environment) == ("myApp", "prod1")
    assert observation.artifact == (
        "pkg:oci/myapp@sha256:0b31b1c02ff458ad9b7b81cbdf8f028bd54699fa151f221d1e8de6817db93427"
    )
    assert not observation.production


def test_a_resolved_incident_meets_the_one_that_was_opened() -> None:
    resolved, opened = read(payload("incident_resolved")), read(payload("incident_detected"))
    assert isinstance(resolved, IncidentResolved)
    assert isinstance(opened, IncidentOpened)
    assert (resolved.entity, resolved.incident) == (opened.entity, opened.incident)


def test_an_incident_may_blame_a_commit_or_a_model() -> None:
    content = payload("incident_detected")
    content["subject"]["content"]["artifactId"] = f"pkg:github/acme/ranking@{SHA}"
    blaming = read(content)
    assert isinstance(blaming, IncidentOpened)
    assert (blaming.artifact, blaming.also) == (SHA, None)
    content["subject"]["content"]["artifactId"] = "pkg:mlflow/fraud@3?repository_url=x"
    blaming = read(content)
    assert isinstance(blaming, IncidentOpened)
    assert (blaming.artifact, blaming.also) == ("pkg:mlflow/fraud@3", "model/fraud")


def test_an_incident_of_no_service_is_kept() -> None:
    content = payload("incident_detected")
    del content["subject"]["content"]["service"]
    assert read(content).entity == "service/prod1/unknown"


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("service_deployed", Outcome.SUCCEEDED),
        ("service_upgraded", Outcome.SUCCEEDED),
        ("service_rolledback", Outcome.ROLLED_BACK),
        ("service_removed", Outcome.REMOVED),
    ],
)
def test_what_a_type_means(name: str, outcome: Outcome) -> None:
    observation = read(payload(name))
    assert isinstance(observation, DeploymentFinished)
    assert observation.outcome == outcome


def test_a_merged_change_meets_the_deployments_of_its_chain() -> None:
    change = read(payload("change_merged"))
    assert isinstance(change, ChangeMerged)
    assert change.change == "cdevents/TestRepo/TestOrg/mySubject123"
    assert change.repository == "TestRepo/TestOrg"
    assert change.entity == read(payload("service_deployed")).entity


@pytest.mark.parametrize(
    ("artifact", "entity"),
    [
        pytest.param(f"pkg:github/acme/ranking@{SHA}", f"commit/{SHA}", id="the version"),
        pytest.param(
            f"pkg:oci/ranking@sha256%3Aab?vcs_url=git%2Bhttps://x.example/r.git%40{SHA}&arch=arm64",
            f"commit/{SHA}",
            id="where it was built from",
        ),
        pytest.param(f"pkg:oci/r@{SHA.upper()}#src", f"commit/{SHA}", id="in capitals"),
        pytest.param(f"pkg:github/acme/ranking@{SHA[:12]}", f"chain/{CHAIN}", id="abbreviated"),
        pytest.param(f"pkg:oci/r@sha256:{SHA}{SHA[:24]}", f"chain/{CHAIN}", id="a digest is none"),
        pytest.param(None, f"chain/{CHAIN}", id="none"),
    ],
)
def test_an_artifact_that_names_its_commit_meets_the_change_of_any_sender(
    artifact: str | None, entity: str
) -> None:
    content = payload("service_deployed")
    content["subject"]["content"]["artifactId"] = artifact
    assert read(content).entity == f"delivery/{entity}"


def test_a_change_that_is_a_commit_is_known_by_it() -> None:
    content = payload("change_merged")
    content["subject"]["id"] = SHA
    assert read(content).entity == f"delivery/commit/{SHA}"


def test_without_commit_or_chain_an_event_stands_alone() -> None:
    content = payload("service_deployed", chainId=None)
    observation = read(content)
    assert observation.entity == f"delivery/event/cdevents/{observation.event_id}"


@pytest.mark.parametrize(
    ("environment", "label", "production"),
    [
        pytest.param({"id": "production"}, "production", True, id="by its id"),
        pytest.param({"id": "eu-1", "name": "Prod"}, "Prod", True, id="by its name"),
        pytest.param({"id": "prod", "name": "canary"}, "canary", False, id="the name goes first"),
    ],
)
def test_what_counts_as_production(
    environment: dict[str, str],
    label: str,
    production: bool,  # noqa: FBT001  # a case of the table
) -> None:
    content = payload("service_deployed")
    content["subject"]["content"]["environment"] = environment
    observation = read(content)
    assert isinstance(observation, DeploymentFinished)
    assert (observation.environment, observation.production) == (label, production)


def test_a_company_may_call_production_otherwise() -> None:
    body = json.dumps(payload("service_deployed")).encode()
    (observation,) = CDEvents(production=frozenset({"test123"})).read(body)
    assert isinstance(observation, DeploymentFinished)
    assert observation.production


def test_a_correction_names_the_event_it_replaces() -> None:
    observation = read(payload("service_deployed", id="new", links=link("CORRECTS", "old")))
    assert isinstance(observation, DeploymentFinished)
    assert observation.event_id == "/event/source/123#service.deployed/new"
    assert observation.replaces == "/event/source/123#service.deployed/old"


@pytest.mark.parametrize("name", ["service_deployed", "change_merged"])
def test_a_retraction_is_nothing_else(name: str) -> None:
    observation = read(payload(name, id="new", links=link("RETRACTS", "old")))
    assert isinstance(observation, Retracted)
    assert observation.replaces == observation.event_id.replace("/new", "/old")


def test_an_event_cannot_correct_itself() -> None:
    content = payload("service_deployed", id="same", links=link("CORRECTS", "same"))
    with pytest.raises(Unreadable, match="cannot replace itself"):
        read(content)


def test_the_schema_it_names_is_never_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr("socket.socket.connect", refuse)
    read(payload("service_deployed", schemaUri="http://127.0.0.1:1/schema"))


def test_a_type_that_no_figure_is_made_of_is_empty() -> None:
    assert CDEVENTS.read(json.dumps(payload("artifact_published")).encode()) == ()


@pytest.mark.parametrize(
    ("version", "known"),
    [("0.1.2", True), ("0.2.0", True), ("0.3.9-draft", True), ("0.4.0", False), ("1.0.0", False)],
)
def test_the_version_of_the_type_says_how_it_is_read(version: str, known: bool) -> None:  # noqa: FBT001  # a case of the table
    content = payload("service_deployed", type=f"dev.cdevents.service.deployed.{version}")
    if known:
        assert isinstance(read(content), DeploymentFinished)
        return
    with pytest.raises(Unreadable, match="is not known here"):
        read(content)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param({}, "context", id="no context"),
        pytest.param(payload("service_deployed", type="com.acme.done"), "type", id="another type"),
        pytest.param(payload("service_deployed", timestamp="soon"), "timestamp", id="no time"),
        pytest.param(payload("service_deployed", id="a\x00"), r"context\.id", id="a NUL"),
        pytest.param({**payload("service_deployed"), "subject": {}}, "subject", id="no subject"),
        pytest.param(payload("service_deployed", links=7), "links", id="links that are none"),
    ],
)
def test_what_cannot_be_read_says_where(content: dict[str, Any], says: str) -> None:
    with pytest.raises(Unreadable, match=says):
        CDEVENTS.read(json.dumps(content).encode())
