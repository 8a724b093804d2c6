"""What is wrong with a message that somebody mends, field by field, before it is sent anywhere.

It is held against its contract, the class that the published JSON Schema is written from, which
also knows what a schema cannot say.
"""

import json
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from libs.common.contracts import CATALOG
from services.console.plain_faults import in_words
from services.console.wording import worded

BODY: Final = worded("the body")


@dataclass(frozen=True, slots=True)
class Fault:
    """A field by its path, such as `profile.starts_on`, and what is wrong; never its value."""

    field: str
    says: str


def faults(event: str, body: str) -> tuple[Fault, ...]:
    """All that keeps a body from being this event.

    What is no event on the wire, such as a timer of a service, can only be checked to be JSON.
    """
    try:
        json.loads(body)
    except ValueError as error:
        broken = isinstance(error, json.JSONDecodeError)
        where = worded("line {number}", number=error.lineno) if broken else BODY
        return (Fault(where, worded("it is no JSON")),)
    contract = CATALOG.get(event)
    if contract is None:
        return ()
    try:
        contract.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
        return tuple(
            Fault(".".join(str(step) for step in each["loc"]) or BODY, in_words(each))
            for each in found
        )
    return ()
