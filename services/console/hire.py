"""A hire as the console knows it: the nouns that people look at."""

from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any, Final, Self
from uuid import UUID

from libs.common.contracts.compliance import Verdict
from libs.common.contracts.onboarding import HireStatus, PersonErased, TaskKind
from libs.common.contracts.values import HireId, Instant, Owner, Profile, Value, ZoneName

OVER: Final = frozenset({HireStatus.LEFT, HireStatus.CANCELLED})
"""A hire that stands here asks nothing of anybody."""

ROUND: Final = timedelta(hours=2)
"""How long after its hour a letter has surely gone out: mailboxes get one mail an hour."""

STARTED: Final = frozenset({HireStatus.ACTIVE, HireStatus.CHANGING, HireStatus.LEAVING})


class TaskState(StrEnum):
    """Whether a task still has to be done."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class Task(Value):
    """A task of a hire; `overdue` counts how often it was called late."""

    task_id: UUID
    kind: TaskKind
    title: str
    owner: Owner
    due_on: date
    timezone: ZoneName
    why: str
    state: TaskState = TaskState.OPEN
    overdue: int = 0
    closed_at: Instant | None = None

    @property
    def is_approval(self) -> bool:
        """Whether it was done, and is now to be approved: its title says so."""
        return self.title.startswith("Approve: ")


class Block(Value):
    """What stands in the way, and whose turn it is."""

    owner: Owner
    reasons: tuple[str, ...]
    since: Instant


class Holding(Value):
    """Access to a resource: since when, and until when if it has ended."""

    resource: str
    since: Instant
    until: Instant | None = None


class Letter(Value):
    """What became of a message to somebody: held `until` a moment (UTC), sent or failed."""

    message_id: UUID
    recipient: Owner
    state: str
    at: Instant
    says: str = ""
    until: Instant | None = None

    def stage(self, now: datetime) -> str:
        """As `state`, but what was held is `leaving` from its hour on, and then not `needed`.

        Nobody tells of a letter that is dropped because nothing is left to say.
        """
        if self.state != "held" or self.until is None or now < self.until:
            return self.state
        return "leaving" if now < self.until + ROUND else "needed"


class Decided(Value):
    """What the newest decision of compliance comes to; all that it says is in the hire's story.

    `awaits` are the matters of law that legal is asked about.
    """

    version: int
    verdict: Verdict
    awaits: tuple[str, ...] = ()


class AccessAsk(Value):
    """Somebody asked to end access by hand, or to restore it."""

    request_id: UUID
    resource: str
    ends: bool


class Attention(IntEnum):
    """How much a hire asks for somebody to look, the most urgent first."""

    LATE = 0
    BLOCKED = 1
    WAITING = 2
    CALM = 3
    OVER = 4


class Hire(Value):
    """One hire, folded from the events of all services; they may come in any order.

    `profile` is None until the hire was announced. `refused` are requests that were not done; a
    refusal may be read before the request that it answers.
    """

    hire_id: HireId
    since: Instant
    status: HireStatus = HireStatus.ANNOUNCED
    profile: Profile | None = None
    announced_at: Instant | None = None
    ready_at: Instant | None = None
    started_at: Instant | None = None
    last_day: date | None = None
    block: Block | None = None
    tasks: tuple[Task, ...] = ()
    access: tuple[Holding, ...] = ()
    access_asks: tuple[AccessAsk, ...] = ()
    refused: tuple[UUID, ...] = ()
    letters: tuple[Letter, ...] = ()
    decided: Decided | None = None
    erasure: PersonErased | None = None

    def evolve(self, **changes: Any) -> Self:
        """Return a copy with some fields changed."""
        return self.model_copy(update=changes)

    @property
    def open_tasks(self) -> tuple[Task, ...]:
        """What still has to be done, the earliest first."""
        mine = (task for task in self.tasks if task.state is TaskState.OPEN)
        return tuple(sorted(mine, key=lambda task: (task.due_on, task.title)))

    @property
    def shown_tasks(self) -> tuple[Task, ...]:
        """Every task but those that nobody needs any more."""
        return tuple(task for task in self.tasks if task.state is not TaskState.DROPPED)

    @property
    def turn(self) -> tuple[Owner, ...]:
        """Whose turn it is: of whoever has to resolve a block, else of all who have a task."""
        if self.status in OVER and self.block is None:
            return ()
        if self.block is not None:
            return (self.block.owner,)
        return tuple(sorted({task.owner for task in self.open_tasks}))

    @property
    def attention(self) -> Attention:
        """How much it asks for a look, from what was told; the board adds what time brings."""
        if self.block is not None:
            return Attention.BLOCKED
        if self.status in OVER:
            return Attention.OVER
        if any(task.overdue for task in self.open_tasks):
            return Attention.LATE
        waiting = self.status not in STARTED and self.status is not HireStatus.READY
        return Attention.WAITING if waiting or self.open_tasks else Attention.CALM

    def ended_by_hand(self, resource: str) -> bool:
        """Whether this access was ended on somebody's word, and not restored since."""
        done = (
            ask.ends
            for ask in reversed(self.access_asks)
            if ask.resource == resource and ask.request_id not in self.refused
        )
        return next(done, False)

    def task(self, task_id: UUID) -> Task | None:
        """One task by its id."""
        return next((task for task in self.tasks if task.task_id == task_id), None)

    def with_task(self, changed: Task) -> Self:
        """Return a copy in which one task is replaced, or added."""
        others = [task for task in self.tasks if task.task_id != changed.task_id]
        return self.evolve(tasks=(*others, changed))

    def letter(self, changed: Letter) -> Self:
        """Return a copy in which the state of one message is the newest told."""
        others = [each for each in self.letters if each.message_id != changed.message_id]
        return self.evolve(letters=(*others, changed))
