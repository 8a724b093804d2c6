"""What the API shows of a hire: its tasks, its access, whose turn it is; never a name."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, Field

from libs.common.contracts.onboarding import HireStatus
from libs.common.contracts.values import Owner
from services.onboarding.model import Journey, Task
from services.onboarding.standing import blocks


class TaskView(BaseModel):
    """A task; `answer` is asked for where `question` is set, `evidence` where `evidence_asked` is.

    `owner` does it, and `turn` is whose turn it is: the approver's, once it is submitted. It is
    asked for once what it `depends_on` is done.
    """

    task_id: UUID
    kind: str
    title: str
    owner: Owner
    state: str
    assigned_on: date
    due_on: date
    done_by: str
    question: str | None = None
    overdue: int = 0
    period: int = Field(default=1, description="How often the hire had begun when it was planned")
    turn: Owner
    needed_to_work: bool
    approver: Owner | None = None
    evidence_asked: str | None = None
    evidence: str | None = None
    depends_on: list[str] = []

    @classmethod
    def of(cls, task: Task) -> "TaskView":
        """A task as the API shows it."""
        plan = task.plan
        return cls(
            task_id=plan.task_id,
            kind=plan.kind,
            title=plan.title,
            owner=task.owner,
            state=task.state,
            assigned_on=task.assigned_on,
            due_on=plan.due_on,
            done_by=plan.done_by,
            question=plan.question,
            overdue=task.overdue,
            period=task.period,
            turn=task.turn,
            needed_to_work=plan.needed_to_work,
            approver=plan.approver,
            evidence_asked=plan.evidence,
            evidence=task.evidence,
            depends_on=list(plan.depends_on),
        )


class RiskView(BaseModel):
    """How much risk the work bears, by which version of security's policy, and what that asks."""

    tier: str
    rank: int
    version: str
    reasons: list[str]
    demands: list[str]


class AccessView(BaseModel):
    """Access to a resource, and why its adapter gave up, if it did."""

    resource: str
    grant: str
    trouble: str | None = None


class HireView(BaseModel):
    """Where one hire stands; names and addresses are not shown here."""

    hire_id: UUID
    status: HireStatus
    since: datetime
    jurisdiction: str
    timezone: str
    role: str
    engagement: str
    starts_on: date
    last_day: date | None = None
    turn: list[Owner] = Field(description="Whose turn it is")
    blocked_by: list[str] = []
    awaits: list[str] = Field(default=[], description="What legal is asked about the law")
    trace_id: str | None = None
    fetch_trouble: str | None = Field(
        default=None, description="Why the HR system's record of it could not be used, if so"
    )
    risk: RiskView | None = None
    tasks: list[TaskView] = []
    access: list[AccessView] = []

    @classmethod
    def of(cls, journey: Journey, traceparent: str | None) -> "HireView":
        """A journey as the API shows it."""
        profile, blocked = journey.profile, blocks(journey)
        awaits = journey.ruling.awaits if journey.ruling and journey.ending is None else ()
        turn = {task.turn for task in journey.open_tasks}
        if awaits:
            turn.add(Owner.LEGAL)
        return cls(
            hire_id=journey.hire_id,
            status=journey.status,
            since=journey.since,
            jurisdiction=profile.jurisdiction,
            timezone=profile.timezone,
            role=profile.role,
            engagement=profile.engagement,
            starts_on=profile.starts_on,
            last_day=journey.last_day,
            turn=[blocked[0]] if blocked else sorted(turn),
            blocked_by=list(blocked[1]) if blocked else [],
            awaits=list(awaits),
            trace_id=traceparent.split("-")[1] if traceparent else None,
            risk=RiskView(**journey.risk.model_dump()) if journey.risk else None,
            tasks=[TaskView.of(task) for task in journey.tasks],
            access=[AccessView(**each.model_dump()) for each in journey.access],
        )
