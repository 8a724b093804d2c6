"""What an API may answer when it does not do what it is asked, told in its OpenAPI."""

from typing import Any, Final

from pydantic import BaseModel


class Refusal(BaseModel):
    """Why not, and what to do about it; never a value that was sent."""

    detail: str


def _told(*statuses: int) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": Refusal, "description": WHY[status]} for status in statuses}


WHY: Final = {
    202: "Kept; it follows once the dead letter before it is settled.",
    401: "The token, or the signature, is missing or wrong.",
    404: "There is no such thing.",
    409: "Not in the state that things are in.",
    410: "The personal data in it was erased.",
    413: "The body is too large.",
    429: "Too much in a minute; Retry-After says when to go on.",
    503: "Not possible now: the service starts or stops, or PostgreSQL is away. Try again.",
}

AT_THE_DOOR: Final = _told(401, 404, 413, 429, 503)
GUARDED: Final = _told(202, 401, 404, 409, 410, 413, 503)
