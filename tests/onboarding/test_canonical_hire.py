"""The canonical hire: the public contract for HR systems."""

import json
import re
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.contracts.values import Terms
from libs.common.intake import Unreadable
from services.onboarding.report import (
    CancelReport,
    HireReport,
    LeaveReport,
    Person,
    ReportedTerms,
    contact,
    hire_id_of,
)
from services.onboarding.sources import canonical
from services.onboarding.sources.canonical import EXAMPLES, json_schema
from services.onboarding.sources.standard import StandardWebhooks

SOURCE = StandardWebhooks()
HIRE, CANCEL, LEAVE = EXAMPLES
SOURCES = Path(canonical.__file__).parent
CANARY = "Noor-Canary-Haverkamp"

Change = Callable[[dict[str, Any]], object]


def body(*changes: Change, of: dict[str, Any] = HIRE) -> bytes:
    changed = deepcopy(of)
    for change in changes:
        change(changed)
    return json.dumps(changed).encode()


def envelope(**values: object) -> Change:
    return lambda one: one.update(values)


def data(**values: object) -> Change:
    return lambda one: one["data"].update(values)


def person(**values: object) -> Change:
    return lambda one: one["data"]["person"].update(values)


def terms(**values: object) -> Change:
    return lambda one: one["data"]["terms"].update(values)


def without(*path: str) -> Change:
    def drop(one: dict[str, Any]) -> None:
        for step in path[:-1]:
            one = one[step]
        del one[path[-1]]

    return drop


def hire_in(raw: bytes) -> HireReport:
    (report,) = SOURCE.read(raw)
    assert isinstance(report, HireReport)
    return report


def complaint_about(raw: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        SOURCE.read(raw)
    assert caught.value.__context__ is None, "a context would carry the values into the log"
    return str(caught.value)


def test_a_reported_hire_is_read() -> None:
    report = hire_in(body())
    assert report.person == Person(name="Noor Haverkamp", email="noor@example.net")
    assert report.starts_on == date(2026, 12, 8)
    assert report.terms.probation == "P180D"
    assert report.reported_at == datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_a_cancelled_hire_is_the_one_that_was_reported() -> None:
    (cancel,) = SOURCE.read(body(of=CANCEL))
    assert isinstance(cancel, CancelReport)
    assert cancel.hire_id == hire_in(body()).hire_id


def test_a_leaver_is_the_one_that_was_reported_and_has_a_last_day() -> None:
    (leave,) = SOURCE.read(body(of=LEAVE))
    assert isinstance(leave, LeaveReport)
    assert leave.hire_id == hire_in(body()).hire_id
    assert leave.last_day == date(2027, 3, 31)


def test_the_same_employment_of_another_system_is_another_hire() -> None:
    assert hire_id_of("standard", "E-1042") == hire_in(body()).hire_id
    assert hire_id_of("greenhouse", "E-1042") != hire_in(body()).hire_id


def test_what_is_left_out_is_unknown() -> None:
    report = hire_in(body(without("data", "terms"), without("data", "manager")))
    assert report.manager is None
    assert report.terms == ReportedTerms()


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-11-23T10:00:00+01:00", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("2026-11-22T19:00:00-14:00", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("2026-11-23T09:00:00.250Z", datetime(2026, 11, 23, 9, 0, 0, 250_000, tzinfo=UTC)),
    ],
)
def test_a_moment_is_kept_in_utc(written: str, instant: datetime) -> None:
    reported_at = hire_in(body(envelope(timestamp=written))).reported_at
    assert reported_at == instant
    assert reported_at is not None
    assert reported_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(data(jurisdiction="portugal"), "data.jurisdiction: must be an ISO", id="name"),
        pytest.param(data(jurisdiction="ZZ"), "data.jurisdiction: begins with no", id="no country"),
        pytest.param(data(timezone="Lisbon"), "data.timezone: is no IANA", id="no zone"),
        pytest.param(data(timezone="../etc/passwd"), "data.timezone: ", id="a path for a zone"),
        pytest.param(data(engagement="intern"), "data.engagement: ", id="unknown engagement"),
        pytest.param(data(starts_on="08/12/2026"), "data.starts_on: ", id="a date of somewhere"),
        pytest.param(data(starts_on=1_796_688_000), "data.starts_on: ", id="a number for a date"),
        pytest.param(data(starts_on="1999-12-31"), "data.starts_on: ", id="last millennium"),
        pytest.param(data(starts_on="9999-12-31"), "data.starts_on: ", id="never"),
        pytest.param(data(role=""), "data.role: ", id="no role"),
        pytest.param(data(role="x" * 201), "data.role: ", id="endless role"),
        pytest.param(data(role="a\nb"), "data.role: must be one line", id="two lines"),
        pytest.param(data(role="a\u0000b"), "data.role: must be one line", id="NUL"),
        pytest.param(data(role="a\u202eb"), "data.role: must be one line", id="direction override"),
        pytest.param(data(employment_ref="E 1"), "employment_ref: must be visible", id="a space"),
        pytest.param(data(employment_ref="E" * 101), "employment_ref: ", id="endless reference"),
        pytest.param(data(employment_ref=1042), "employment_ref: ", id="a number for a reference"),
        pytest.param(person(email="noor"), "person.email: is no e-mail", id="no address"),
        pytest.param(
            person(email="a@b.example\r\nBcc: all@b.example"),
            "person.email: is no e-mail",
            id="mail header smuggled in",
        ),
        pytest.param(person(email="a@b.example,c@d.example"), "person.email: ", id="two addresses"),
        pytest.param(terms(probation="3 months"), "probation: must be an ISO", id="in words"),
        pytest.param(terms(probation="P99999999D"), "probation: must be", id="beyond the calendar"),
        pytest.param(terms(annual_leave_days="NaN"), "annual_leave_days: ", id="not a number"),
        pytest.param(terms(annual_leave_days=-1), "annual_leave_days: ", id="negative leave"),
        pytest.param(terms(working_days_per_week=8), "working_days_per_week: ", id="eight days"),
        pytest.param(terms(telework="yes"), "telework: ", id="a word for a truth"),
        pytest.param(terms(probaton="P90D"), "terms.probaton: is not a field", id="misspelt"),
        pytest.param(without("data", "person"), "data.person: is missing", id="nobody"),
        pytest.param(without("data"), "data: is missing", id="nothing"),
        pytest.param(without("type"), "has no type", id="no type"),
        pytest.param(
            envelope(type="hire.transferred"),
            "'hire.reported', 'hire.cancelled'",
            id="later",
        ),
        pytest.param(envelope(timestamp="2026-11-23T09:00:00"), "timestamp: ", id="no offset"),
        pytest.param(
            envelope(timestamp="0001-01-01T00:00:00+14:00"),
            "timestamp: ",
            id="year 1",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(change: Change, says: str) -> None:
    assert says in complaint_about(body(change))


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"null", b'"x"', b"\xff", b"[" * 100_000])
def test_garbage_is_refused(raw: bytes) -> None:
    complaint_about(raw)


def test_a_long_list_of_complaints_is_cut() -> None:
    said = complaint_about(body(envelope(data={"person": {}})))
    assert said.endswith("and 3 more")


ANYWHERE = st.sampled_from(
    [
        *(("data", field) for field in HIRE["data"]),
        *(("data", "person", field) for field in ("name", "email")),
        *(("data", "terms", field) for field in ReportedTerms.model_fields),
        ("type",),
        ("timestamp",),
        (CANARY,),
        ("data", CANARY),
        ("data", "person", CANARY),
    ]
)
SMUGGLED = st.sampled_from(
    [CANARY, f"{CANARY}\n", [CANARY], {CANARY: CANARY}, f"{CANARY}@x", f"2026-{CANARY}", None, 5]
)


@given(ANYWHERE, SMUGGLED)
def test_no_complaint_repeats_what_was_sent(path: tuple[str, ...], value: object) -> None:
    def smuggle(one: dict[str, Any]) -> None:
        for step in path[:-1]:
            one = one[step]
        one[path[-1]] = value

    try:
        (report,) = SOURCE.read(body(smuggle))
    except Unreadable as refused:
        said = str(refused)
    else:
        said = repr(report.model_dump(include={"hire_id", "starts_on"}))
    assert CANARY not in said


def test_a_report_does_not_show_the_person() -> None:
    assert "Noor" not in repr(hire_in(body()))
    assert "noor@" not in repr(hire_in(body()))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one["type"])
def test_every_example_of_the_contract_holds(example: dict[str, Any]) -> None:
    jsonschema_rs.validator_for(json_schema()).validate(example)
    assert len(SOURCE.read(json.dumps(example).encode())) == 1


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(data(jurisdiction="portugal"), id="jurisdiction"),
        pytest.param(data(role="a\nb"), id="control character"),
        pytest.param(terms(probaton="P90D"), id="misspelt"),
        pytest.param(terms(probation="3 months"), id="form"),
        pytest.param(without("data", "starts_on"), id="missing"),
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(change: Change) -> None:
    assert not jsonschema_rs.validator_for(json_schema()).is_valid(json.loads(body(change)))


def test_the_schema_that_is_handed_out_is_the_one_that_holds() -> None:
    handed_out = json.loads((SOURCES / "canonical.schema.json").read_bytes())
    assert handed_out == json_schema(), "run: python -m services.onboarding.sources"


def test_the_bodies_in_the_guide_can_be_sent() -> None:
    guide = (SOURCES / "README.md").read_text(encoding="utf-8")
    bodies = re.findall(r"```json\n(.*?)```", guide, re.DOTALL)
    assert [json.loads(each) for each in bodies] == list(EXAMPLES)


def test_every_field_of_the_contract_is_explained() -> None:
    for name, part in json_schema()["$defs"].items():
        for field, schema in part.get("properties", {}).items():
            assert {"description", "const", "$ref"} & schema.keys(), f"{name}.{field}"


def test_the_terms_are_those_that_events_carry() -> None:
    assert set(ReportedTerms.model_fields) == set(Terms.model_fields)


def test_an_event_carries_the_report_but_the_contacts_only_sealed() -> None:
    report = hire_in(body())
    sealed = f"sealed.v1.{report.hire_id}.c2VhbGVk"
    profile = report.profile(worker=sealed, manager=None)
    assert profile.terms.probation == "P180D"
    assert profile.starts_on == report.starts_on
    assert "Noor" not in profile.model_dump_json()
    assert contact(report.person) == {"name": "Noor Haverkamp", "email": "noor@example.net"}
