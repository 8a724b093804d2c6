"""What is stored about a person, and where: as a document for them, and as words on a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from libs.common.contracts.compliance import CheckDecided
from services.console.audit import Entry
from services.console.hire import Hire
from services.console.stories import Chapter
from services.console.wording import worded


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that is stored: what for, and what becomes of it when the person is erased."""

    place: str
    what: str
    why: str
    erased: str


UNREADABLE: Final = worded("Never opens again: the key is shredded")
NAMES_NOBODY: Final = worded("Stays: it names nobody, the hire stands there by a number")

KEPT: Final[Sequence[Kept]] = (
    Kept(
        worded("Onboarding"),
        worded(
            "Name and address, and those of the manager; what the HR system sent, as it came; the "
            "private key of the VPN"
        ),
        worded("To prepare the first day, to give access, and to write to the person"),
        UNREADABLE,
    ),
    Kept(
        worded("Onboarding, Compliance"),
        worded(
            "Role, place, zone, terms of work, tasks, access, answers and decisions with their law"
        ),
        worded("To check the hire against the law, and to show later why it was decided so"),
        NAMES_NOBODY,
    ),
    Kept(
        worded("Notify"),
        worded("What was written to whom by role, when, and whether it was received"),
        worded("So that nothing is said twice, and working hours are kept"),
        NAMES_NOBODY,
    ),
    Kept(
        worded("Metrics"),
        worded("On which day the hire came how far"),
        worded("To measure how long hires wait"),
        NAMES_NOBODY,
    ),
    Kept(
        worded("Console"),
        worded("This page, the story of the hire, who did what; the manager as a keyed digest"),
        worded("So that people see where a hire stands, and that it can be shown who did what"),
        worded(
            "Stays without name and manager; the person's own account is closed and loses its name"
        ),
    ),
    Kept(
        worded("Topics, backups, traces, logs"),
        worded(
            "The events above; names and addresses only as sealed text, in traces and logs not at "
            "all"
        ),
        worded("The record from which everything can be built again"),
        UNREADABLE,
    ),
    Kept(
        worded("The identity provider"),
        worded("Name, address and role, in an account"),
        worded("So that the person can sign in at work"),
        worded("The account is deleted, and looked for afterwards"),
    ),
    Kept(
        worded("Mail systems"),
        worded("The letters that were delivered"),
        worded("They are the reader's own"),
        worded("Not ours to erase: a letter that was delivered is where it was delivered to"),
    ),
)
"""Every place that holds something of a person."""

EXPLANATION: Final = (
    "This file holds all that Farhand stores about one person. 'contact' is who they are, "
    "opened for this file; it is stored sealed under a key of their own. 'facts' is what the HR "
    "system reported of the employment. 'tasks', 'access' and 'messages' are what was done to "
    "prepare the first day, 'decision' how the law was read and why, 'story' all that happened, "
    "in order, and 'deeds' what people did about it in the console. 'places' says where each is "
    "kept and what becomes of it when the person is erased. Times are UTC, durations ISO 8601 "
    "(P90D is 90 days). The HR system is the source of 'contact' and 'facts': what is wrong "
    "there is best corrected there."
)


def document(  # all that goes into one file
    hire: Hire,
    contact: Mapping[str, Any],
    decision: CheckDecided | None,
    chapters: Sequence[Chapter],
    deeds: Sequence[Entry],
    now: datetime,
) -> dict[str, Any]:
    """All that is stored about a person, with an explanation that anybody understands."""
    profile = hire.profile
    return {
        "explanation": EXPLANATION,
        "made_at": now.isoformat(),
        "hire_id": str(hire.hire_id),
        "contact": dict(contact),
        "facts": profile.model_dump(mode="json", exclude={"worker", "manager"}) if profile else {},
        "status": hire.status.value,
        "last_day": hire.last_day.isoformat() if hire.last_day else None,
        "tasks": [task.model_dump(mode="json") for task in hire.tasks],
        "access": [held.model_dump(mode="json") for held in hire.access],
        "messages": [letter.model_dump(mode="json") for letter in hire.letters],
        "decision": decision.model_dump(mode="json") if decision else None,
        "story": [
            {"at": each.at.isoformat(), "event": each.type, "says": each.body}
            for each in reversed(chapters)
        ],
        "deeds": [
            {"at": each.at.isoformat(), "action": each.action, "detail": dict(each.detail)}
            for each in deeds
        ],
        "places": [
            {"place": each.place, "what": each.what, "why": each.why, "when_erased": each.erased}
            for each in KEPT
        ],
    }
