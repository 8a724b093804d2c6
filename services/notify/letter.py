"""A letter: what is asked of whom by when, in the first line; the rest explains.

Letters hold no personal data: names are put in only where the mail is written.
"""

from datetime import date, timedelta
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from libs.common.contracts.notify import Asked, Urgency
from libs.common.contracts.values import Instant, Owner, Value, ZoneName
from services.notify.civil_time import end_of, spoken, zone_or_utc

ASK_LIMIT: Final = 120
WHY_LIMIT: Final = 300
NAME_LIMIT: Final = 100

# No control, format or other invisible character, and no line break: nothing that could begin
# another line of a letter or another header of a mail.
_ONE_LINE: Final = r"^[^\p{C}\p{Zl}\p{Zp}]+$"
AskText = Annotated[str, StringConstraints(max_length=ASK_LIMIT, pattern=_ONE_LINE)]
WhyText = Annotated[str, StringConstraints(max_length=WHY_LIMIT, pattern=_ONE_LINE)]
Link = Annotated[str, StringConstraints(max_length=500, pattern=r"^https?://[^\s\p{C}]+$")]

NAMES: Final = {
    Owner.HR: "HR",
    Owner.IT: "IT",
    Owner.LEGAL: "legal",
    Owner.MANAGER: "the manager",
    Owner.WORKER: "the worker",
}


LABELS: Final = {
    Urgency.ANNOUNCEMENT: "For your information, nothing to do",
    Urgency.TASK: "To do",
    Urgency.QUESTION: "To answer",
    Urgency.DECISION: "To decide",
    Urgency.INCIDENT: "Urgent",
}


class Ask(Asked):
    """An ask within the lengths that a reader takes in at a glance.

    A letter holds at most one ask of each topic: what is newer replaces what has not gone out.
    """

    text: AskText
    why: WhyText


class Addressed(Value):
    """Something written to a reader, in whose `zone` its dates are told."""

    reader: Owner
    zone: ZoneName
    written_at: Instant


class Letter(Addressed):
    """All that one reader is told at one time, the most pressing first, with one link.

    `about` says which hire without naming anybody; `held` is the reason why it waited, if it did.
    """

    asks: Annotated[tuple[Ask, ...], Field(min_length=1)]
    about: AskText
    link: Link
    held: WhyText | None = None


def one_line(text: str, limit: int) -> str:
    """Text as one visible line of at most `limit` characters, an ellipsis where it was cut."""
    visible = "".join(each if each.isprintable() else " " for each in text)
    line = " ".join(visible.split()) or "(no text)"
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def pressing_first(asks: tuple[Ask, ...]) -> tuple[Ask, ...]:
    """As they are to be read: see `pressing`."""
    return tuple(sorted(asks, key=pressing))


def pressing(ask: Ask) -> tuple[bool, bool, date]:
    """What to sort by: incidents first, then by date, then what has none, and mere news last."""
    news = ask.urgency is Urgency.ANNOUNCEMENT
    return (ask.urgency is not Urgency.INCIDENT, news, ask.due_on or date.max)


def subject(letter: Letter) -> str:
    """The subject of a mail: the first ask with its date, and how many follow."""
    first, *others = letter.asks
    return headline(first, len(others), letter)


def headline(first: Ask, others: int, letter: Addressed) -> str:
    """The first ask with its date, and how many follow."""
    more = f" (and {others} more)" if others else ""
    if first.urgency is Urgency.ANNOUNCEMENT:
        return first.text + more
    if first.urgency is Urgency.INCIDENT:
        return f"Urgent: {first.text}{more}"
    if first.due_on is None:
        return f"{LABELS[first.urgency]}: {first.text}{more}"
    # Where the day ends on the reader's next one, the subject names the one that is safe.
    day = min(first.due_on, _deadline(first.due_on, first, letter)[0])
    when = "Overdue since" if _is_over(first.due_on, first, letter) else "By"
    return f"{when} {day.isoformat()}: {first.text}{more}"


def body(letter: Letter, worker_name: str | None = None) -> str:
    """A letter as plain text; the name of the worker it is about is given by who may know it."""
    first, *others = letter.asks
    name = f"{one_line(worker_name, NAME_LIMIT)}, " if worker_name else ""
    parts = [bottom_line(first, letter), f"Why: {first.why}\nAbout: {name}{letter.about}"]
    parts += [f"Also: {bottom_line(ask, letter)}\n  Why: {ask.why}" for ask in others]
    parts.append(f"See: {letter.link}")
    if letter.held:
        parts.append(f"This was held for your working hours. {letter.held}")
    return "\n\n".join(parts) + "\n"


def bottom_line(ask: Ask, letter: Addressed) -> str:
    """What is asked of whom by when, in one sentence."""
    label = LABELS[ask.urgency]
    if ask.urgency is Urgency.ANNOUNCEMENT:
        return f"{label}: {ask.text}"
    whom = "you" if ask.of is letter.reader else NAMES[ask.of]
    if ask.due_on is None:
        return f"{label} for {whom}, as soon as possible: {ask.text}"
    _, deadline = _deadline(ask.due_on, ask, letter)
    when = "overdue since" if _is_over(ask.due_on, ask, letter) else "by"
    return f"{label} for {whom}, {when} {deadline}: {ask.text}"


def _is_over(due_on: date, ask: Ask, letter: Addressed) -> bool:
    return end_of(due_on, zone_or_utc(ask.zone)) <= letter.written_at


def _deadline(due_on: date, ask: Ask, letter: Addressed) -> tuple[date, str]:
    """The end of the day on which an ask is due: the reader's date, and the words for it."""
    zone = zone_or_utc(letter.zone)
    if ask.zone == letter.zone:
        return due_on, f"the end of {spoken(due_on)} ({zone.key})"
    ends = end_of(due_on, zone_or_utc(ask.zone)).astimezone(zone)
    last_day = (ends - timedelta(microseconds=1)).date()
    if ends.date() != last_day:
        return last_day, f"the end of {spoken(last_day)} ({zone.key})"
    return last_day, f"{ends:%H:%M} on {spoken(last_day)} ({zone.key})"
