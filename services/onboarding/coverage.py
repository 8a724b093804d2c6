"""Whom a rule of a data file covers: patterns over job titles, and places; pure."""

from collections.abc import Iterable
from fnmatch import fnmatchcase

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A frozen part of a data file; a field that is not known is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def is_role(role: str, patterns: Iterable[str]) -> bool:
    """Whether a job title is one of these, in any case: `*engineer*` covers `ML Engineer`."""
    return any(fnmatchcase(role.casefold(), one.casefold()) for one in patterns)


def is_place(jurisdiction: str, places: Iterable[str]) -> bool:
    """Whether a jurisdiction is one of these, or a subdivision of one: `US` covers `US-CA`."""
    return not {jurisdiction, jurisdiction.partition("-")[0]}.isdisjoint(places)
