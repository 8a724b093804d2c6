"""What people and HR systems ask of a journey, and the moments that it asks for itself."""

from datetime import date
from typing import Annotated, Final
from uuid import UUID

from pydantic import StringConstraints

from libs.common.contracts.values import HireId, Instant, Owner, Profile
from libs.common.message import Command, Timer
from services.onboarding.risk import Control


class ReportHire(Command):
    """An HR system says that this is the hire now; contacts are sealed.

    `reported_at` orders reports that arrive in another order; None is the moment of arrival, and
    so is one that has not come yet. With `newcomers_only`, who is long at work and was never
    heard of is no hire.
    """

    hire_id: HireId
    source: str
    profile: Profile
    reported_at: Instant | None = None
    newcomers_only: bool = False


class ReportCancel(Command):
    """An HR system says that the hire will not start."""

    hire_id: HireId
    reported_at: Instant | None = None


class ReportLeaving(Command):
    """An HR system says when the last day of work is."""

    hire_id: HireId
    last_day: date
    reported_at: Instant | None = None


class ReportStay(Command):
    """An HR system knows of no last day of work; one that was known is withdrawn."""

    hire_id: HireId
    reported_at: Instant | None = None


PLAIN_TEXT: Final = r"^[^\x00-\x1f]+$"
Reference = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=PLAIN_TEXT),
]
"""A number, an address or a short text that tells where something is shown; no personal data."""


class CompleteTask(Command):
    """Somebody did a task; a question needs its `answer`, some tasks need `evidence`.

    `by` is the id of their account, where it is known.
    """

    task_id: UUID
    answer: str | None = None
    evidence: Reference | None = None
    by: UUID | None = None


class ApproveTask(Command):
    """The approver of a task finds it done; `by` is the id of their account, where it is known."""

    task_id: UUID
    by: UUID | None = None


class RejectTask(Command):
    """The approver of a task sends it back to whoever did it."""

    task_id: UUID
    reason: Reference


class HandTask(Command):
    """Another role is to do a task."""

    task_id: UUID
    to: Owner


class PlanAnew(Command):
    """The tasks are to be planned by templates and risk tiers as they are now."""


class RetryAccess(Command):
    """Somebody has removed what made an adapter give up."""

    resource: str


class ReportPosture(Command):
    """A device manager tells which controls hold on a person's device; the others do not.

    `observed_at` is when that was so; without a newer report it holds until `valid_until`, if there
    is one.
    """

    shown: tuple[Control, ...]
    observed_at: Instant
    valid_until: Instant | None = None


class PostureRunsOut(Timer):
    """The newest report on the device is not to be relied on any longer."""


class EndAwaited(Timer):
    """The end of a hire was reported before the hire; whether that is known by now is looked up.

    Without a `last_day` the hire was cancelled. `arrived_at` is when this was first heard.
    """

    last_day: date | None
    reported_at: Instant
    arrived_at: Instant


class TiersChange(Timer):
    """Another version of the risk tiers comes into force."""


class FirstDay(Timer):
    """The first day of work begins."""


class LastDayOver(Timer):
    """The last day of work is over."""


class TaskReminder(Timer):
    """The day by whose end a task must be done begins; the slot is the task's id."""


class TaskDeadline(Timer):
    """The day by whose end a task must be done is over; the slot is the task's id."""
