"""What onboarding tells the others: the life of a hire, its tasks and its access."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from libs.common.contracts.values import HireId, Instant, Owner, Profile, Value, ZoneName
from libs.common.message import Event

HIRE = "0b8f6c1e-5d0a-5e43-9a51-2f6f0c0a7b11"
TASK = "6e2d2a6a-3f0c-5c55-8f0e-0d9f4f2b7c22"
PROFILE = {
    "jurisdiction": "PT",
    "timezone": "Europe/Lisbon",
    "role": "ML engineer",
    "engagement": "employee",
    "starts_on": "2026-12-01",
    "worker": f"sealed.v1.{HIRE}.c2VhbGVk",
    "manager": None,
    "terms": {"contract_kind": "open_ended", "probation": "P90D"},
}


class TaskKind(StrEnum):
    """What a task is about; adapters do `vpn` and `identity`."""

    VPN = "vpn"
    IDENTITY = "identity"
    DEVICE = "device"
    SECURITY = "security"
    PAPERWORK = "paperwork"
    PEOPLE = "people"
    LEAVING = "leaving"
    QUESTION = "question"


class HireAnnounced(Event, name="hire.announced.v1", subject="hire_id"):
    """An HR system reported a hire; nothing has been checked yet."""

    hire_id: HireId
    announced_at: Instant
    profile: Profile

    example = {"hire_id": HIRE, "announced_at": "2026-11-23T09:00:00Z", "profile": PROFILE}


class HireChanged(Event, name="hire.changed.v1", subject="hire_id"):
    """Something about the hire is other than announced; `changed` names the fields."""

    hire_id: HireId
    changed: tuple[str, ...]
    profile: Profile

    example = {"hire_id": HIRE, "changed": ["starts_on"], "profile": PROFILE}


class HireCancelled(Event, name="hire.cancelled.v1", subject="hire_id"):
    """The hire will not start; all that hung on it is undone."""

    hire_id: HireId
    cancelled_at: Instant

    example = {"hire_id": HIRE, "cancelled_at": "2026-11-25T10:00:00Z"}


class HireStatus(StrEnum):
    """Where a hire stands in its life.

    `announced` waits for the first decision of compliance, `checking` for answers of people,
    `blocked` for an owner to resolve something; `changing` is an active person whose circumstances
    are checked anew.
    """

    ANNOUNCED = "announced"
    CHECKING = "checking"
    PROVISIONING = "provisioning"
    READY = "ready"
    ACTIVE = "active"
    CHANGING = "changing"
    LEAVING = "leaving"
    LEFT = "left"
    BLOCKED = "blocked"
    CANCELLED = "cancelled"


class HireStatusChanged(Event, name="hire.status_changed.v1", subject="hire_id"):
    """The hire stands elsewhere in its life; `before` is None for one that was just announced."""

    hire_id: HireId
    before: HireStatus | None
    status: HireStatus
    changed_at: Instant

    example = {
        "hire_id": HIRE,
        "before": "provisioning",
        "status": "ready",
        "changed_at": "2026-11-26T15:30:00Z",
    }


class HireLeaving(Event, name="hire.leaving.v1", subject="hire_id"):
    """The last day of work is known; access ends with it."""

    hire_id: HireId
    last_day: date
    timezone: ZoneName

    example = {"hire_id": HIRE, "last_day": "2027-03-31", "timezone": "Europe/Lisbon"}


class HireLeft(Event, name="hire.left.v1", subject="hire_id"):
    """The last day of work is over in the hire's own time zone."""

    hire_id: HireId
    left_at: Instant

    example = {"hire_id": HIRE, "left_at": "2027-03-31T16:00:00Z"}


class HireBlocked(Event, name="hire.blocked.v1", subject="hire_id"):
    """The hire cannot go on until the named owner resolves every reason."""

    hire_id: HireId
    owner: Owner
    reasons: tuple[str, ...]
    since: Instant

    example = {
        "hire_id": HIRE,
        "owner": "legal",
        "reasons": ["probation: P12M is longer than the P90D the law allows"],
        "since": "2026-11-23T09:00:01Z",
    }


class HireReady(Event, name="hire.ready.v1", subject="hire_id"):
    """Every task that the start depends on is done: the person can work from the first day."""

    hire_id: HireId
    announced_at: Instant
    ready_at: Instant
    starts_on: date

    example = {
        "hire_id": HIRE,
        "announced_at": "2026-11-23T09:00:00Z",
        "ready_at": "2026-11-26T15:30:00Z",
        "starts_on": "2026-12-01",
    }


class HireStarted(Event, name="hire.started.v1", subject="hire_id"):
    """The first day has begun in the hire's own time zone, and the person can work."""

    hire_id: HireId
    started_at: Instant

    example = {"hire_id": HIRE, "started_at": "2026-12-01T09:00:00Z"}


class TaskAssigned(Event, name="task.assigned.v1", subject="hire_id"):
    """Somebody has to do something for this hire by the end of a civil day in its zone.

    Told again of an open task with another owner or title, it is that owner's turn now: to approve
    what was done, to do it once more, or in place of the one before.
    """

    hire_id: HireId
    task_id: UUID
    kind: TaskKind
    title: str
    owner: Owner
    due_on: date
    timezone: ZoneName
    why: str

    example = {
        "hire_id": HIRE,
        "task_id": TASK,
        "kind": "device",
        "title": "Order a laptop and have it delivered",
        "owner": "it",
        "due_on": "2026-11-27",
        "timezone": "Europe/Lisbon",
        "why": "The device must arrive two working days before the start.",
    }


class TaskMoved(Event, name="task.moved.v1", subject="hire_id"):
    """A task is due on another day, since what it hangs on has moved."""

    hire_id: HireId
    task_id: UUID
    due_on: date
    timezone: ZoneName

    example = {
        "hire_id": HIRE,
        "task_id": TASK,
        "due_on": "2026-12-04",
        "timezone": "Europe/Lisbon",
    }


class TaskDone(Event, name="task.done.v1", subject="hire_id"):
    """A task is finished."""

    hire_id: HireId
    task_id: UUID
    kind: TaskKind
    done_at: Instant

    example = {
        "hire_id": HIRE,
        "task_id": TASK,
        "kind": "device",
        "done_at": "2026-11-26T15:30:00Z",
    }


class TaskDropped(Event, name="task.dropped.v1", subject="hire_id"):
    """A task is no longer needed."""

    hire_id: HireId
    task_id: UUID
    why: str

    example = {"hire_id": HIRE, "task_id": TASK, "why": "The hire was cancelled."}


class TaskDueToday(Event, name="task.due_today.v1", subject="hire_id"):
    """The working day has begun by whose end a task, assigned before, must be done."""

    hire_id: HireId
    task_id: UUID
    title: str
    owner: Owner
    due_on: date
    timezone: ZoneName

    example = {
        "hire_id": HIRE,
        "task_id": TASK,
        "title": "Order a laptop and have it delivered",
        "owner": "it",
        "due_on": "2026-11-27",
        "timezone": "Europe/Lisbon",
    }


class TaskOverdue(Event, name="task.overdue.v1", subject="hire_id"):
    """A task is still open after its day; `escalation` counts how often this was said."""

    hire_id: HireId
    task_id: UUID
    title: str
    owner: Owner
    due_on: date
    escalation: int

    example = {
        "hire_id": HIRE,
        "task_id": TASK,
        "title": "Order a laptop and have it delivered",
        "owner": "it",
        "due_on": "2026-11-27",
        "escalation": 1,
    }


class QuestionAnswered(Event, name="question.answered.v1", subject="hire_id"):
    """A person answered what a check asked; the emitter of the question judges the answer."""

    hire_id: HireId
    question: str
    answer: str
    answered_at: Instant

    example = {
        "hire_id": HIRE,
        "question": "terms.probation",
        "answer": "P90D",
        "answered_at": "2026-11-24T11:00:00Z",
    }


class AccessGranted(Event, name="access.granted.v1", subject="hire_id"):
    """The person can use a resource, as read back from the system that guards it."""

    hire_id: HireId
    resource: str
    granted_at: Instant

    example = {"hire_id": HIRE, "resource": "vpn", "granted_at": "2026-11-23T09:00:02Z"}


class AccessRevoked(Event, name="access.revoked.v1", subject="hire_id"):
    """The person can no longer use a resource, as read back from the system that guards it."""

    hire_id: HireId
    resource: str
    revoked_at: Instant

    example = {"hire_id": HIRE, "resource": "vpn", "revoked_at": "2026-11-25T10:00:02Z"}


class DevicePostureChanged(Event, name="device.posture_changed.v1", subject="hire_id"):
    """The device shows again all that the risk tier demands of it, or no longer does.

    While it does not, there is no access. `lacking` are the controls that are not shown to hold;
    `observed_at` is when the newest report was true.
    """

    hire_id: HireId
    tier: str
    holds: bool
    lacking: tuple[str, ...] = ()
    observed_at: Instant
    changed_at: Instant

    example = {
        "hire_id": HIRE,
        "tier": "sensitive",
        "holds": False,
        "lacking": ["disk_encryption"],
        "observed_at": "2026-12-03T08:59:00Z",
        "changed_at": "2026-12-03T09:00:00Z",
    }


class RequestRefused(Event, name="request.refused.v1", subject="hire_id"):
    """What somebody asked of a hire in the console was not done; `why` tells them the reason."""

    hire_id: HireId
    request_id: UUID
    why: str

    example = {
        "hire_id": HIRE,
        "request_id": "018f6d2a-7c11-7a44-9d21-5a0f3f0c9b10",
        "why": "This task is not open, it is done.",
    }


Fingerprint = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of a data key, which tells keys apart and nothing of any."""


class ErasedPlace(Value):
    """Where personal data was, and what was seen there once it was erased."""

    place: str
    seen: str


class PersonErased(Event, name="person.erased.v1", subject="hire_id"):
    """The data keys of a person are gone, as read back: the receipt of an erasure.

    All that was sealed under them, in topics, tables and backups, opens never again. `keys` are
    their fingerprints: whoever finds a key in a copy of the key database sees whether it is one of
    them. `request_id` and `account` tell who asked for it. Told again with more keys, what an HR
    system told of the person since was erased as well.
    """

    hire_id: HireId
    request_id: UUID
    account: UUID
    asked_at: Instant
    erased_at: Instant
    keys: tuple[Fingerprint, ...]
    places: tuple[ErasedPlace, ...]

    example = {
        "hire_id": HIRE,
        "request_id": "018f6d2a-7c11-7a44-9d21-5a0f3f0c9b10",
        "account": "5d0a9b1e-7f7b-5b8e-9d2f-2f3b7f6f1a10",
        "asked_at": "2027-05-03T09:00:00Z",
        "erased_at": "2027-05-03T09:00:02Z",
        "keys": ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
        "places": [{"place": "data keys", "seen": "none is left, and the contact does not open"}],
    }
