"""Which tasks a hire needs, and when each is due: a pure function of what is known.

Nothing is remembered: a plan made again from the same facts has the same ids and the same dates,
so a start that moves there and back changes nothing, and no task is ever doubled.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from libs.common import ids
from libs.common.contracts.compliance import Question
from libs.common.contracts.onboarding import TaskKind
from libs.common.contracts.values import HireId, Owner, Profile, Value
from services.onboarding.risk import Control
from services.onboarding.templates import (
    AfterProvisioning,
    AfterStart,
    BeforeLastDay,
    BeforeStart,
    DoneBy,
    Due,
    TaskTemplate,
)
from services.onboarding.working_days import WorkingDays

WORKING_DAYS_TO_ANSWER: Final = 2
"""How many local working days a question is open before it is overdue."""
MAX_LATE_CALLS: Final = 5
"""How often a task is called late, unless its template says less."""


class PlannedTask(Value):
    """Something that must be done for a hire by the end of a working day in its zone.

    `late_calls` is how often it is called late before only the board shows it.
    """

    task_id: UUID
    key: str
    kind: TaskKind
    title: str
    owner: Owner
    done_by: DoneBy
    due_on: date
    why: str
    question: str | None = None
    needed_to_work: bool = True
    approver: Owner | None = None
    evidence: str | None = None
    depends_on: tuple[str, ...] = ()
    remind: bool = True
    late_calls: int = MAX_LATE_CALLS


@dataclass(frozen=True, slots=True)
class Days:
    """The civil dates in the hire's zone that a plan hangs on, beside the start.

    `provisioning_on` is the day provisioning began and stays as it is; `today` is the day of
    planning: what should have been done before is due as soon as possible. `last_day` is known of
    one who leaves.
    """

    provisioning_on: date
    today: date
    last_day: date | None = None


def plan_tasks(
    hire_id: HireId,
    period: int,
    profile: Profile,
    templates: Iterable[TaskTemplate],
    calendar: WorkingDays,
    days: Days,
    controls: Collection[Control],
) -> tuple[PlannedTask, ...]:
    """The tasks of one engagement period of a hire, one for each template that covers it.

    `controls` are those that its risk tier demands.

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
            needed_to_work=template.needed_to_work,
            approver=template.approver,
            evidence=template.evidence,
            depends_on=template.depends_on,
            remind=template.reminders.on_the_day,
            late_calls=template.reminders.when_late,
        )
        for template in templates
        if template.applies_to.covers(profile, controls) and _is_time(template.due, days)
    )


def _is_time(due: Due, days: Days) -> bool:
    return days.last_day is not None or not isinstance(due, BeforeLastDay)


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
        why=f"The check '{question.rule}' cannot pass without it. {question.detail}".strip(),
        question=question.id,
    )


def task_id(hire_id: HireId, key: str, period: int) -> UUID:
    """The id of a task, the same however often it is planned."""
    return ids.derived("task", hire_id, key, period)


def due_on(due: Due, starts_on: date, calendar: WorkingDays, days: Days) -> date:
    """The working day by whose end a task must be done.

    Nothing is due before it can be done; what the start or the last day waits for is not due after
    the last working day up to it, unless that has passed.
    """
    earliest, latest = calendar.shift(days.today, 0), _last_working_day(starts_on, calendar)
    match due:
        case AfterProvisioning(working_days_after_provisioning=after):
            earliest = calendar.shift(days.provisioning_on, 0)
            ideal = calendar.shift(days.provisioning_on, after)
        case BeforeStart(working_days_before_start=before):
            ideal = _before(starts_on, before, calendar)
        case AfterStart(working_days_after_start=after):
            ideal = latest = calendar.shift(starts_on, after)
        case BeforeLastDay(working_days_before_last_day=before):
            last_day = days.last_day or days.today
            ideal, latest = (
                _before(last_day, before, calendar),
                _last_working_day(last_day, calendar),
            )
    return max(min(ideal, latest), earliest)


def _before(day: date, working_days: int, calendar: WorkingDays) -> date:
    return calendar.shift(day, -working_days) if working_days else day


def _last_working_day(until: date, calendar: WorkingDays) -> date:
    return until if calendar.is_working_day(until) else calendar.shift(until, -1)
