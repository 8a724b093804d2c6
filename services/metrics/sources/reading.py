"""Reading what senders sent: bytes to validated models, and errors that quote no value."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import from_json

from libs.common.fold import describe
from libs.common.intake import Unreadable


class Payload(BaseModel):
    """The part of a sender's body that is read; all else is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Camel(Payload, alias_generator=to_camel):
    """A part of a body whose keys are in camel case."""


def json_object(body: bytes, hint: str) -> dict[str, Any]:
    """The JSON object that a body holds; raises Unreadable with a hint how to mend it."""
    try:
        content = from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise Unreadable(f"the body is not JSON; {hint}") from error
    if not isinstance(content, dict):
        raise Unreadable(f"the body is not a JSON object; {hint}")
    return content  # pyright: ignore[reportUnknownVariableType]  # JSON has text keys only


@contextmanager
def reading(what: str) -> Generator[None]:
    """A validation error in here becomes Unreadable: it tells places and never values."""
    try:
        yield
    except ValidationError as error:
        raise Unreadable(f"{what} is not as expected: {describe(error, trusted=True)}") from error
