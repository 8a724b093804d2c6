"""What people and HR systems ask of a journey, and the moments that it asks for itself."""

from datetime import date
from uuid import UUID

from libs.common.contracts.values import HireId, Instant, Profile
from libs.common.message import Command, Timer


class ReportHire(Command):
    """An HR system says that this is the hire now; contacts are sealed.

    `reported_at` orders reports that arrive in another order; None is the moment of arrival, and
    so is one that has not come yet.
    """

    hire_id: HireId
    source: str
    profile: Profile
    reported_at: Instant | None = None


class ReportCancel(Command):
    """An HR system says that the hire will not start."""

    hire_id: HireId
    reported_at: Instant | None = None


class ReportLeaving(Command):
    """An HR system says when the last day of work is."""

    hire_id: HireId
    last_day: date
    reported_at: Instant | None = None


class CompleteTask(Command):
    """Somebody did a task; a question needs its `answer`."""

    task_id: UUID
    answer: str | None = None


class RetryAccess(Command):
    """Somebody has removed what made an adapter give up."""

    resource: str


class EndAwaited(Timer):
    """The end of a hire was reported before the hire; whether that is known by now is looked up.

    Without a `last_day` the hire was cancelled. `arrived_at` is when this was first heard.
    """

    last_day: date | None
    reported_at: Instant
    arrived_at: Instant


class FirstDay(Timer):
    """The first day of work begins."""


class LastDayOver(Timer):
    """The last day of work is over."""


class TaskReminder(Timer):
    """The day by whose end a task must be done begins; the slot is the task's id."""


class TaskDeadline(Timer):
    """The day by whose end a task must be done is over; the slot is the task's id."""
