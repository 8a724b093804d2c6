"""Twenty simple rules over a hire, and the ruling that they come to. Made up: this is no law."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from bench.workload.hire import COUNTRIES, Hire

EU: Final = frozenset({"DE", "ES", "PL", "PT"})
LONGEST_CONTRACT: Final = 24
LONG_CONTRACT: Final = 18
LOW_PAY: Final = 45_000
ESTABLISHED: Final = frozenset({"PT", "US"})
"""Where the made-up employer has an entity of its own."""

RULES: Final[Mapping[str, Callable[[Hire], bool]]] = {
    "country_known": lambda h: h.country in COUNTRIES,
    "name_given": lambda h: bool(h.full_name.strip()),
    "manager_named": lambda h: "@" in h.manager_email,
    "own_mailbox": lambda h: h.email != h.manager_email,
    "confidentiality_agreed": lambda h: h.nda_signed,
    "background_checked": lambda h: h.data_access != "personal" or h.background_check,
    "privacy_agreed": lambda h: h.country not in EU or h.data_access != "personal" or h.nda_signed,
    "contract_not_too_long": lambda h: (
        h.engagement != "contractor" or h.contract_months <= LONGEST_CONTRACT
    ),
    "contract_has_an_end": lambda h: h.engagement != "contractor" or h.contract_months > 0,
    "no_employer_of_record_beside_own_entity": lambda h: (
        h.engagement != "eor" or h.country not in ESTABLISHED
    ),
    "german_contractor": lambda h: (
        h.country != "DE" or h.engagement != "contractor" or h.contract_months <= LONG_CONTRACT
    ),
    "british_contractor": lambda h: (
        h.country != "GB" or h.engagement != "contractor" or h.contract_months < LONGEST_CONTRACT
    ),
    "brazilian_day": lambda h: h.country != "BR" or h.hours.end <= "18:00",
    "day_in_order": lambda h: h.hours.start < h.hours.end,
    "paid": lambda h: h.salary > 0,
    "lead_is_paid_as_one": lambda h: h.seniority != "lead" or h.salary >= LOW_PAY,
    "starts_on_a_weekday": lambda h: h.starts_on.isoweekday() <= 5,  # noqa: PLR2004
    "remote_has_vpn": lambda h: h.place != "remote" or "vpn" in h.access,
    "has_laptop": lambda h: "laptop" in h.equipment,
    "has_security_key": lambda h: "security key" in h.equipment,
}


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the rules come to: the names of those that a hire falls short of, in their order."""

    verdict: Literal["clear", "review"]
    findings: tuple[str, ...]


def rule(hire: Hire) -> Ruling:
    """Apply all rules."""
    findings = tuple(name for name, met in RULES.items() if not met(hire))
    return Ruling("review" if findings else "clear", findings)
