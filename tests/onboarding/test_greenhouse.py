"""Greenhouse: who may report a hire, and what its bodies say."""

import hmac
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.contracts.values import Engagement
from libs.common.intake import Delivery, Source, Unauthorized, Unreadable
from services.onboarding.report import CancelReport, HireReport, Person
from services.onboarding.sources.greenhouse import Greenhouse

PAYLOADS = Path(__file__).parent / "payloads"
VECTORS = [
    vector
    for vector in json.loads((PAYLOADS / "signature-vectors.json").read_bytes())[
        "computed_over_files"
    ]
    if vector["scheme"] == "greenhouse"
]
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SECRET = VECTORS[0]["secret"]
SOURCE = Greenhouse()

Change = Callable[[dict[str, Any]], object]


def payload(name: str) -> bytes:
    return (PAYLOADS / name).read_bytes()


HIRE = payload("greenhouse.hire_candidate.json")


def sign(body: bytes, secret: str = SECRET) -> str:
    return "sha256 " + hmac.new(secret.encode(), body, "sha256").hexdigest()


def delivered(body: bytes, **headers: str) -> Delivery:
    return Delivery("greenhouse", {k.replace("_", "-"): v for k, v in headers.items()}, body)


def application(*changes: Change) -> bytes:
    """The sample hire with its application changed."""
    body = json.loads(HIRE)
    for change in changes:
        change(body["payload"]["application"])
    return json.dumps(body).encode()


def offer_field(key: str, value: object) -> Change:
    return lambda one: one["offer"]["custom_fields"].update({key: value})


def office(name: str | None, location: str | None) -> Change:
    return lambda one: one["jobs"][0].update(offices=[{"name": name, "location": location}])


def hire_in(body: bytes) -> HireReport:
    (report,) = SOURCE.read(body)
    assert isinstance(report, HireReport)
    return report


def test_it_is_a_source() -> None:
    source: Source = SOURCE
    assert source.name == "greenhouse"
    assert source.accepted_status == 200


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["file"])
def test_the_sample_signatures_hold(vector: dict[str, Any]) -> None:
    headers = {name.lower(): value for name, value in vector["headers"].items()}
    delivery = Delivery("greenhouse", headers, payload(vector["file"]))
    SOURCE.verify(delivery, [vector["secret"]], NOW)
    assert SOURCE.delivery_id(delivery) == "3b1c0d9e-8f7a-4655-9433-221100ffeedd"


@pytest.mark.parametrize("secrets", [["old", SECRET], [SECRET, "new"]], ids=["second", "first"])
def test_either_live_secret_will_do_while_one_is_rolled(secrets: list[str]) -> None:
    SOURCE.verify(delivered(HIRE, signature=sign(HIRE)), secrets, NOW)


@pytest.mark.parametrize(
    "signature",
    [
        pytest.param(sign(HIRE, "another secret"), id="another secret"),
        pytest.param(sign(HIRE + b" "), id="one byte more"),
        pytest.param(sign(HIRE).removeprefix("sha256 "), id="no algorithm"),
        pytest.param(sign(HIRE).replace("sha256", "sha1"), id="another algorithm"),
        pytest.param(sign(HIRE).replace(" ", "="), id="another separator"),
        pytest.param("sha256 ", id="no signature"),
        pytest.param("", id="empty"),
        pytest.param("sha256 \udcffé\x00", id="garbage"),
    ],
)
def test_a_wrong_signature_is_turned_away(signature: str) -> None:
    with pytest.raises(Unauthorized) as caught:
        SOURCE.verify(delivered(HIRE, signature=signature), [SECRET], NOW)
    assert SECRET not in str(caught.value)


def test_an_unsigned_delivery_is_turned_away() -> None:
    with pytest.raises(Unauthorized, match="Signature is missing"):
        SOURCE.verify(delivered(HIRE), [SECRET], NOW)


def test_nobody_is_let_in_where_there_is_no_secret() -> None:
    with pytest.raises(Unauthorized):
        SOURCE.verify(delivered(HIRE, signature=sign(HIRE, "")), [], NOW)


def test_unicode_escapes_are_signed_as_they_are_sent() -> None:
    body = rb'{"action":"ping","payload":{"name":"Zo\u00eb"}}'
    SOURCE.verify(delivered(body, signature=sign(body)), [SECRET], NOW)
    with pytest.raises(Unauthorized):
        SOURCE.verify(delivered("Zoë".encode(), signature=sign(rb"Zo\u00eb")), [SECRET], NOW)


def test_a_repeated_delivery_has_the_same_id() -> None:
    by_name = delivered(HIRE, greenhouse_event_id="3b1c0d9e")
    assert SOURCE.delivery_id(by_name) == "3b1c0d9e"


@pytest.mark.parametrize("header", ["", "é", "x" * 201, "a\nb"])
def test_without_a_usable_id_the_same_bytes_are_the_same_delivery(header: str) -> None:
    first = SOURCE.delivery_id(delivered(HIRE, greenhouse_event_id=header))
    assert first == SOURCE.delivery_id(delivered(HIRE))
    assert first != SOURCE.delivery_id(delivered(HIRE + b" "))


def test_the_sample_hire_reads_as_a_report() -> None:
    report = hire_in(HIRE)
    assert report.person == Person(name="Noor Haverkamp", email="noor@example.net")
    assert report.manager is None
    assert report.employment_ref == "46194062"
    assert report.jurisdiction == "PT"
    assert report.timezone == "Europe/Lisbon"
    assert report.role == "ML Engineer"
    assert report.engagement is Engagement.EMPLOYEE
    assert report.starts_on == date(2026, 12, 8)
    assert report.reported_at == datetime(2026, 11, 14, 17, 5, tzinfo=UTC)


def test_what_greenhouse_does_not_say_stays_unknown() -> None:
    assert set(hire_in(HIRE).terms.model_dump().values()) == {None}


def test_an_unhire_cancels_the_same_hire() -> None:
    (cancel,) = SOURCE.read(payload("greenhouse.unhire_candidate.json"))
    assert isinstance(cancel, CancelReport)
    assert cancel.hire_id == hire_in(HIRE).hire_id
    assert cancel.reported_at == datetime(2026, 11, 21, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'{"action":"ping","payload":{"web_hook_id":1}}', id="ping"),
        pytest.param(b'{"action":"candidate_stage_change","payload":{}}', id="no hire yet"),
        pytest.param(b'{"action":"delete_candidate","payload":{"person":{"id":1}}}', id="deleted"),
    ],
)
def test_what_is_no_hire_is_taken_and_says_nothing(body: bytes) -> None:
    assert SOURCE.read(body) == ()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(payload("greenhouse.employee-updated.json"), "action", id="ids only"),
        pytest.param(b"", "not JSON", id="empty"),
        pytest.param(b"\xff\xfe", "not JSON", id="not UTF-8"),
        pytest.param(b"null", "the body", id="null"),
        pytest.param(b'{"action":5}', "action", id="action is no text"),
        pytest.param(b'{"action":"hire_candidate"}', "payload: is missing", id="no payload"),
        pytest.param(b"[" * 10_000, "not JSON", id="nested without end"),
        pytest.param(
            application(lambda one: one.update(id=-1)), "payload.application.id", id="negative id"
        ),
        pytest.param(
            application(lambda one: one["offer"].update(starts_at=None)),
            "offer.starts_at: is missing; set the start date",
            id="no start",
        ),
        pytest.param(
            application(lambda one: one["offer"].update(starts_at="soon")),
            "offer.starts_at: ",
            id="a start that is no date",
        ),
        pytest.param(
            application(lambda one: one.update(offer=None)), "starts_at", id="no offer at all"
        ),
        pytest.param(
            application(lambda one: one.update(jobs=one["jobs"] * 2)),
            "exactly one job",
            id="two jobs",
        ),
        pytest.param(
            application(office("Headquarters", None)), "add jurisdiction", id="an office somewhere"
        ),
        pytest.param(
            application(office("Remote - Portugal", None)),
            "add time_zone, such as Europe/Lisbon",
            id="a country of several zones",
        ),
        pytest.param(
            application(lambda one: one["jobs"][0]["custom_fields"].clear()),
            "add engagement",
            id="engagement not said",
        ),
        pytest.param(
            application(lambda one: one["candidate"].update(email_addresses=[])),
            "candidate.email_addresses: is no e-mail address",
            id="nowhere to write to",
        ),
        pytest.param(
            application(lambda one: one["candidate"].update(first_name="No\x00or")),
            "candidate.first_name and last_name: must be one line",
            id="control character in a name",
        ),
        pytest.param(
            application(offer_field("probation", "3 months")),
            "the custom field probation: must be an ISO 8601 duration",
            id="probation in words",
        ),
    ],
)
def test_what_cannot_be_read_says_where_and_how_to_mend_it(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason) as caught:
        SOURCE.read(body)
    assert "Haverkamp" not in str(caught.value)
    assert "noor@" not in str(caught.value)
    assert caught.value.__context__ is None


def test_everything_that_is_missing_is_said_at_once() -> None:
    with pytest.raises(Unreadable) as caught:
        SOURCE.read(application(office(None, None), lambda one: one.update(offer={})))
    for field in ("jurisdiction", "time_zone", "starts_at"):
        assert field in str(caught.value)


def test_custom_fields_say_what_the_office_leaves_open() -> None:
    report = hire_in(
        application(
            office("Headquarters", None),
            offer_field("jurisdiction", {"type": "short_text", "value": "US-CA"}),
            offer_field("time_zone", {"type": "short_text", "value": "America/Los_Angeles"}),
            offer_field("engagement", {"type": "single_select", "value": "eor"}),
            offer_field("manager_name", {"type": "short_text", "value": "Ana Pires"}),
            offer_field("manager_email", {"type": "short_text", "value": "ana@lumen.example"}),
        )
    )
    assert report.jurisdiction == "US-CA"
    assert report.timezone == "America/Los_Angeles"
    assert report.engagement is Engagement.EOR
    assert report.manager == Person(name="Ana Pires", email="ana@lumen.example")


def test_custom_fields_say_the_terms() -> None:
    report = hire_in(
        application(
            offer_field("probation", {"type": "short_text", "value": "P90D"}),
            offer_field("telework", {"type": "boolean", "value": True}),
            offer_field("annual_leave_days", {"type": "number", "value": "22.5"}),
            offer_field("contract_signed_on", {"type": "date", "value": "2026-11-20"}),
            offer_field("position", {"type": "single_select", "value": None}),
        )
    )
    assert report.terms.probation == "P90D"
    assert report.terms.telework is True
    assert report.terms.annual_leave_days == Decimal("22.5")
    assert report.terms.contract_signed_on == date(2026, 11, 20)
    assert report.terms.position is None


def test_a_person_who_mends_a_body_writes_the_value_plainly() -> None:
    mended = application(
        office("Remote - Portugal", None), offer_field("time_zone", "Atlantic/Azores")
    )
    assert hire_in(mended).timezone == "Atlantic/Azores"


def test_the_offer_wins_over_the_job() -> None:
    body = application(
        lambda one: one["jobs"][0]["custom_fields"].update(engagement="employee"),
        offer_field("engagement", "contractor"),
    )
    assert hire_in(body).engagement is Engagement.CONTRACTOR


def test_the_person_is_written_to_at_home_before_the_first_day() -> None:
    addresses = [
        {"value": "noor@work.example", "type": "work"},
        {"value": "noor@home.example", "type": "personal"},
    ]
    body = application(lambda one: one["candidate"].update(email_addresses=addresses))
    assert hire_in(body).person.email == "noor@home.example"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)
PARTS = ["id", "candidate", "jobs", "offer", "opening", "custom_fields"]


def complaint_about(body: bytes) -> str:
    try:
        SOURCE.read(body)
    except Unreadable as refused:
        return str(refused)
    return ""


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    complaint_about(body)


@given(st.sampled_from(PARTS), JSON)
def test_any_part_gone_wrong_is_read_or_refused(part: str, value: object) -> None:
    assert "Haverkamp" not in complaint_about(application(lambda one: one.update({part: value})))


@given(
    st.sampled_from(["jurisdiction", "time_zone", "manager_name", "probation", "telework"]), JSON
)
def test_any_custom_field_gone_wrong_is_read_or_refused(key: str, value: object) -> None:
    assert "Haverkamp" not in complaint_about(application(offer_field(key, {"value": value})))
