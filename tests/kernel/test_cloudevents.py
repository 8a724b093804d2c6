"""Whatever stands on a topic can be read as a message, stored and told, or carries its defect."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.cloudevents import MAX_NAME, MAX_SEQUENCE, read_record, storable

NOW = datetime(2026, 1, 5, tzinfo=UTC)
GOOD: dict[str, bytes | None] = {
    "ce_specversion": b"1.0",
    "ce_id": b"1",
    "ce_type": b"hire.announced.v1",
    "ce_source": b"onboarding/journey",
    "ce_subject": b"ada",
}


@dataclass
class Found:
    headers: Any
    key: Any = b"ada"
    value: Any = b"{}"
    topic: str = "farhand.onboarding"
    partition: int = 3
    offset: int = 1042
    timestamp: int = 0


def found(**changes: bytes | None) -> Found:
    return Found([*(GOOD | changes).items()])


@pytest.mark.parametrize(
    ("record", "why"),
    [
        pytest.param(Found([]), "ce_id is missing", id="no headers"),
        pytest.param(found(ce_id=None), "ce_id is missing", id="null header"),
        pytest.param(found(ce_type=b"\xff\xfe"), "ce_type is missing", id="header is not UTF-8"),
        pytest.param(found(ce_type=b"Ada <a@b.c>"), "not the name of a type", id="garbage type"),
        pytest.param(found(ce_specversion=b"0.3"), "ce_specversion", id="another version"),
        pytest.param(found(ce_sequence=b"0"), "ce_sequence", id="number zero"),
        pytest.param(found(ce_sequence=b"-1"), "ce_sequence", id="number below zero"),
        pytest.param(found(ce_sequence=b"9" * 30), "ce_sequence", id="number too large"),
        pytest.param(found(ce_sequence="१".encode()), "ce_sequence", id="other digits"),
        pytest.param(Found([*(GOOD | {"ce_subject": b""}).items()], key=None), "key", id="no key"),
    ],
)
def test_what_is_no_cloud_event_says_why_and_quotes_nothing(record: Found, why: str) -> None:
    read = read_record(record, NOW)
    assert read.defect is not None
    assert why in read.defect
    assert "Ada" not in read.defect + read.type
    assert read.origin == "farhand.onboarding/3@1042"


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        pytest.param(b"2026-03-01T08:00:00+01:00", datetime(2026, 3, 1, 7, tzinfo=UTC), id="zone"),
        pytest.param(b"2026-03-01T08:00:00", NOW, id="no zone"),
        pytest.param(b"0001-01-01T00:00:00+23:00", NOW, id="before all time"),
        pytest.param(b"soon", NOW, id="no time"),
    ],
)
def test_a_time_that_cannot_be_used_is_replaced_by_now(time: bytes, expected: datetime) -> None:
    assert read_record(found(ce_time=time), NOW).recorded_at == expected


@given(
    st.lists(
        st.tuples(
            st.sampled_from([*GOOD, "ce_sequence", "ce_time", "traceparent", "CE_ID", "\0"]),
            st.none() | st.binary(max_size=40) | st.text(max_size=300).map(str.encode),
        )
    ),
    st.none() | st.binary(max_size=2000),
    st.none() | st.binary(max_size=20),
)
def test_reading_never_raises_and_yields_what_can_be_stored(
    headers: list[tuple[str, bytes | None]], key: bytes | None, value: bytes | None
) -> None:
    read = read_record(Found(headers, key, value), NOW)
    for name in (read.id, read.type, read.source, read.key, read.traceparent or ""):
        assert "\0" not in name
        assert len(name) <= MAX_NAME
        name.encode()
    assert read.sequence is None or 0 < read.sequence <= MAX_SEQUENCE


def test_long_names_that_differ_at_their_ends_stay_different() -> None:
    one, two = (storable("x" * 500 + end) for end in "12")
    assert one != two
    assert len(one) == MAX_NAME


def test_half_a_character_is_replaced() -> None:
    assert storable("a\ud800b") == "a?b"
