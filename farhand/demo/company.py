"""Whom the demo hires: 200 made-up people with true terms, and the story of each.

Pure: the same seed makes the same company. What an HR system does not tell is in `truth`, where the
people whom Farhand asks look it up.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from libs.common.contracts.onboarding import HireStatus
from services.onboarding.local_day import due_at, starts_at
from services.onboarding.report import hire_id_of
from services.onboarding.working_days import working_days

FIRST_NAMES: Final = [
    "Ada",
    "Bo",
    "Chi",
    "Dara",
    "Emre",
    "Fatou",
    "Gita",
    "Hugo",
    "Ines",
    "Jun",
    "Kai",
    "Lea",
    "Mina",
    "Noor",
    "Omar",
    "Pia",
]
LAST_NAMES: Final = (
    *("Abreu", "Berg", "Costa", "Diaz", "Eze", "Fischer"),
    *("Gomes", "Haas", "Ito", "Jansen", "Kaya", "Lopes"),
)
ROLES: Final = ("ML engineer", "Data engineer", "Research scientist", "Platform engineer")


class Story(StrEnum):
    """What happens to a hire in the demo."""

    SMOOTH = "all goes well"
    FACTS_MISSING = "the HR system leaves facts out, people are asked"
    START_MOVED = "the start is moved"
    CANCELLED = "the candidate withdraws"
    TOO_LONG_PROBATION = "the probation is longer than the law allows"
    DEVICE_LATE = "the laptop is late, and is escalated"
    UNREADABLE = "the first delivery is unreadable, and is mended"
    GREENHOUSE = "the hire comes from Greenhouse"
    LEAVES = "the person starts, and leaves again"


STORIES: Final[Mapping[Story, int]] = {
    Story.SMOOTH: 82,
    Story.FACTS_MISSING: 35,
    Story.START_MOVED: 20,
    Story.CANCELLED: 15,
    Story.TOO_LONG_PROBATION: 10,
    Story.DEVICE_LATE: 14,
    Story.UNREADABLE: 1,
    Story.GREENHOUSE: 15,
    Story.LEAVES: 8,
}
"""How many of 200 hires have which story."""

PLACES: Final = {"DE": "Europe/Berlin", "PT": "Europe/Lisbon", "US-CA": "America/Los_Angeles"}
OFFICES: Final = {"DE": "Germany", "PT": "Portugal", "US-CA": "California"}
LONGEST_PROBATION: Final = {"DE": "P6M", "PT": "P180D", "US-CA": "P3M"}


@dataclass(frozen=True, slots=True)
class DemoHire:
    """One person: what is true of them, when each thing about them is known, in product time."""

    number: int
    story: Story
    name: str
    email: str
    manager: str
    jurisdiction: str
    timezone: str
    role: str
    announced_at: datetime
    starts_on: date
    moved_to: date | None = None
    last_day: date | None = None
    changed_at: datetime | None = None
    untold: frozenset[str] = frozenset()
    truth: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def ref(self) -> str:
        """The HR system's own id of the employment."""
        return f"E-{self.number:04d}"

    @property
    def source(self) -> str:
        """The front door that it comes through."""
        return "greenhouse" if self.story is Story.GREENHOUSE else "standard"

    @property
    def hire_id(self) -> UUID:
        """The id that Farhand derives for it."""
        return hire_id_of(
            self.source, str(self.number) if self.source == "greenhouse" else self.ref
        )

    @property
    def told(self) -> dict[str, Any]:
        """The terms that the HR system tells."""
        return {name: value for name, value in self.truth.items() if name not in self.untold}

    @property
    def last_start(self) -> date:
        """The first day of work, as last reported."""
        return self.moved_to or self.starts_on

    def answer(self, question: str) -> str:
        """What the person who is asked says: the truth, and that the law is as the pack says."""
        kind, _, name = question.partition(".")
        return str(self.truth[name]) if kind == "terms" else "yes"

    def ends_as(self, now: datetime) -> tuple[HireStatus, ...]:
        """Where the hire may stand once everybody has done what is asked of them.

        Somebody who never got ready before the last day has not left: that hire is cancelled.
        """
        if self.story is Story.CANCELLED:
            return (HireStatus.CANCELLED,)
        if self.story is Story.TOO_LONG_PROBATION:
            return (HireStatus.BLOCKED,)
        if self.last_day is not None and now >= due_at(self.last_day, self.timezone):
            return (HireStatus.LEFT, HireStatus.CANCELLED)
        begun = now >= starts_at(self.last_start, self.timezone)
        return (HireStatus.ACTIVE if begun else HireStatus.READY,)


def company(seed: int, begins: datetime, hires: int = 200) -> tuple[DemoHire, ...]:
    """The hires of two weeks from `begins` (UTC), in the order they are announced."""
    chance = random.Random(seed)  # noqa: S311  # made-up people
    stories = [story for story, count in STORIES.items() for _ in range(count)]
    chance.shuffle(stories)
    made = [
        _hire(chance, number, stories[number % len(stories)], begins)
        for number in range(1, hires + 1)  # Greenhouse knows no candidate 0
    ]
    return tuple(sorted(made, key=lambda hire: hire.announced_at))


def _hire(chance: random.Random, number: int, story: Story, begins: datetime) -> DemoHire:
    jurisdiction = chance.choice(tuple(PLACES))
    if story is Story.TOO_LONG_PROBATION:
        jurisdiction = "PT"
    days = 1 if story is Story.LEAVES else 6
    announced_at = begins + timedelta(hours=chance.uniform(1, days * 24))
    calendar = working_days(jurisdiction)
    soon = 5 if story in (Story.DEVICE_LATE, Story.LEAVES) else 12
    starts_on = calendar.shift(announced_at.date(), chance.randint(4, soon))
    first, last = chance.choice(FIRST_NAMES), chance.choice(LAST_NAMES)
    hire = DemoHire(
        number=number,
        story=story,
        name=f"{first} {last}",
        email=f"{first}.{last}.{number}@people.example".lower(),
        manager=f"lead{number % 9}@company.example",
        jurisdiction=jurisdiction,
        timezone=PLACES[jurisdiction],
        role=chance.choice(ROLES),
        announced_at=announced_at,
        starts_on=starts_on,
        truth=_terms(chance, jurisdiction, story, starts_on),
    )
    return _with_story(chance, hire)


def _terms(
    chance: random.Random, jurisdiction: str, story: Story, starts_on: date
) -> dict[str, Any]:
    longest = LONGEST_PROBATION[jurisdiction]
    return {
        "contract_kind": "open_ended",
        "contract_signed_on": (starts_on - timedelta(days=chance.randint(10, 20))).isoformat(),
        "position": "technical",
        "probation": "P12M" if story is Story.TOO_LONG_PROBATION else longest,
        "telework": True,
        "telework_agreement_on": (starts_on - timedelta(days=10)).isoformat(),
        "annual_leave_days": "25",
        "working_days_per_week": 5,
    }


def _with_story(chance: random.Random, hire: DemoHire) -> DemoHire:
    changed_at = hire.announced_at + timedelta(hours=chance.uniform(20, 60))
    match hire.story:
        case Story.FACTS_MISSING:
            names = chance.sample(["contract_signed_on", "probation", "position"], 2)
            return replace(hire, untold=frozenset(names))
        case Story.START_MOVED:
            shift = chance.choice((-2, 3, 5))
            moved = working_days(hire.jurisdiction).shift(hire.starts_on, shift)
            return replace(hire, moved_to=moved, changed_at=changed_at)
        case Story.CANCELLED:
            return replace(hire, changed_at=changed_at)
        case Story.LEAVES:
            last_day = working_days(hire.jurisdiction).shift(hire.starts_on, 3)
            told_at = starts_at(hire.starts_on, hire.timezone) + timedelta(hours=20)
            return replace(hire, last_day=last_day, changed_at=told_at)
        case _:
            return hire
