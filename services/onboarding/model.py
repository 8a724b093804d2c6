"""The nouns of a journey: what is known of a hire, its tasks, its access."""

from datetime import date
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from libs.common.contracts.compliance import Question, Verdict
from libs.common.contracts.onboarding import Fingerprint, HireStatus
from libs.common.contracts.values import HireId, Instant, Owner, Profile, Value, ZoneName
from services.onboarding.plan import PlannedTask
from services.onboarding.posture import Posture
from services.onboarding.risk import Assessment, Control


class TaskState(StrEnum):
    """Whether a task still has to be done.

    `waiting` for what it depends on, and asked of nobody yet; `submitted` by its owner, and to be
    approved.
    """

    WAITING = "waiting"
    OPEN = "open"
    SUBMITTED = "submitted"
    DONE = "done"
    DROPPED = "dropped"


class Task(Value):
    """A task of the plan, and what became of it.

    `timezone` is where its day ends; `overdue` counts how often it was called late; `answer` is the
    number, among all answers of the hire, of the one that closed a question. `given_to` is who has
    it in place of the role that the plan names; `evidence` is what they referred to, and
    `submitted_by` the id of the account that submitted it, where that is known.
    """

    plan: PlannedTask
    period: int
    state: TaskState = TaskState.OPEN
    overdue: int = 0
    assigned_on: date
    timezone: ZoneName
    answer: int = 0
    given_to: Owner | None = None
    evidence: str | None = None
    submitted_by: UUID | None = None

    @property
    def owner(self) -> Owner:
        """Who does it."""
        return self.given_to or self.plan.owner

    @property
    def turn(self) -> Owner:
        """Whose turn it is: who approves it, once it is submitted, and else who does it."""
        return self.plan.approver if self.is_submitted and self.plan.approver else self.owner

    @property
    def title(self) -> str:
        """What whoever's turn it is has to do."""
        return f"Approve: {self.plan.title}" if self.is_submitted else self.plan.title

    @property
    def is_submitted(self) -> bool:
        """Whether it waits to be approved."""
        return self.state is TaskState.SUBMITTED

    @property
    def is_open(self) -> bool:
        """Whether it is somebody's turn."""
        return self.state in (TaskState.OPEN, TaskState.SUBMITTED)

    @property
    def is_unfinished(self) -> bool:
        """Whether it is somebody's turn, or will be."""
        return self.is_open or self.state is TaskState.WAITING

    def evolve(self, **changes: Any) -> Self:
        """Return a copy with some fields changed."""
        return self.model_copy(update=changes)


class Grant(StrEnum):
    """How far access is granted or taken back."""

    ASKED = "asked"
    GRANTED = "granted"
    REVOKING = "revoking"
    REVOKED = "revoked"


class Access(Value):
    """Access to a resource, and why its adapter gave up, if it did.

    `period` is the one it was asked for in, or a later number where it was revoked in between:
    what was revoked once is never granted again under the same number. `wish` stands for what the
    adapter was told of the hire (`services.onboarding.resources`).
    """

    resource: str
    period: int
    grant: Grant
    wish: str = ""
    trouble: str | None = None

    @property
    def held(self) -> bool:
        """Whether the person may be able to use it."""
        return self.grant in (Grant.ASKED, Grant.GRANTED)

    def evolve(self, **changes: Any) -> Self:
        """Return a copy with some fields changed."""
        return self.model_copy(update=changes)


class Ruling(Value):
    """What compliance decided last, as far as the journey acts on it.

    `awaits` is what legal is asked about the law, once for all hires: no task of this one.
    """

    version: int
    verdict: Verdict
    questions: tuple[Question, ...] = ()
    awaits: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    owner: Owner = Owner.LEGAL


class Block(Value):
    """What the world was told stands in the way of a hire, and whose turn it is."""

    owner: Owner
    reasons: tuple[str, ...]
    since: Instant


class Ending(StrEnum):
    """How a period of a journey ended."""

    CANCELLED = "cancelled"
    LEFT = "left"


class Again(Value):
    """What was reported, before a last day was over, of somebody who starts after it."""

    source: str
    profile: Profile
    reported_at: Instant


class Erasure(Value):
    """That the person is to be erased, or was: who asked for it, and the keys found.

    `told_again`: an HR system told of the person while this was under way.
    """

    request_id: UUID
    account: UUID
    asked_at: Instant
    keys: tuple[Fingerprint, ...] = ()
    told_again: bool = False
    erased_at: Instant | None = None

    def evolve(self, **changes: Any) -> Self:
        """Return a copy with some fields changed."""
        return self.model_copy(update=changes)


class Journey(Value):
    """The life of one hire.

    `period` counts how often it was begun: a hire taken up again after it was cancelled or left is
    planned and provisioned anew. `reported_at` is when the profile was so, and `end_reported_at`
    when it was so that the hire was cancelled or leaves, by the newest report of each;
    `record_changed_at` is when the record that was fetched last had changed, by the HR system's
    clock, where the hire is fetched; `answers` counts the answers passed on to compliance, over all
    periods; `risk` is the tier that the tasks were planned by; `lacking` is what it demands of the
    device and `posture` does not show, as the world was told.
    """

    hire_id: HireId
    period: int = 1
    status: HireStatus = HireStatus.ANNOUNCED
    since: Instant
    profile: Profile
    source: str
    announced_at: Instant
    reported_at: Instant
    end_reported_at: Instant | None = None
    ruling: Ruling | None = None
    record_changed_at: Instant | None = None
    answers: int = 0
    provisioning_on: date | None = None
    risk: Assessment | None = None
    ready_at: Instant | None = None
    started_at: Instant | None = None
    last_day: date | None = None
    again: Again | None = None
    ending: Ending | None = None
    tasks: tuple[Task, ...] = ()
    access: tuple[Access, ...] = ()
    withheld: tuple[str, ...] = ()
    posture: Posture | None = None
    lacking: tuple[Control, ...] = ()
    block: Block | None = None
    erasure: Erasure | None = None

    def evolve(self, **changes: Any) -> Self:
        """Return a copy with some fields changed."""
        return self.model_copy(update=changes)

    def task(self, task_id: UUID) -> Task | None:
        """One task by its id."""
        return next((task for task in self.tasks if task.plan.task_id == task_id), None)

    def with_task(self, changed: Task) -> Self:
        """Return a copy in which one task is replaced, or added."""
        if self.task(changed.plan.task_id) is None:
            return self.evolve(tasks=(*self.tasks, changed))
        return self.evolve(
            tasks=tuple(
                changed if task.plan.task_id == changed.plan.task_id else task
                for task in self.tasks
            )
        )

    def access_to(self, resource: str, period: int | None = None) -> Access | None:
        """What is known of the access asked for in a period, by default the latest."""
        mine = {each.period: each for each in self.access if each.resource == resource}
        return mine.get(max(mine, default=0) if period is None else period)

    def with_access(self, changed: Access) -> Self:
        """Return a copy with one access changed or added; what is long revoked is forgotten."""
        others = tuple(each for each in self.access if each.resource != changed.resource)
        mine = {each.period: each for each in self.access if each.resource == changed.resource}
        mine[changed.period] = changed
        kept = (
            mine[period]
            for period in sorted(mine)
            if period == max(mine) or mine[period].grant is not Grant.REVOKED
        )
        return self.evolve(access=(*others, *kept))

    def with_only_access(self, access: Access) -> Self:
        """Return a copy in which nothing else is known of access to that resource."""
        others = tuple(each for each in self.access if each.resource != access.resource)
        return self.evolve(access=(*others, access))

    def needs(self, resource: str) -> bool:
        """Whether a task of this period asks for access to a resource: the task of its key.

        None is needed to what is withheld, and to nothing while the device is not as demanded.
        """
        return (
            self.ending is None
            and not self.lacking
            and resource not in self.withheld
            and any(
                task.plan.key == resource
                and task.state not in (TaskState.DROPPED, TaskState.WAITING)
                for task in self.tasks
                if task.period == self.period
            )
        )

    @property
    def pending_erasure(self) -> Erasure | None:
        """The erasure that is under way, if one is."""
        return self.erasure if self.erasure and self.erasure.erased_at is None else None

    @property
    def open_tasks(self) -> tuple[Task, ...]:
        """The tasks that are somebody's turn now."""
        return tuple(task for task in self.tasks if task.is_open)

    @property
    def is_equipped(self) -> bool:
        """Whether all is done that the person needs to be able to work."""
        return not any(task.is_unfinished and task.plan.needed_to_work for task in self.tasks)
