"""Where the next page of a list begins: a token made of the last row's moment and name."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from fastapi.exceptions import RequestValidationError

M = TypeVar("M")
N = TypeVar("N")


def write(moment: date, name: object) -> str:
    """The token after a row; a moment is a date or a datetime."""
    return urlsafe_b64encode(f"{moment.isoformat()} {name}".encode()).decode()


def read(token: str, moment: Callable[[str], M], name: Callable[[str], N]) -> tuple[M, N]:
    """Both parts of a token, each read by its own reader, which raises ValueError.

    Raises a 422 for anything but a `next` of ours.
    """
    try:
        first, _, second = urlsafe_b64decode(token).decode().partition(" ")
        return moment(first), name(second)
    except ValueError as error:  # a ValidationError is one
        raise refusal("after", "must be the `next` of a page before, unchanged") from error


def refusal(parameter: str, says: str) -> RequestValidationError:
    """An answer of 422 in the shape that FastAPI gives for any parameter."""
    return RequestValidationError(
        [{"type": "value_error", "loc": ("query", parameter), "msg": says, "input": None}]
    )
