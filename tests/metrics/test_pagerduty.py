"""PagerDuty: who may speak, and what is made of what it says."""

import hmac
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from libs.common.intake import Delivery, Source, Unauthorized, Unreadable
from services.metrics.kpi import by_name, load_definitions
from services.metrics.observations import IncidentOpened, IncidentResolved, Observation
from services.metrics.sources.pagerduty import PagerDuty
from tests.metrics.observed import deployed, figures_from

PAGERDUTY = PagerDuty()
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PAYLOADS = Path(__file__).parent / "payloads"
BODY = b'{"event": {}}'


def payload(what: str) -> dict[str, Any]:
    path = PAYLOADS / f"pagerduty_v3_incident.{what}.json"
    return json.loads(path.read_text(encoding="utf-8"))["body"]


def read(content: dict[str, Any]) -> Observation:
    (observation,) = PAGERDUTY.read(json.dumps(content).encode())
    return observation


def signature(secret: str, body: bytes = BODY) -> str:
    return "v1=" + hmac.new(secret.encode(), body, "sha256").hexdigest()


def delivery(given: str) -> Delivery:
    return Delivery("pagerduty", {"x-pagerduty-signature": given}, BODY)


def test_it_is_a_source() -> None:
    source: Source = PAGERDUTY
    assert (source.name, source.accepted_status) == ("pagerduty", 202)


@pytest.mark.parametrize(
    "given", [signature("new"), f"{signature('old')},{signature('new')}"], ids=["one", "rolled"]
)
def test_one_of_its_signatures_is_enough(given: str) -> None:
    PAGERDUTY.verify(delivery(given), ["new"], NOW)


@pytest.mark.parametrize(
    ("given", "live"),
    [
        pytest.param(signature("other"), ["secret"], id="another secret"),
        pytest.param(signature("secret", b"{}"), ["secret"], id="another body"),
        pytest.param(signature("secret").replace("v1", "v2"), ["secret"], id="version 2"),
        pytest.param(signature(""), [""], id="an empty secret opens nothing"),
        pytest.param(signature("secret"), [], id="no secret is live"),
        pytest.param("", ["secret"], id="empty"),
    ],
)
def test_everything_else_is_turned_away(given: str, live: list[str]) -> None:
    with pytest.raises(Unauthorized, match="does not match"):
        PAGERDUTY.verify(delivery(given), live, NOW)


@pytest.mark.parametrize("what", ["triggered", "reopened"])
def test_an_incident_is_one_of_its_service_in_production(what: str) -> None:
    observation = read(payload(what))
    assert isinstance(observation, IncidentOpened)
    assert observation.entity == "service/production/API Service"
    assert observation.incident == "pagerduty/PGR0VU2"
    assert observation.production


def test_a_resolved_incident_meets_the_one_that_was_opened() -> None:
    resolved = read(payload("resolved"))
    assert isinstance(resolved, IncidentResolved)
    assert resolved.entity == read(payload("triggered")).entity


def test_a_reopened_incident_has_no_recovery_until_it_is_resolved_again() -> None:
    recovery = by_name(load_definitions())["failed-deployment-recovery-time"]
    triggered, resolved, reopened = (
        read(payload(what)) for what in ("triggered", "resolved", "reopened")
    )
    shipped = deployed("d", service="API Service", at=triggered.occurred_at)
    found = figures_from(recovery, [shipped, triggered, resolved])
    assert set(found.values()) == {Decimal("15218935.169")}
    assert figures_from(recovery, [reopened, shipped, resolved, triggered]) == {}


def test_what_no_figure_is_made_of_is_empty() -> None:
    content = payload("triggered")
    content["event"]["event_type"] = "incident.priority_updated"
    assert PAGERDUTY.read(json.dumps(content).encode()) == ()


def test_what_cannot_be_read_says_where() -> None:
    content = payload("triggered")
    del content["event"]["data"]["service"]["summary"]
    with pytest.raises(Unreadable, match=r"event\.data\.service\.summary"):
        read(content)
