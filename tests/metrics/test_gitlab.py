"""GitLab: who may speak, and what is made of what it says."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from farhand import signing
from libs.common.clock import wall
from libs.common.intake import Delivery, Unauthorized, Unreadable
from services.metrics.observations import (
    ChangeMerged,
    DeploymentFinished,
    DeploymentStarted,
    Observation,
    Outcome,
)
from services.metrics.sources.gitlab import GitLab

GITLAB = GitLab()
PAYLOADS = Path(__file__).parent / "payloads"
SHA = "5f0c1d2e3b4a59687786a5b4c3d2e1f001122334"
BODY = b'{"object_kind": "push"}'


def payload(name: str) -> dict[str, Any]:
    return json.loads((PAYLOADS / f"gitlab_{name}.json").read_text(encoding="utf-8"))


def read(content: dict[str, Any]) -> Sequence[Observation]:
    return GITLAB.read(json.dumps(content).encode())


def deployment(**changed: Any) -> Sequence[Observation]:
    return read(payload("deployment.success") | changed)


def test_a_signed_delivery_is_let_in_while_it_is_fresh() -> None:
    delivery = Delivery("gitlab", signing.standard("secret", "delivery-1", BODY), BODY)
    GITLAB.verify(delivery, ["old", "secret"], wall())
    assert GITLAB.delivery_id(delivery) == "delivery-1"
    with pytest.raises(Unauthorized, match="minutes"):
        GITLAB.verify(delivery, ["secret"], datetime(2020, 1, 1, tzinfo=UTC))


def test_a_wrong_signature_is_not_rescued_by_the_right_token() -> None:
    headers = signing.standard("other", "delivery-1", BODY) | {"x-gitlab-token": "secret"}
    with pytest.raises(Unauthorized, match="signature"):
        GITLAB.verify(Delivery("gitlab", headers, BODY), ["secret"], wall())


@pytest.mark.parametrize(
    ("token", "live", "allowed"),
    [
        pytest.param("secret", ["secret"], True, id="the token"),
        pytest.param("secret", ["new", "secret"], True, id="any live one"),
        pytest.param("secre", ["secret"], False, id="a part of it"),
        pytest.param("", [""], False, id="an empty one opens nothing"),
        pytest.param("ключ", ["secret"], False, id="no ASCII"),
        pytest.param("secret", [], False, id="none is live"),
        pytest.param(None, ["secret"], False, id="missing"),
    ],
)
def test_without_a_signature_the_token_decides(
    token: str | None, live: list[str], *, allowed: bool
) -> None:
    delivery = Delivery("gitlab", {} if token is None else {"x-gitlab-token": token}, BODY)
    if allowed:
        GITLAB.verify(delivery, live, wall())
        return
    with pytest.raises(Unauthorized):
        GITLAB.verify(delivery, live, wall())


def test_a_retry_has_the_same_id() -> None:
    assert GITLAB.delivery_id(Delivery("gitlab", {"idempotency-key": "a"}, BODY)) == "a"
    assert GITLAB.delivery_id(Delivery("gitlab", {}, BODY)) == "", "told by its body then"


def test_a_success_in_production_is_a_finished_deployment() -> None:
    assert deployment() == (
        DeploymentFinished(
            source="gitlab",
            event_id="deployment/15/success",
            entity=f"delivery/commit/{SHA}",
            occurred_at=datetime(2026, 3, 10, 8, 30, tzinfo=UTC),
            deployment="gitlab/deployment/15",
            service="lumen/ranking",
            environment="eu-1",
            production=True,
            outcome=Outcome.SUCCEEDED,
        ),
    )


def test_how_a_deployment_goes_on() -> None:
    [started] = deployment(status="running")
    assert isinstance(started, DeploymentStarted)
    [failed] = deployment(status="failed")
    assert isinstance(failed, DeploymentFinished)
    assert failed.outcome is Outcome.FAILED
    assert deployment(status="canceled") == ()


@pytest.mark.parametrize(
    ("tier", "environment", "production"),
    [
        ("production", "eu-1", True),
        ("staging", "production", False),
        (None, "Production", True),
        (None, "eu-1", False),
    ],
)
def test_the_tier_tells_production_before_the_name(
    tier: str | None, environment: str, *, production: bool
) -> None:
    [seen] = deployment(environment_tier=tier, environment=environment)
    assert isinstance(seen, DeploymentFinished)
    assert seen.production is production


@pytest.mark.parametrize(
    ("written", "at"),
    [
        ("2026-03-10 09:30:00 +0100", datetime(2026, 3, 10, 8, 30, tzinfo=UTC)),
        ("2026-03-10 09:30:00 UTC", datetime(2026, 3, 10, 9, 30, tzinfo=UTC)),
        ("2026-03-10T09:30:00Z", datetime(2026, 3, 10, 9, 30, tzinfo=UTC)),
        ("2026-03-10T09:30:00.123+01:00", datetime(2026, 3, 10, 8, 30, 0, 123000, tzinfo=UTC)),
    ],
)
def test_times_are_read_however_gitlab_writes_them(written: str, at: datetime) -> None:
    [seen] = deployment(status_changed_at=written)
    assert seen.occurred_at == at


def test_a_merge_is_a_change() -> None:
    assert read(payload("merge_request.merge")) == (
        ChangeMerged(
            source="gitlab",
            event_id="merge_request/99/merged",
            entity=f"delivery/commit/{SHA}",
            occurred_at=datetime(2026, 3, 10, 7, 45, tzinfo=UTC),
            change="gitlab/lumen/ranking/7",
            repository="lumen/ranking",
            opened_at=datetime(2026, 3, 9, 14, 0, tzinfo=UTC),
        ),
    )


def test_a_fast_forward_merge_is_known_by_its_last_commit() -> None:
    content = payload("merge_request.merge")
    content["object_attributes"]["merge_commit_sha"] = None
    [seen] = read(content)
    assert seen.entity == f"delivery/commit/{content['object_attributes']['last_commit']['id']}"


@pytest.mark.parametrize("action", ["open", "update", "close", "approved"])
def test_what_is_not_merged_yet_is_no_change(action: str) -> None:
    content = payload("merge_request.merge")
    content["object_attributes"]["action"] = action
    assert read(content) == ()


def test_other_events_make_no_figure() -> None:
    assert GITLAB.read(BODY) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"status_changed_at": "yesterday"},
        {"status_changed_at": "2026-13-10 09:30:00 +0100"},
        {"status_changed_at": 7},
        {"deployment_id": -1},
        {"environment": "\x00"},
        {"project": None},
    ],
)
def test_what_cannot_be_read_is_told_by_its_place(wrong: dict[str, Any]) -> None:
    with pytest.raises(Unreadable, match=f"deployment is not as expected: {next(iter(wrong))}"):
        deployment(**wrong)
