"""Reading a JSON body into a model, with complaints that name the field and never the value."""

import re
from collections.abc import Sequence
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from libs.common.intake import Unreadable
from services.onboarding.report import FORMS

T = TypeVar("T")

_MAX_COMPLAINTS: Final = 5
# The library's words for these kinds quote the input, or are no help.
_QUOTING: Final = {
    "union_tag_not_found": "has no type",
    "json_invalid": "is not JSON",
    "extra_forbidden": "is not a field of this form; correct its spelling, or leave it out",
    "missing": "is missing",
}
# A misplaced value may stand where a field's name is expected.
_FIELD: Final = re.compile(r"[a-z_][A-Za-z0-9_]{0,39}")


def read_json(adapter: TypeAdapter[T], body: bytes, *, strict: bool = False) -> T:
    """Read a body; raises Unreadable with what is wrong and where, never a value.

    Where `strict`, a number is no date and a text is no number.
    """
    complaint = ""
    try:
        return adapter.validate_json(body, strict=strict)
    except ValidationError as error:
        complaint = describe(error)
    # Raised outside, so that no cause or context carries the values along.
    raise Unreadable(complaint)


def read_values(adapter: TypeAdapter[T], values: Any, paths: dict[str, str]) -> T:
    """Read values gathered from a body; `paths` tells where in the body each came from."""
    complaint = ""
    try:
        return adapter.validate_python(values)
    except ValidationError as error:
        complaint = describe(error, paths)
    raise Unreadable(complaint)


def describe(error: ValidationError, paths: dict[str, str] | None = None) -> str:
    """Say what is wrong and where, without any value that was given."""
    details = error.errors(include_url=False, include_input=False)
    shown = [f"{_path(detail['loc'], paths or {})}: {_message(detail)}" for detail in details]
    more = len(shown) - _MAX_COMPLAINTS
    return "; ".join(shown[:_MAX_COMPLAINTS]) + (f"; and {more} more" if more > 0 else "")


def _message(detail: ErrorDetails) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "string_pattern_mismatch":
        return FORMS.get(context.get("pattern", ""), "does not have the form expected")
    if kind == "union_tag_invalid":
        return f"has a type that is none of {context.get('expected_tags')}"
    return _QUOTING.get(kind, detail["msg"])


def _path(location: Sequence[int | str], paths: dict[str, str]) -> str:
    # The first step is the kind of body, such as `hire.reported`, where there are several.
    steps = location[1:] if "." in str(location[:1]) else location
    path = ".".join(_step(step) for step in steps) or "the body"
    return paths.get(path, path)


def _step(step: int | str) -> str:
    if isinstance(step, int) or _FIELD.fullmatch(step):
        return str(step)
    return "(a name that is no field)"
