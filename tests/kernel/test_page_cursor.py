"""The token of a next page: read back as written, and refused where it is none of ours."""

from base64 import urlsafe_b64encode
from datetime import date
from uuid import UUID

import hypothesis.strategies as st
import pytest
from fastapi.exceptions import RequestValidationError
from hypothesis import given

from libs.common import page_cursor


@given(day=st.dates(), name=st.uuids())
def test_what_was_written_is_read_back(day: date, name: UUID) -> None:
    token = page_cursor.write(day, name)

    assert page_cursor.read(token, date.fromisoformat, UUID) == (day, name)


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="empty"),
        pytest.param("half a token", id="no base64"),
        pytest.param("\N{SNOWMAN}", id="no ASCII"),
        pytest.param(urlsafe_b64encode(b"\xff\xfe").decode(), id="no text"),
        pytest.param(urlsafe_b64encode(b"2026-11-23").decode(), id="one part only"),
        pytest.param(urlsafe_b64encode(b"2026-11-23 \0").decode(), id="another name"),
    ],
)
def test_anything_else_is_refused_naming_the_parameter(token: str) -> None:
    with pytest.raises(RequestValidationError) as refused:
        page_cursor.read(token, date.fromisoformat, UUID)

    assert refused.value.errors()[0]["loc"] == ("query", "after")
