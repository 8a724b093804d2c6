"""The nouns of a correspondence, and what can be done to one without knowing anybody's hours."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from libs.common.contracts.notify import Urgency
from libs.common.contracts.onboarding import HireBlocked, TaskAssigned, TaskKind, TaskOverdue
from libs.common.contracts.values import (
    HireId,
    Instant,
    Jurisdiction,
    Owner,
    Profile,
    Sealed,
    Value,
    ZoneName,
)
from services.notify.letter import Ask

AUTOMATIC: frozenset[TaskKind] = frozenset({TaskKind.VPN, TaskKind.IDENTITY})
"""Tasks that an adapter does: a person hears of one only when it is overdue."""


class Contacts(Value):
    """What is known of the hire's people: where they are, and how to reach them."""

    jurisdiction: Jurisdiction
    timezone: ZoneName
    role: str
    starts_on: date
    worker: Sealed
    manager: Sealed | None

    @classmethod
    def of(cls, profile: Profile) -> Self:
        """The part of a profile that letters need."""
        return cls.model_validate(profile, from_attributes=True)


class Task(Value):
    """An open task as its owner should know it.

    `told` is the day that the last letter about it named, if there was one, and `told_at` when that
    went out; `reminded` and `escalation` say which reminders were taken up for the day on which it
    is due now.
    """

    id: UUID
    kind: TaskKind | None
    title: str
    owner: Owner
    due_on: date
    timezone: ZoneName
    why: str
    told: date | None = None
    told_at: Instant | None = None
    reminded: bool = False
    escalation: int = 0

    @property
    def topic(self) -> str:
        """What its asks are filed under."""
        return f"task:{self.id}"

    @property
    def automatic(self) -> bool:
        """An adapter does it, not a person."""
        return self.kind in AUTOMATIC

    @classmethod
    def assigned(cls, event: TaskAssigned) -> Self:
        """The task that was given to somebody."""
        return cls(
            id=event.task_id,
            kind=event.kind,
            title=event.title,
            owner=event.owner,
            due_on=event.due_on,
            timezone=event.timezone,
            why=event.why,
        )

    @classmethod
    def overdue(cls, event: TaskOverdue, timezone: str) -> Self:
        """A task first heard of when it was late."""
        return cls(
            id=event.task_id,
            kind=None,
            title=event.title,
            owner=event.owner,
            due_on=event.due_on,
            timezone=timezone,
            why=event.title,
        )

    def evolve(self, **changes: Any) -> Self:
        """A copy with some fields changed."""
        return self.model_copy(update=changes)


class Draft(Value):
    """A letter that waits: for more to say, or for its reader's working hours.

    `due` is when it is tried next; `held` is the reason why it waits for its reader, and `rule`
    the rule that says so, once either was told to the world.
    """

    id: UUID
    reader: Owner
    asks: tuple[Ask, ...]
    due: Instant
    held: str | None = None
    rule: str | None = None

    @property
    def urgent(self) -> bool:
        """It breaks through working hours."""
        return any(ask.urgency is Urgency.INCIDENT for ask in self.asks)

    def put(self, ask: Ask) -> Self:
        """With an ask, in the place of an older one of its topic."""
        topics = [each.topic for each in self.asks]
        if ask.topic not in topics:
            return self.evolve(asks=(*self.asks, ask))
        asks = tuple(ask if each.topic == ask.topic else each for each in self.asks)
        return self.evolve(asks=asks)

    def evolve(self, **changes: Any) -> Self:
        """A copy with some fields changed."""
        return self.model_copy(update=changes)


class Posted(Value):
    """A letter that was given to the mail adapter and has no receipt yet."""

    id: UUID
    recipient: Owner


def find_posted(letters: Iterable[Posted], text: str) -> Posted | None:
    """The letter without a receipt yet whose id a text names."""
    return next((each for each in letters if str(each.id) in text), None)


def without(letters: Iterable[Posted], confirmed: Posted) -> tuple[Posted, ...]:
    """The letters that still wait for their receipt."""
    return tuple(each for each in letters if each.id != confirmed.id)


class Correspondence(Value):
    """All that was, is and will be said about one hire.

    `block` is what the hire was last blocked by and, as far as is known, still is; `closed` are
    tasks that are done or dropped; `heard` are the events without a task that were taken up; `told`
    are those who know of the hire and not of its end; `read` are the messages that were seen;
    `count` is how many letters were ever begun.

    One correspondence is about no hire but about the law itself: `about_law` says so.
    """

    hire_id: HireId
    about_law: bool = False
    contacts: Contacts | None = None
    ended: bool = False
    block: HireBlocked | None = None
    tasks: tuple[Task, ...] = ()
    closed: tuple[UUID, ...] = ()
    heard: tuple[str, ...] = ()
    told: tuple[Owner, ...] = ()
    drafts: tuple[Draft, ...] = ()
    posted: tuple[Posted, ...] = ()
    read: tuple[UUID, ...] = ()
    count: int = 0

    def evolve(self, **changes: Any) -> Self:
        """A copy with some fields changed."""
        return self.model_copy(update=changes)

    def task(self, task_id: UUID) -> Task | None:
        """An open task by its id."""
        return next((task for task in self.tasks if task.id == task_id), None)

    def with_task(self, task: Task) -> Self:
        """With an open task, in the place of what was known of it."""
        others = tuple(each for each in self.tasks if each.id != task.id)
        closed = tuple(each for each in self.closed if each != task.id)
        return self.evolve(tasks=(*others, task), closed=closed)

    def with_closed(self, *task_ids: UUID) -> Self:
        """With tasks closed, and without what was still to be said of them."""
        closed = dict.fromkeys((*self.closed, *task_ids))
        tasks = tuple(each for each in self.tasks if each.id not in closed)
        topics = [f"task:{task_id}" for task_id in task_ids]
        return self.evolve(tasks=tasks, closed=tuple(closed)).silence(*topics)

    def draft(self, letter_id: str) -> Draft | None:
        """A waiting letter by its id."""
        return next((draft for draft in self.drafts if str(draft.id) == letter_id), None)

    def draft_for(self, reader: Owner, *, urgent: bool) -> Draft | None:
        """The waiting letter to a reader; what is urgent has a letter of its own."""
        return next((d for d in self.drafts if d.reader is reader and d.urgent is urgent), None)

    def with_draft(self, draft: Draft) -> Self:
        """With a draft, in the place of its older self."""
        if self.draft(str(draft.id)) is None:
            return self.evolve(drafts=(*self.drafts, draft))
        drafts = tuple(draft if each.id == draft.id else each for each in self.drafts)
        return self.evolve(drafts=drafts)

    def silence(self, *topics: str, but_for: Owner | None = None) -> Self:
        """Take what was still to be said of these topics out of all drafts, empty ones included."""
        kept = (
            draft
            if draft.reader is but_for
            else draft.evolve(asks=tuple(ask for ask in draft.asks if ask.topic not in topics))
            for draft in self.drafts
        )
        return self.evolve(drafts=tuple(draft for draft in kept if draft.asks))

    def with_posted(self, draft: Draft, recipient: Owner, now: datetime, *, farewell: bool) -> Self:
        """With a draft handed over; `farewell` if it tells its reader that the hire is over."""
        others = tuple(each for each in self.told if each is not recipient)
        days = {ask.topic: ask.due_on for ask in draft.asks}
        return self.evolve(
            drafts=tuple(each for each in self.drafts if each.id != draft.id),
            posted=(*self.posted, Posted(id=draft.id, recipient=recipient)),
            told=others if farewell else (*others, recipient),
            tasks=tuple(
                task.evolve(told=days[task.topic], told_at=now) if days.get(task.topic) else task
                for task in self.tasks
            ),
        )
