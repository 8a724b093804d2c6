"""What each event asks of somebody, in words; pure, and without personal data."""

from datetime import date, timedelta

from libs.common.contracts.compliance import LawQuestioned
from libs.common.contracts.notify import Urgency
from libs.common.contracts.onboarding import HireBlocked, TaskDropped, TaskKind
from libs.common.contracts.values import Owner
from services.notify.letter import ASK_LIMIT, NAMES, WHY_LIMIT, Ask, one_line
from services.notify.model import Contacts, Task

READY, BLOCKED, CANCELLED = "ready", "blocked", "cancelled"


def do_task(task: Task) -> Ask:
    """Asks the owner of a task to do it; where another date was told before, says so."""
    moved = f"The date has moved from {task.told} to {task.due_on}. " if task.told else ""
    return _ask_task(task, moved + task.why)


def do_task_today(task: Task) -> Ask:
    """Reminds of a task on the morning of its day."""
    return _ask_task(task, f"It is due today. {task.why}")


def overdue_task(task: Task) -> Ask:
    """Reminds of a task that is open after its day."""
    times = f"It was due on {task.due_on} and is still open; this is reminder {task.escalation}."
    return _ask_task(task, times if task.why == task.title else f"{times} {task.why}")


def withdraw_task(task: Task, event: TaskDropped) -> Ask:
    """Tells somebody who was asked to do a task that nobody needs it any more."""
    return Ask(
        topic=task.topic,
        of=task.owner,
        urgency=Urgency.ANNOUNCEMENT,
        text=one_line(f"No longer needed: {task.title}", ASK_LIMIT),
        why=one_line(event.why, WHY_LIMIT),
    )


def hire_ready(reader: Owner) -> Ask:
    """Tells that the person can work from the first day."""
    return Ask(
        topic=READY,
        of=reader,
        urgency=Urgency.ANNOUNCEMENT,
        text="Everything is ready for the first day",
        why="Every task that the start depends on is done.",
    )


def resolve_block(block: HireBlocked, contacts: Contacts | None, today: date) -> Ask:
    """Asks the owner to resolve what blocks a hire before the first day.

    `today` is the civil day at the hire's place. From the first day on it is an incident: a
    person may be at work against the law, or unable to work.
    """
    starts_on = contacts.starts_on if contacts else None
    started = starts_on is not None and starts_on <= today
    return Ask(
        topic=BLOCKED,
        of=block.owner,
        urgency=Urgency.INCIDENT if started else Urgency.DECISION,
        text="Resolve what blocks this hire" + (", who should be at work" if started else ""),
        why=one_line("; ".join(block.reasons), WHY_LIMIT),
        due_on=starts_on - timedelta(days=1) if starts_on and not started else None,
        zone=contacts.timezone if contacts else "UTC",
    )


def end_access(block: HireBlocked) -> Ask:
    """Asks the owner to end what a person who is gone may still be able to use: an incident."""
    return Ask(
        topic=BLOCKED,
        of=block.owner,
        urgency=Urgency.INCIDENT,
        text="End the access of this hire, who is gone, by hand",
        why=one_line("; ".join(block.reasons), WHY_LIMIT),
    )


def confirm_law(event: LawQuestioned) -> Ask:
    """Asks legal whether a fact of law holds: once, however many hires wait for it."""
    return Ask(
        topic=law_topic(event.matter),
        of=event.owner,
        urgency=Urgency.QUESTION,
        text=one_line(event.ask, ASK_LIMIT),
        why=one_line(f"farhand law answer {event.matter} yes|no. {event.detail}", WHY_LIMIT),
    )


def law_topic(matter: str) -> str:
    """What asks about a matter of law are filed under."""
    return f"law:{matter}"


def hire_cancelled(reader: Owner) -> Ask:
    """Tells those who were told something before that the hire is off."""
    return Ask(
        topic=CANCELLED,
        of=reader,
        urgency=Urgency.ANNOUNCEMENT,
        text="The hire was cancelled; what was asked or told before no longer holds",
        why="The HR system cancelled the hire; all that hung on it is being undone.",
    )


def stand_in(ask: Ask) -> Ask:
    """The same ask to HR, where the one it is meant for cannot be reached."""
    note = f"No address of {NAMES[ask.of]} is known, so this comes to HR. "
    return ask.model_copy(update={"why": one_line(note + ask.why, WHY_LIMIT)})


def _ask_task(task: Task, why: str) -> Ask:
    return Ask(
        topic=task.topic,
        of=task.owner,
        urgency=Urgency.QUESTION if task.kind is TaskKind.QUESTION else Urgency.TASK,
        text=one_line(task.title, ASK_LIMIT),
        why=one_line(why, WHY_LIMIT),
        due_on=task.due_on,
        zone=task.timezone,
    )
