"""What the console tells the others: what somebody who is signed in asks of them.

The owner of the thing decides about it as about any command, and refuses with `request.refused.v1`
or `waiver.refused.v1`.
"""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints

from libs.common.contracts.values import HireId, Instant, Owner, Sealed, Value
from libs.common.message import Event

HIRE = "0b8f6c1e-5d0a-5e43-9a51-2f6f0c0a7b11"
TASK = "6e2d2a6a-3f0c-5c55-8f0e-0d9f4f2b7c22"
ASKED = {
    "request_id": "018f6d2a-7c11-7a44-9d21-5a0f3f0c9b10",
    "account": "5d0a9b1e-7f7b-5b8e-9d2f-2f3b7f6f1a10",
    "asked_at": "2026-11-24T09:00:00Z",
}

Why = Annotated[str, StringConstraints(min_length=3, max_length=500)]
"""The reason that a person gave."""


class Asked(Value):
    """Who asked and when; `account` is the id of an account of the console, never a name."""

    request_id: UUID
    account: UUID
    asked_at: Instant


class TaskCompletionRequested(Event, name="task.completion_requested.v1", subject="hire_id"):
    """A task was done, or is approved by whose turn that is.

    `turn` is whose turn it was as who asked saw it. One that is a question brings its `answer`;
    `evidence` tells where something is shown, without personal data.
    """

    hire_id: HireId
    asked: Asked
    task_id: UUID
    turn: Owner
    answer: str | None = None
    evidence: str | None = None

    example = {
        "hire_id": HIRE,
        "asked": ASKED,
        "task_id": TASK,
        "turn": "hr",
        "answer": "P90D",
    }


class TaskRejectionRequested(Event, name="task.rejection_requested.v1", subject="hire_id"):
    """What was done is not approved: whoever did the task is to do it again."""

    hire_id: HireId
    asked: Asked
    task_id: UUID
    why: Why

    example = {
        "hire_id": HIRE,
        "asked": ASKED,
        "task_id": TASK,
        "why": "The disk is not encrypted.",
    }


class TaskReassignmentRequested(Event, name="task.reassignment_requested.v1", subject="hire_id"):
    """A task is to be done by another role."""

    hire_id: HireId
    asked: Asked
    task_id: UUID
    owner: Owner
    why: Why

    example = {
        "hire_id": HIRE,
        "asked": ASKED,
        "task_id": TASK,
        "owner": "manager",
        "why": "The manager has a spare laptop at hand.",
    }


class StartMoveRequested(Event, name="hire.start_move_requested.v1", subject="hire_id"):
    """The first day of work is to be another."""

    hire_id: HireId
    asked: Asked
    starts_on: date
    why: Why

    example = {
        "hire_id": HIRE,
        "asked": ASKED,
        "starts_on": "2026-12-08",
        "why": "Agreed with the candidate.",
    }


class CancellationRequested(Event, name="hire.cancellation_requested.v1", subject="hire_id"):
    """The hire is to be called off before its first day."""

    hire_id: HireId
    asked: Asked
    why: Why

    example = {"hire_id": HIRE, "asked": ASKED, "why": "The candidate withdrew."}


class AccessWithholdingRequested(Event, name="access.withholding_requested.v1", subject="hire_id"):
    """Access to a resource is to end now, and to stay ended until it is restored."""

    hire_id: HireId
    asked: Asked
    resource: str
    why: Why

    example = {
        "hire_id": HIRE,
        "asked": ASKED,
        "resource": "vpn",
        "why": "The laptop was stolen.",
    }


class AccessRestorationRequested(Event, name="access.restoration_requested.v1", subject="hire_id"):
    """Access that was withheld is to be given again, where the hire still needs it."""

    hire_id: HireId
    asked: Asked
    resource: str
    why: Why

    example = {
        "hire_id": HIRE,
        "asked": ASKED,
        "resource": "vpn",
        "why": "A new laptop was enrolled.",
    }


class ContactCorrectionRequested(Event, name="contact.correction_requested.v1", subject="hire_id"):
    """The name or the address of the new colleague is another, until the HR system tells of it."""

    hire_id: HireId
    asked: Asked
    worker: Sealed
    why: Why

    example = {
        "hire_id": HIRE,
        "asked": ASKED,
        "worker": f"sealed.v1.{HIRE}.c2VhbGVk",
        "why": "The name is spelt otherwise in the passport.",
    }


class ErasureRequested(Event, name="person.erasure_requested.v1", subject="hire_id"):
    """All personal data of somebody whose hire is over is to be made unreadable for ever.

    `no_duty_to_keep`: who asks has looked up that no law asks to keep it any longer.
    """

    hire_id: HireId
    asked: Asked
    no_duty_to_keep: bool
    why: Annotated[str, StringConstraints(min_length=10, max_length=500)]

    example = {
        "hire_id": HIRE,
        "asked": ASKED,
        "no_duty_to_keep": True,
        "why": "The candidate asked for it; the hire was cancelled.",
    }


class WaiverRequested(Event, name="finding.waiver_requested.v1", subject="hire_id"):
    """The hire is to go on in spite of a finding of this rule, until the end of a day.

    `role` is the one in which it was asked.
    """

    hire_id: HireId
    asked: Asked
    rule: str
    role: Owner
    until: date
    why: Annotated[str, StringConstraints(min_length=10, max_length=500)]

    example = {
        "hire_id": HIRE,
        "asked": ASKED,
        "rule": "probation",
        "role": "legal",
        "until": "2027-03-31",
        "why": "A collective agreement allows the longer probation.",
    }


class LawAnswerRequested(Event, name="law.answer_requested.v1", subject="matter"):
    """Legal says whether a fact of law holds as the pack has it, and by which `evidence`."""

    matter: str
    asked: Asked
    holds: bool
    evidence: Annotated[str, StringConstraints(max_length=500)] = ""

    example = {
        "matter": "PT.contract.written_particulars.0a2661c4",
        "asked": ASKED,
        "holds": True,
        "evidence": "The statute as published on 2026-11-20.",
    }
