"""What is wrong with a message that somebody mends, field by field, before it is sent anywhere.

It is held against its contract, the class that the published JSON Schema is written from, which
also knows what a schema cannot say.
"""

import json
from dataclasses import dataclass

from pydantic import ValidationError

from libs.common.contracts import CATALOG


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
        says = error.msg if isinstance(error, json.JSONDecodeError) else "it cannot be read"
        where = f"line {error.lineno}" if isinstance(error, json.JSONDecodeError) else "the body"
        return (Fault(where, f"is not JSON: {says}"),)
    contract = CATALOG.get(event)
    if contract is None:
        return ()
    try:
        contract.model_validate_json(body)
    except ValidationError as error:
        found = error.errors(include_input=False, include_url=False)
        return tuple(
            Fault(".".join(str(step) for step in each["loc"]) or "the body", each["msg"])
            for each in found
        )
    return ()
