"""Which tasks a hire needs, and when each is due: a pure function of what is known.

Nothing is remembered: a plan made again from the same facts has the same ids and the same dates,
so a start that moves there and back changes nothing, and no task is ever doubled.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from libs.common import ids
from libs.common.contracts.compliance import Question
from libs.common.contracts.onboarding import TaskKind
from libs.common.contracts.values import HireId, Owner, Profile, Value
from services.onboarding.templates import AfterProvisioning, BeforeStart, DoneBy, TaskTemplate
from services.onboarding.working_days import WorkingDays

WORKING_DAYS_TO_ANSWER: Final = 2
"""How many local working days a question is open before it is overdue."""


class PlannedTask(Value):
    """Something that must be done for a hire by the end of a working day in its zone."""

    task_id: UUID
    key: str
    kind: TaskKind
    title: str
    owner: Owner
    done_by: DoneBy
    due_on: date
    why: str
    question: str | None = None


@dataclass(frozen=True, slots=True)
class Days:
    """The civil dates in the hire's zone that a plan hangs on, beside the start.

    `provisioning_on` is the day provisioning began and stays as it is; `today` is the day of
    planning: what should have been done before is due as soon as possible.
    """

    provisioning_on: date
    today: date


def plan_tasks(
    hire_id: HireId,
    period: int,
    profile: Profile,
    templates: Iterable[TaskTemplate],
    calendar: WorkingDays,
    days: Days,
) -> tuple[PlannedTask, ...]:
    """The tasks of one engagement period of a hire, one for each template that covers it.

    `period` counts how often the hire was begun: a hire taken up again after it was cancelled or
    left has other tasks. Due dates are working days, and never after the start if one is left.
    """
    return tuple(
        PlannedTask(
            task_id=task_id(hire_id, template.key, period),
            key=template.key,
            kind=template.kind,
            title=template.title,
            owner=template.owner,
            done_by=template.done_by,
            due_on=due_on(template.due, profile.starts_on, calendar, days),
            why=template.why,
        )
        for template in templates
        if template.applies_to.covers(profile)
    )


def plan_question(
    hire_id: HireId, period: int, question: Question, asked_on: date, calendar: WorkingDays
) -> PlannedTask:
    """The task of answering a question, due two local working days after it was asked."""
    key = f"question.{question.id}"
    return PlannedTask(
        task_id=task_id(hire_id, key, period),
        key=key,
        kind=TaskKind.QUESTION,
        title=question.ask,
        owner=question.owner,
        done_by=DoneBy.PERSON,
        due_on=calendar.shift(asked_on, WORKING_DAYS_TO_ANSWER),
        why=f"The check '{question.rule}' cannot pass without it.",
        question=question.id,
    )


def task_id(hire_id: HireId, key: str, period: int) -> UUID:
    """The id of a task, the same however often it is planned."""
    return ids.derived("task", hire_id, key, period)


def due_on(
    due: BeforeStart | AfterProvisioning, starts_on: date, calendar: WorkingDays, days: Days
) -> date:
    """The working day by whose end a task must be done.

    Nothing is due before it can be done, and nothing after the last working day up to the start,
    unless that has passed.
    """
    match due:
        case AfterProvisioning(working_days_after_provisioning=after):
            earliest = calendar.shift(days.provisioning_on, 0)
            ideal = calendar.shift(days.provisioning_on, after)
        case BeforeStart(working_days_before_start=before):
            earliest = calendar.shift(days.today, 0)
            ideal = calendar.shift(starts_on, -before) if before else starts_on
    return max(min(ideal, _last_working_day(starts_on, calendar)), earliest)


def _last_working_day(until: date, calendar: WorkingDays) -> date:
    return until if calendar.is_working_day(until) else calendar.shift(until, -1)
