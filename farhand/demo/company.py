"""Whom the demo hires: 200 made-up people with true terms, and the story of each.

Pure: the same seed makes the same company. What an HR system does not tell is in `truth`, where the
people whom Farhand asks look it up.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from farhand.demo.person import DemoHire, Later, Says, Story
from farhand.demo.places import somewhere, terms
from libs.common.contracts.values import Engagement
from services.onboarding.local_day import due_at, starts_at
from services.onboarding.working_days import working_days

FIRST_NAMES: Final = (
    *("Ada", "Bo", "Chi", "Dara", "Emre", "Fatou", "Gita", "Hugo"),
    *("Ines", "Jun", "Kai", "Lea", "Mina", "Noor", "Omar", "Pia"),
)
LAST_NAMES: Final = (
    *("Abreu", "Berg", "Costa", "Diaz", "Eze", "Fischer"),
    *("Gomes", "Haas", "Ito", "Jansen", "Kaya", "Lopes"),
)
ROLES: Final = ("ML engineer", "Data engineer", "Research scientist", "Platform engineer")


STORIES: Final[Mapping[Story, int]] = {
    Story.SMOOTH: 54,
    Story.FACTS_MISSING: 30,
    Story.START_MOVED: 20,
    Story.COUNTRY_CHANGED: 6,
    Story.CANCELLED: 12,
    Story.COMES_BACK: 4,
    Story.TOO_LONG_PROBATION: 8,
    Story.EOR: 8,
    Story.CONTRACTOR: 8,
    Story.NOT_A_CONTRACTOR: 4,
    Story.DEVICE_LATE: 14,
    Story.UNREADABLE: 1,
    Story.GREENHOUSE: 15,
    Story.BAMBOOHR: 8,
    Story.LEAVES: 6,
    Story.REHIRED: 2,
}
"""How many of 200 hires have which story."""

FIXED_PLACE: Final = {
    Story.TOO_LONG_PROBATION: "PT",
    Story.COUNTRY_CHANGED: "PT",
    Story.NOT_A_CONTRACTOR: "DE",
}
ENGAGEMENTS: Final = {
    Story.EOR: Engagement.EOR,
    Story.CONTRACTOR: Engagement.CONTRACTOR,
    Story.NOT_A_CONTRACTOR: Engagement.CONTRACTOR,
}
AS_AN_EMPLOYEE: Final = ("bound_by_instructions", "integrated", "no_entrepreneurial_risk")
"""Signs by which German law takes somebody for an employee, whatever the contract says."""
STARTS_EARLY: Final = (Story.LEAVES, Story.REHIRED)
"""Who has to start, and more, within the two weeks."""


def company(
    seed: int, begins: datetime, hires: int = 200, *, bamboohr: bool = True
) -> tuple[DemoHire, ...]:
    """The hires of two weeks from `begins` (UTC), in the order they are announced.

    Without a BambooHR its people come the usual way.
    """
    chance = random.Random(seed)  # noqa: S311  # made-up people
    stories = [story for story, count in STORIES.items() for _ in range(count)]
    if not bamboohr:
        stories = [Story.SMOOTH if each is Story.BAMBOOHR else each for each in stories]
    chance.shuffle(stories)
    made = [
        _hire(chance, number, stories[number % len(stories)], begins)
        for number in range(1, hires + 1)  # Greenhouse knows no candidate 0
    ]
    return tuple(sorted(made, key=lambda hire: hire.announced_at))


def _hire(chance: random.Random, number: int, story: Story, begins: datetime) -> DemoHire:
    jurisdiction = FIXED_PLACE.get(story) or somewhere(chance)
    days = 1 if story in STARTS_EARLY else 6
    announced_at = begins + timedelta(hours=chance.uniform(1, days * 24))
    soon = 5 if story in (Story.DEVICE_LATE, *STARTS_EARLY) else 12
    starts_on = _working_day(jurisdiction, announced_at.date(), chance.randint(4, soon))
    first, last = chance.choice(FIRST_NAMES), chance.choice(LAST_NAMES)
    hire = DemoHire(
        number=number,
        story=story,
        name=f"{first} {last}",
        email=f"{first}.{last}.{number}@people.example".lower(),
        manager=f"lead{number % 9}@company.example",
        jurisdiction=jurisdiction,
        role=chance.choice(ROLES),
        announced_at=announced_at,
        starts_on=starts_on,
        engagement=ENGAGEMENTS.get(story, Engagement.EMPLOYEE),
        truth=terms(jurisdiction, starts_on),
    )
    return _with_story(chance, hire)


def _with_story(chance: random.Random, hire: DemoHire) -> DemoHire:
    match hire.story:
        case Story.FACTS_MISSING:
            names = chance.sample(["contract_signed_on", "probation", "position"], 2)
            return replace(hire, untold=frozenset(names))
        case Story.TOO_LONG_PROBATION:
            return replace(hire, truth={**hire.truth, "probation": "P12M"})
        case Story.NOT_A_CONTRACTOR:
            return replace(hire, truth={**hire.truth, "contractor_signs": list(AS_AN_EMPLOYEE)})
        case Story.LEAVES | Story.REHIRED:
            return replace(hire, later=tuple(_ending(hire)))
        case _:
            return replace(hire, later=tuple(_before_the_start(chance, hire)))


def _before_the_start(chance: random.Random, hire: DemoHire) -> Iterator[Later]:
    """What changes between the announcement and the first day."""
    at = hire.announced_at + timedelta(hours=chance.uniform(20, 60))
    match hire.story:
        case Story.START_MOVED:
            moved = _working_day(hire.jurisdiction, hire.starts_on, chance.choice((-2, 3, 5)))
            yield Later(at, Says.REPORTED, starts_on=moved)
        case Story.COUNTRY_CHANGED:
            moved = _working_day("DE", hire.starts_on, 3)
            yield Later(at, Says.REPORTED, starts_on=moved, jurisdiction="DE")
        case Story.CANCELLED:
            yield Later(at, Says.CANCELLED)
        case Story.COMES_BACK:
            yield Later(at, Says.CANCELLED)
            moved = _working_day(hire.jurisdiction, hire.starts_on, 4)
            back_at = at + timedelta(hours=chance.uniform(8, 30))
            yield Later(back_at, Says.REPORTED, starts_on=moved)
        case _:
            return


def _ending(hire: DemoHire) -> Iterator[Later]:
    """The person is told to leave after the first day; who is wanted back starts a week later."""
    told_at = starts_at(hire.starts_on, hire.timezone) + timedelta(hours=20)
    last_day = _working_day(hire.jurisdiction, hire.starts_on, 3)
    yield Later(told_at, Says.LEFT, last_day=last_day)
    if hire.story is Story.REHIRED:
        again_at = due_at(last_day, hire.timezone) + timedelta(hours=9)
        again = _working_day(hire.jurisdiction, last_day, 6)
        yield Later(again_at, Says.REPORTED, starts_on=again)


def _working_day(jurisdiction: str, day: date, shift: int) -> date:
    return working_days(jurisdiction).shift(day, shift)
