"""One person whom the demo hires: what is true of them, and what is known of it when."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from farhand.demo.places import PLACES, terms
from libs.common.contracts.onboarding import HireStatus
from libs.common.contracts.values import Engagement
from services.onboarding.local_day import due_at, starts_at
from services.onboarding.report import hire_id_of


class Story(StrEnum):
    """What happens to a hire in the demo."""

    SMOOTH = "all goes well"
    FACTS_MISSING = "the HR system leaves facts out, people are asked"
    START_MOVED = "the start is moved"
    COUNTRY_CHANGED = "the person moves from Portugal to Germany before the start"
    CANCELLED = "the candidate withdraws"
    COMES_BACK = "the candidate withdraws, and comes after all"
    TOO_LONG_PROBATION = "the probation is longer than the law allows"
    EOR = "the hire is employed by an employer of record"
    CONTRACTOR = "a contractor who is one"
    NOT_A_CONTRACTOR = "a contractor who is really an employee"
    DEVICE_LATE = "the laptop is late, and is escalated"
    UNREADABLE = "the first delivery is unreadable, and is mended"
    GREENHOUSE = "the hire comes from Greenhouse"
    BAMBOOHR = "BambooHR says that something changed, and is asked what"
    LEAVES = "the person starts, and leaves again"
    REHIRED = "the person starts, leaves, and is hired again"


SOURCES: Final = {Story.GREENHOUSE: "greenhouse", Story.BAMBOOHR: "bamboohr"}
"""The front door of a story; the others come through that of the canonical hire."""


UNLAWFUL: Final = (Story.TOO_LONG_PROBATION, Story.NOT_A_CONTRACTOR)
"""What nobody can answer away: somebody has to change the terms."""


class Says(StrEnum):
    """What an HR system says of a hire after its announcement."""

    REPORTED = "hire.reported"
    CANCELLED = "hire.cancelled"
    LEFT = "hire.left"


@dataclass(frozen=True, slots=True)
class Later:
    """What an HR system says later, at `at` in product time; None where it says nothing new."""

    at: datetime
    says: Says
    starts_on: date | None = None
    jurisdiction: str | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class DemoHire:
    """One person: what is true of them, when each thing about them is known, in product time."""

    number: int
    story: Story
    name: str
    email: str
    manager: str
    jurisdiction: str
    role: str
    announced_at: datetime
    starts_on: date
    engagement: Engagement = Engagement.EMPLOYEE
    later: tuple[Later, ...] = ()
    untold: frozenset[str] = frozenset()
    truth: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def ref(self) -> str:
        """The HR system's own id of the employment."""
        return f"E-{self.number:04d}"

    @property
    def source(self) -> str:
        """The front door that it comes through."""
        return SOURCES.get(self.story, "standard")

    @property
    def hire_id(self) -> UUID:
        """The id that Farhand derives for it."""
        numbered = self.source != "standard"
        return hire_id_of(self.source, str(self.number) if numbered else self.ref)

    @property
    def timezone(self) -> str:
        """Where the person lives."""
        return PLACES[self.jurisdiction].timezone

    @property
    def told(self) -> dict[str, Any]:
        """The terms that the HR system tells."""
        return {name: value for name, value in self.truth.items() if name not in self.untold}

    def after(self, change: Later) -> "DemoHire":
        """The hire as it is once a change is known; another country means another contract."""
        starts_on = change.starts_on or self.starts_on
        if change.jurisdiction is None:
            return replace(self, starts_on=starts_on)
        truth = {**self.truth, **terms(change.jurisdiction, starts_on)}
        return replace(self, jurisdiction=change.jurisdiction, starts_on=starts_on, truth=truth)

    @property
    def last_known(self) -> "DemoHire":
        """The hire as last reported."""
        known = self
        for change in self.later:
            known = known.after(change)
        return known

    def answer(self, question: str) -> str:
        """What the person who is asked says: the truth, and that the law is as the pack says."""
        kind, _, name = question.partition(".")
        return str(self.truth[name]) if kind == "terms" else "yes"

    def ends_as(self, now: datetime) -> tuple[HireStatus, ...]:
        """Where the hire may stand once everybody has done what is asked of them.

        Somebody who never got ready before the last day has not left: that hire is cancelled.
        """
        known, last = self.last_known, self.later[-1] if self.later else None
        if last is not None and last.says is Says.CANCELLED:
            return (HireStatus.CANCELLED,)
        if self.story in UNLAWFUL:
            return (HireStatus.BLOCKED,)
        if last is not None and last.last_day and now >= due_at(last.last_day, known.timezone):
            return (HireStatus.LEFT, HireStatus.CANCELLED)
        begun = now >= starts_at(known.starts_on, known.timezone)
        return (HireStatus.ACTIVE if begun else HireStatus.READY,)
