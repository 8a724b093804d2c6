"""Where the demo hires: the time zone, how a recruiter writes the office, and lawful terms."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Place:
    """A jurisdiction of the demo.

    `probation` is one that its law allows, `weight` how common it is, `signs` some by which its law
    tells a contractor, and `currency` that of its pay.
    """

    timezone: str
    office: str
    probation: str
    signs: tuple[str, ...]
    currency: str = "EUR"
    weight: int = 2


PLACES: Final[Mapping[str, Place]] = {
    "DE": Place(
        "Europe/Berlin",
        "Germany",
        "P6M",
        ("own_staff", "own_premises_tools", "result_based_pay"),
        weight=6,
    ),
    "PT": Place("Europe/Lisbon", "Portugal", "P180D", (), weight=6),
    "US-CA": Place(
        "America/Los_Angeles",
        "California",
        "P3M",
        ("a_free_from_control", "b_outside_usual_course", "c_independent_trade"),
        "USD",
        weight=4,
    ),
    "FR": Place("Europe/Paris", "France", "P2M", ("registered_business", "own_clients_prices")),
    "ES": Place("Europe/Madrid", "Spain", "P2M", ("own_infrastructure",)),
    "GB": Place(
        "Europe/London",
        "England",
        "P3M",
        ("financial_risk", "own_equipment", "genuine_substitution"),
        "GBP",
    ),
    "IE": Place("Europe/Dublin", "Ireland", "P3M", ("free_substitution", "own_business")),
    "NL": Place(
        "Europe/Amsterdam",
        "Netherlands",
        "P1M",
        ("pay_level", "commercial_risk", "entrepreneurship"),
    ),
    "PL": Place(
        "Europe/Warsaw",
        "Poland",
        "P2M",
        ("substitution", "result_liability", "multiple_clients"),
        "PLN",
    ),
    "SE": Place("Europe/Stockholm", "Sweden", "P3M", ("f_tax", "own_business_risk"), "SEK"),
    "BR": Place("America/Sao_Paulo", "Brazil", "P60D", ("own_risk", "several_clients"), "BRL"),
    "CA-ON": Place(
        "America/Toronto",
        "Ontario",
        "P3M",
        ("ownership_tools", "hires_helpers", "chance_of_profit", "risk_of_loss"),
        "CAD",
    ),
    "IN": Place("Asia/Kolkata", "India", "P3M", ("risk_profit",), "INR"),
    "JP": Place("Asia/Tokyo", "Japan", "P3M", ("own_equipment", "high_pay"), "JPY"),
    "SG": Place(
        "Asia/Singapore", "Singapore", "P3M", ("ownership_of_tools", "economic_risk"), "SGD"
    ),
    "AU": Place(
        "Australia/Sydney",
        "Australia",
        "P3M",
        ("delegation_right", "own_business", "tools", "risk"),
        "AUD",
    ),
}


PAY: Final[Mapping[str, int]] = {
    "JPY": 7_000_000,
    "INR": 2_000_000,
    "SEK": 500_000,
    "BRL": 150_000,
    "PLN": 150_000,
}
"""An amount that no pay of a year falls below where 60 000 would say little."""


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
        "weekly_hours": "35",
        "overtime_multiplier": "2",
        "employer_notice": "P3M",
        "yearly_pay_floor": str(PAY.get(PLACES[jurisdiction].currency, 60_000)),
        "pay_currency": PLACES[jurisdiction].currency,
        "own_entity": True,
        "concludes_contracts": False,
        "payroll_registered": True,
        "ip_clause": True,
        "data_transfer": "none",
        "data_stored_in": jurisdiction,
        "eor_licensed": True,
        "assignment_ends_on": (starts_on + timedelta(days=150)).isoformat(),
        "contractor_signs": list(PLACES[jurisdiction].signs),
    }
