"""BambooHR's webhooks: who may send them, and whom they are about."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.intake import REPLAY_WINDOW, Delivery, Source, Unauthorized, Unreadable
from services.onboarding.hints import FollowHint, Hint
from services.onboarding.report import hire_id_of
from services.onboarding.sources.bamboohr import BambooHR

PAYLOADS = Path(__file__).parent / "payloads"
SAMPLES = json.loads((PAYLOADS / "signature-vectors.json").read_bytes())
[VECTOR] = [each for each in SAMPLES["computed_over_files"] if each["scheme"] == "bamboohr"]
[PUBLISHED] = [each for each in SAMPLES["published"] if each["scheme"] == "bamboohr"]
SECRET = VECTOR["secret"]
SOURCE = BambooHR()
TIME, SIGNATURE = "x-bamboohr-timestamp", "x-bamboohr-signature"
SIGNED_AT = datetime.fromtimestamp(int(VECTOR["headers"]["X-BambooHR-Timestamp"]), UTC)


def payload(name: str) -> bytes:
    return (PAYLOADS / f"bamboohr.{name}.json").read_bytes()


CREATED = payload("employee.created")


def delivered(vector: dict[str, Any] = VECTOR, body: bytes = CREATED, **changed: str) -> Delivery:
    """The sample delivery, with a header changed or, where it is empty, left out."""
    headers = {name.lower(): value for name, value in vector["headers"].items()}
    headers |= {f"x-bamboohr-{name}": value for name, value in changed.items()}
    return Delivery("bamboohr", {name: value for name, value in headers.items() if value}, body)


def test_it_is_a_source() -> None:
    source: Source = SOURCE
    assert source.name == "bamboohr"
    assert source.accepted_status == 202


@pytest.mark.parametrize("vector", [VECTOR, PUBLISHED], ids=["sample", "published by BambooHR"])
def test_the_sample_signatures_hold(vector: dict[str, Any]) -> None:
    body = vector["body"].encode() if "body" in vector else CREATED
    signed_at = datetime.fromtimestamp(int(vector["headers"]["X-BambooHR-Timestamp"]), UTC)
    SOURCE.verify(delivered(vector, body), [vector["secret"]], signed_at)


@pytest.mark.parametrize("secrets", [["old", SECRET], [SECRET, "new"]], ids=["second", "first"])
def test_either_live_secret_will_do_while_one_is_rolled(secrets: list[str]) -> None:
    SOURCE.verify(delivered(), secrets, SIGNED_AT)


@pytest.mark.parametrize(
    "delivery",
    [
        pytest.param(delivered(body=CREATED + b" "), id="one byte more"),
        pytest.param(delivered(body=payload("employee.deleted")), id="another body"),
        pytest.param(delivered(timestamp=str(int(SIGNED_AT.timestamp()) + 1)), id="another time"),
        pytest.param(delivered(signature="0" * 64), id="another signature"),
        pytest.param(
            delivered(signature=VECTOR["headers"]["X-BambooHR-Signature"].upper()),
            id="in capitals, which nobody sends",
        ),
        pytest.param(delivered(signature="\udcffé"), id="garbage"),
        pytest.param(delivered(signature=""), id="no signature"),
        pytest.param(delivered(timestamp=""), id="no time"),
        pytest.param(delivered(timestamp="yesterday"), id="a time in words"),
        pytest.param(delivered(timestamp="9" * 40), id="a time beyond every calendar"),
    ],
)
def test_what_is_not_signed_is_turned_away(delivery: Delivery) -> None:
    with pytest.raises(Unauthorized) as caught:
        SOURCE.verify(delivery, [SECRET], SIGNED_AT)
    assert SECRET not in str(caught.value)


def test_nobody_is_let_in_where_there_is_no_secret() -> None:
    with pytest.raises(Unauthorized):
        SOURCE.verify(delivered(), [], SIGNED_AT)


@pytest.mark.parametrize("late", [REPLAY_WINDOW, -REPLAY_WINDOW], ids=["old end", "young end"])
def test_the_replay_window_is_five_minutes_either_way(late: timedelta) -> None:
    SOURCE.verify(delivered(), [SECRET], SIGNED_AT + late)
    beyond = late + timedelta(seconds=1 if late > timedelta(0) else -1)
    with pytest.raises(Unauthorized, match="more than 5 minutes"):
        SOURCE.verify(delivered(), [SECRET], SIGNED_AT + beyond)


def test_the_same_body_under_the_same_time_is_the_same_delivery() -> None:
    first = SOURCE.delivery_id(delivered())
    assert first == SOURCE.delivery_id(delivered())
    assert first != SOURCE.delivery_id(delivered(body=payload("employee.deleted")))
    assert first != SOURCE.delivery_id(delivered(timestamp="1794820443"))


@pytest.mark.parametrize(
    ("name", "at", "kind"),
    [
        ("employee.created", "2026-11-16T09:14:02+00:00", "changed"),
        ("employee.updated.after-create", "2026-11-16T09:14:03+00:00", "changed"),
        ("employee.updated.start-date-moved", "2026-11-24T16:40:51+00:00", "changed"),
        ("employee.updated.location-moved", "2027-04-01T00:05:10+00:00", "changed"),
        ("employee.updated.terminated", "2027-09-30T00:04:37+00:00", "changed"),
        ("employee.deleted", "2028-01-03T11:00:00+00:00", "deleted"),
        ("field-based.employees", "2026-11-24T16:40:51+00:00", "changed"),
    ],
)
def test_a_sample_says_whom_to_look_up_and_since_when(name: str, at: str, kind: str) -> None:
    (told,) = SOURCE.read(payload(name))
    assert told == FollowHint(
        hire_id=hire_id_of("bamboohr", "1207"),
        hint=Hint(
            source="bamboohr",
            employee_id="1207",
            deleted=kind == "deleted",
            hinted_at=datetime.fromisoformat(at),
        ),
    )


def test_one_field_based_body_may_be_about_several() -> None:
    people = [{"id": 7}, {"id": "8", "action": "Deleted"}]
    told = SOURCE.read(json.dumps({"employees": people}).encode())
    assert [(each.hint.employee_id, each.hint.deleted) for each in told] == [
        ("7", False),
        ("8", True),
    ]


def test_values_in_a_body_are_not_read() -> None:
    (told,) = SOURCE.read(PUBLISHED["body"].encode())
    assert "Tefi" not in told.model_dump_json()


def test_what_is_not_about_employees_concerns_nobody() -> None:
    assert SOURCE.read(b'{"type": "time_off.approved", "data": {}}') == ()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param(b"{", "is not JSON", id="cut off"),
        pytest.param(b"[]", "the body", id="a list"),
        pytest.param(b"{}", "type: is missing", id="empty"),
        pytest.param(b'{"type": "employee.created"}', "data: is missing", id="no data"),
        pytest.param(b'{"type": "employee.created", "data": {}}', "is missing", id="no id"),
        pytest.param(
            b'{"type": "employee.created", "data": {"employeeId": "../1"}}',
            "does not have the form",
            id="an id that is a path",
        ),
        pytest.param(
            b'{"type": "employee.created", "data": {"employeeId": true}}',
            "employeeId",
            id="a truth",
        ),
        pytest.param(b'{"employees": [{"id": "Ada"}]}', "does not have the form", id="a name"),
        pytest.param(
            b'{"type": "employee.created", "timestamp": "noon", "data": {"employeeId": 1}}',
            "timestamp",
            id="no moment",
        ),
    ],
)
def test_what_cannot_be_read_says_where(body: bytes, says: str) -> None:
    with pytest.raises(Unreadable) as caught:
        SOURCE.read(body)
    assert says in str(caught.value)
    assert "Ada" not in str(caught.value)


@given(st.binary(max_size=200))
def test_no_body_does_worse_than_being_unreadable(body: bytes) -> None:
    try:
        SOURCE.read(body)
    except Unreadable:
        return
