"""What is said and asked where an HR system delivers ids only, and the employee has to be fetched.

A delivery is a hint that something about an employee may be other than known. What counts is the
employee as fetched afterwards.
"""

from datetime import date
from typing import Annotated

from pydantic import StringConstraints

from libs.common.contracts.values import HireId, Instant, Profile, Value
from libs.common.message import Command, Effect, Reply, Timer

EmployeeId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
"""The HR system's own id of an employee, as it stands in the path of a request."""


class Hint(Value):
    """An HR system says that an employee was added, changed or deleted.

    `hinted_at` is when it says that happened, by its own clock; None where it does not say.
    """

    source: str
    employee_id: EmployeeId
    deleted: bool = False
    hinted_at: Instant | None = None


class FollowHint(Command):
    """Something about the employee behind a hire may be other than known: look it up."""

    hire_id: HireId
    hint: Hint


class LookAgain(Timer):
    """What was fetched did not show what was hinted at; it may by now."""

    hire_id: HireId
    hint: Hint
    look: int


class FetchEmployee(Effect):
    """The employee as the HR system has it now is asked for.

    `look` counts the fetches that one hint has led to, from 0. `known` says whether there is a
    hire of this employee, and `ahead` whether values that take effect later are asked for, as they
    are for somebody who has not started.
    """

    lane = "hris"

    hire_id: HireId
    hint: Hint
    look: int = 0
    known: bool
    ahead: bool


class EmployeeFound(Reply):
    """The employee as it was when fetched; contacts are sealed.

    `changed_at` is when the record last changed, by the HR system's clock. Without a `profile`
    there is nobody to bring on board: the employment is over (`ended`), or began long ago. With
    `ended`, `last_day` is unknown where the record does not say it.
    """

    hire_id: HireId
    hint: Hint
    look: int
    fetched_at: Instant
    changed_at: Instant | None
    profile: Profile | None
    last_day: date | None
    ended: bool


class EmployeeGone(Reply):
    """The HR system knows no such employee."""

    hire_id: HireId
    hint: Hint
    look: int
    fetched_at: Instant
