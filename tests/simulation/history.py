"""What is true of a hire, when: the news that an HR system has of it over some months."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from libs.common.contracts.values import Engagement, Profile, Terms
from libs.common.ids import derived
from services.onboarding.commands import ReportCancel, ReportHire, ReportLeaving

News = ReportHire | ReportCancel | ReportLeaving

PLACES: Final = {
    "PT": "Europe/Lisbon",
    "DE": "Europe/Berlin",
    "NL": "Europe/Amsterdam",
    "US-CA": "America/Los_Angeles",
    "AU": "Australia/Lord_Howe",
    "JP": "Asia/Tokyo",
    "BE": "Europe/Brussels",
}
"""Some with a law pack, one without, and the Netherlands, whose law for a hire with `STATED` terms
leaves little to ask of an employee; most change their clocks, one by half an hour."""
STATED: Final[dict[str, Any]] = {
    "contract_kind": "open_ended",
    "contract_signed_on": date(2026, 8, 3),
    "position": "technical",
    "probation": "P30D",
    "telework": False,
    "telework_agreement_on": date(2026, 8, 3),
    "annual_leave_days": 30,
    "working_days_per_week": 5,
    "weekly_hours": 35,
    "overtime_multiplier": 2,
    "employer_notice": "P3M",
    "yearly_pay_floor": 7_000_000,
    "pay_currency": "EUR",
    "own_entity": True,
    "concludes_contracts": False,
    "payroll_registered": True,
    "ip_clause": True,
    "data_transfer": "none",
    "data_stored_in": "NL",
    "eor_licensed": True,
    "assignment_ends_on": date(2026, 10, 1),
    "contractor_signs": ("own_staff", "own_premises_tools", "result_based_pay"),
}
"""Terms that the law of most places allows; whoever is asked for one knows it."""
OTHERWISE: Final[dict[str, Any]] = {
    "probation": "P3Y",
    "annual_leave_days": 1,
    "telework": True,
    "position": None,
    "contract_kind": None,
}


def truth(question: str | None) -> str:
    """The right answer to a question: the term as it is, and that the law is as the pack says."""
    kind, _, term = (question or "").partition(".")
    value = STATED[term] if kind == "terms" else True
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(STATED["contractor_signs"]) if isinstance(value, tuple) else str(value)


@dataclass(frozen=True, slots=True)
class History:
    """One hire as it was, in order; what arrives of it, and when, is another matter."""

    hire_id: UUID
    news: tuple[News, ...]

    @property
    def leaves(self) -> bool:
        return any(isinstance(each, ReportLeaving) for each in self.news)

    @property
    def is_ever_off(self) -> bool:
        return any(isinstance(each, ReportCancel) for each in self.news)

    @property
    def is_off(self) -> bool:
        return isinstance(self.news[-1], ReportCancel)

    @property
    def profile(self) -> Profile:
        """The profile as it was last."""
        return [each.profile for each in self.news if isinstance(each, ReportHire)][-1]


def history(chance: random.Random, number: int, begins: datetime, ends: datetime) -> History:
    """One hire's life between two moments."""
    hire_id = derived("simulated", number)
    at = begins + chance.random() * (ends - begins) / 2
    return History(hire_id, tuple(_news(chance, hire_id, at, ends)))


def _news(chance: random.Random, hire_id: UUID, at: datetime, ends: datetime) -> Iterator[News]:
    profile = _first_profile(chance, hire_id, at)
    yield _report(hire_id, profile, at)
    for _ in range(chance.choice((0, 1, 2, 3, 5, 8))):
        at += timedelta(days=chance.expovariate(1 / chance.choice((0.01, 2, 9))), seconds=1)
        if at >= ends:
            return
        kind = chance.random()
        if kind < 0.2:
            yield ReportCancel(hire_id=hire_id, reported_at=at)
        elif kind < 0.35:
            last_day = at.date() + timedelta(days=chance.randint(-5, 30))
            yield ReportLeaving(hire_id=hire_id, last_day=last_day, reported_at=at)
        else:
            profile = profile.model_copy(update=_change(chance, profile, at))
            yield _report(hire_id, profile, at)


def _report(hire_id: UUID, profile: Profile, at: datetime) -> ReportHire:
    return ReportHire(hire_id=hire_id, source="hris", profile=profile, reported_at=at)


def _first_profile(chance: random.Random, hire_id: UUID, at: datetime) -> Profile:
    place = chance.choice(["NL", "NL", *PLACES])
    share = chance.choice((0.7, 1.0))
    known = {name: value for name, value in STATED.items() if chance.random() < share}
    return Profile(
        jurisdiction=place,
        timezone=PLACES[place],
        role=chance.choice(("ML engineer", "Data scientist")),
        engagement=chance.choice([Engagement.EMPLOYEE] * 3 + list(Engagement)),
        starts_on=at.date() + timedelta(days=chance.randint(-3, 40)),
        worker=f"sealed.v1.{hire_id}.d29ya2Vy",
        terms=Terms.model_validate(known),
    )


def _change(chance: random.Random, profile: Profile, at: datetime) -> dict[str, Any]:
    """What is other than before: mostly one thing, sometimes nothing."""
    place = chance.choice(list(PLACES))
    term = chance.choice(list(OTHERWISE))
    value = chance.choice((STATED[term], OTHERWISE[term]))
    return chance.choice(
        (
            {"starts_on": profile.starts_on + timedelta(days=chance.randint(-20, 30))},
            {"starts_on": at.date() + timedelta(days=chance.randint(-10, 10))},
            {"jurisdiction": place, "timezone": PLACES[place]},
            {"timezone": PLACES[place]},
            {"role": "Research lead"},
            {"manager": f"sealed.v1.{profile.worker.split('.')[2]}.bWFuYWdlcg"},
            {"engagement": chance.choice(list(Engagement))},
            {"terms": Terms.model_validate({**dict(profile.terms), term: value})},
            {},
        )
    )
