"""Which law and which time zone an office's description settles, if it settles them."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from services.onboarding.report import KnownJurisdiction, KnownZone

PLACES: Final = Path(__file__).with_suffix(".yaml")
_SEPARATOR: Final = re.compile(r"[,;|/()]|\s[-\u2013\u2014]\s")


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of a place; None is not known, or not unambiguous."""

    jurisdiction: str | None = None
    timezone: str | None = None


class KnownPlace(BaseModel):
    """One entry of `places.yaml`, which explains the fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    jurisdiction: KnownJurisdiction
    names: frozenset[str]
    codes: frozenset[str] = frozenset()
    country: frozenset[str] = frozenset()
    timezone: KnownZone | None = None
    cities: dict[KnownZone, frozenset[str]] = {}

    def is_named_by(self, words: frozenset[str]) -> bool:
        """Whether these words name this jurisdiction, and not just something of the same name."""
        context = self.country.union(*self.cities.values())
        return bool(words & self.names or (words & self.codes and words & context))

    def timezone_of(self, words: frozenset[str]) -> str | None:
        """The one time zone it can be."""
        zones = [zone for zone, cities in self.cities.items() if words & cities]
        return zones[0] if len(zones) == 1 else self.timezone


@cache
def known_places() -> tuple[KnownPlace, ...]:
    """The entries of `places.yaml`, validated."""
    entries = yaml.safe_load(PLACES.read_text(encoding="utf-8"))
    return TypeAdapter(tuple[KnownPlace, ...]).validate_python(entries)


def locate(descriptions: Iterable[str]) -> Place:
    """The place that all the descriptions of one office together name, such as "Porto, Portugal".

    Both parts stay unknown where two jurisdictions are named.
    """
    words = frozenset(word for description in descriptions for word in _words(description))
    named = [place for place in known_places() if place.is_named_by(words)]
    if len(named) != 1:
        return Place()
    return Place(named[0].jurisdiction, named[0].timezone_of(words))


def common(places: Iterable[Place]) -> Place:
    """What several places have in common."""
    listed = list(places)
    jurisdictions = {place.jurisdiction for place in listed}
    zones = {place.timezone for place in listed}
    return Place(
        jurisdictions.pop() if len(jurisdictions) == 1 else None,
        zones.pop() if len(zones) == 1 else None,
    )


def _words(description: str) -> list[str]:
    text = unicodedata.normalize("NFC", description).casefold()
    return [word.strip() for word in _SEPARATOR.split(text)]
