"""Where the demo hires: the time zone, how a recruiter writes the office, and lawful terms."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Place:
    """A jurisdiction of the demo; `probation` is one that its law allows, `weight` how common."""

    timezone: str
    office: str
    probation: str
    weight: int = 2


PLACES: Final[Mapping[str, Place]] = {
    "DE": Place("Europe/Berlin", "Germany", "P6M", weight=6),
    "PT": Place("Europe/Lisbon", "Portugal", "P180D", weight=6),
    "US-CA": Place("America/Los_Angeles", "California", "P3M", weight=4),
    "FR": Place("Europe/Paris", "France", "P2M"),
    "ES": Place("Europe/Madrid", "Spain", "P2M"),
    "GB": Place("Europe/London", "England", "P3M"),
    "IE": Place("Europe/Dublin", "Ireland", "P3M"),
    "NL": Place("Europe/Amsterdam", "Netherlands", "P1M"),
    "PL": Place("Europe/Warsaw", "Poland", "P2M"),
    "SE": Place("Europe/Stockholm", "Sweden", "P3M"),
    "BR": Place("America/Sao_Paulo", "Brazil", "P60D"),
    "CA-ON": Place("America/Toronto", "Ontario", "P3M"),
    "IN": Place("Asia/Kolkata", "India", "P3M"),
    "JP": Place("Asia/Tokyo", "Japan", "P3M"),
    "SG": Place("Asia/Singapore", "Singapore", "P3M"),
    "AU": Place("Australia/Sydney", "Australia", "P3M"),
}


def somewhere(chance: random.Random) -> str:
    """A jurisdiction by chance, as common as it is in the company."""
    [place] = chance.choices(list(PLACES), [place.weight for place in PLACES.values()])
    return place


def terms(jurisdiction: str, starts_on: date) -> dict[str, Any]:
    """Terms of work that satisfy the law of a place, as an HR system writes them."""
    agreed_on = (starts_on - timedelta(days=12)).isoformat()
    return {
        "contract_kind": "open_ended",
        "contract_signed_on": agreed_on,
        "position": "technical",
        "probation": PLACES[jurisdiction].probation,
        "telework": True,
        "telework_agreement_on": agreed_on,
        "annual_leave_days": "30",
        "working_days_per_week": 5,
    }
