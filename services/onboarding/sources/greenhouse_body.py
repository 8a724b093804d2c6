"""The parts of Greenhouse's webhook bodies that are read; everything else is ignored.

Source: Greenhouse developer documentation, Webhooks, "Candidate hired" and "Candidate unhired".
"""

from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field


def _fields_by_key(value: object) -> object:
    # An opening without custom fields has an empty list where others have an object.
    return {} if value is None or value == [] else value


def _empty_if_null(value: object) -> object:
    return () if value is None else value


class Part(BaseModel):
    """A tolerant reading of one object."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


CustomFields: TypeAlias = Annotated[dict[str, Any], BeforeValidator(_fields_by_key)]
"""Values by an immutable key; each value is `{"name", "type", "value"}`, or bare once mended."""


class Contact(Part):
    """One of a person's addresses."""

    value: str
    type: str | None = None


class Candidate(Part):
    """Who is hired."""

    first_name: str | None = None
    last_name: str | None = None
    email_addresses: Annotated[tuple[Contact, ...], BeforeValidator(_empty_if_null)] = ()
    custom_fields: CustomFields = {}


class Office(Part):
    """Where a job is, in the recruiter's words."""

    name: str | None = None
    location: str | None = None


class Job(Part):
    """What the person is hired for."""

    name: str | None = None
    offices: Annotated[tuple[Office, ...], BeforeValidator(_empty_if_null)] = ()
    custom_fields: CustomFields = {}


class Opening(Part):
    """The seat that is filled."""

    custom_fields: CustomFields = {}


class Offer(Part):
    """The offer that was accepted."""

    starts_at: Any = None
    resolved_at: Any = None
    custom_fields: CustomFields = {}


class HiredApplication(Part):
    """An application that ended in a hire."""

    id: Annotated[int, Field(gt=0)]
    candidate: Candidate
    jobs: Annotated[tuple[Job, ...], BeforeValidator(_empty_if_null)] = ()
    opening: Opening | None = None
    offer: Offer | None = None
    custom_fields: CustomFields = {}


class UnhiredApplication(Part):
    """An application whose hire was undone."""

    id: Annotated[int, Field(gt=0)]
    last_activity_at: Any = None


class HirePayload(Part):
    """The payload of `hire_candidate`."""

    application: HiredApplication


class UnhirePayload(Part):
    """The payload of `unhire_candidate`."""

    application: UnhiredApplication


class Hook(Part):
    """Any body: what it is about."""

    action: str


class HireHook(Part):
    """A `hire_candidate` body."""

    payload: HirePayload


class UnhireHook(Part):
    """An `unhire_candidate` body."""

    payload: UnhirePayload
