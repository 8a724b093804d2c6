"""What each event says to a person: a line of the story, with its tone and its details."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from services.console.wording import worded

Body: TypeAlias = Mapping[str, Any]

OWNERS: Final[Mapping[str, str]] = {
    "hr": worded("HR operations"),
    "it": worded("IT"),
    "legal": worded("the legal team"),
    "manager": worded("the manager"),
    "worker": worded("the new colleague"),
}
BADGE_NAMES: Final[Mapping[str, str]] = {
    "hr": worded("HR operations"),
    "it": worded("IT and security"),
    "legal": worded("Legal"),
    "manager": worded("Manager"),
    "worker": worded("New colleague"),
}
STATUSES: Final[Mapping[str, str]] = {
    "announced": worded("Announced"),
    "checking": worded("Checking"),
    "provisioning": worded("Provisioning"),
    "ready": worded("Ready"),
    "active": worded("Active"),
    "changing": worded("Changing"),
    "leaving": worded("Leaving"),
    "left": worded("Left"),
    "blocked": worded("Blocked"),
    "cancelled": worded("Cancelled"),
}
SYSTEMS: Final[Mapping[str, str]] = {"vpn": worded("VPN"), "identity": worded("company account")}
"""What somebody may be let into."""

VERDICTS: Final[Mapping[str, tuple[str, str]]] = {
    "clear": (worded("The law is met"), "good"),
    "needs": (worded("Compliance asks before it can decide"), "wait"),
    "blocked": (worded("The law is not met"), "bad"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a story. `tone` colours it: good, bad, wait, or nothing in particular."""

    icon: str
    says: str
    tone: str = "plain"
    detail: str = ""


def tell(event: str, body: Body) -> Line:
    """The line of an event; one that is not known here is told by its name."""
    telling = TELLINGS.get(event)
    return Line("dot", event) if telling is None else telling(body)


def owner(name: str) -> str:
    """A role as a sentence names it."""
    return OWNERS.get(name, name)


def system(name: str) -> str:
    """What somebody may be let into, by its name."""
    return SYSTEMS.get(name, name)


def _announced(body: Body) -> Line:
    says = worded("Announced as {role}", role=body["profile"]["role"])
    return Line("spark", says, detail=worded("The HR system reported a hire."))


def _changed(body: Body) -> Line:
    changed = ", ".join(name.replace("_", " ") for name in body["changed"])
    starts = worded("Starts on {day}.", day=body["profile"]["starts_on"])
    return Line("edit", worded("Changed: {what}", what=changed), detail=starts)


def _stands(body: Body) -> Line:
    status = body["status"]
    tone = {"ready": "good", "active": "good", "blocked": "bad", "cancelled": "quiet"}
    says = worded("New state: {status}", status=STATUSES[status])
    return Line("flag", says, tone.get(status, "plain"))


def _blocked(body: Body) -> Line:
    says = worded("Blocked: it is the turn of {owner}", owner=owner(body["owner"]))
    return Line("stop", says, "bad", " ".join(body["reasons"]))


def _decided(body: Body) -> Line:
    open_findings = [each for each in body["findings"] if each["outcome"] != "met"]
    verdict, tone = VERDICTS[body["verdict"]]
    says = worded("{verdict} ({place})", verdict=verdict, place=body["jurisdiction"])
    return Line("scales", says, tone, " ".join(each["says"] for each in open_findings))


def _assigned(body: Body) -> Line:
    whose = BADGE_NAMES.get(body["owner"], body["owner"])
    says = worded("To do, by {owner}: {task}", owner=whose, task=body["title"])
    return Line("task", says, "wait", body["why"])


def _task(body: Body) -> str:
    """The task by its title, where whoever tells the story knows it."""
    return body.get("title") or worded("a task")


def _overdue(body: Body) -> Line:
    says = worded("Late, reminder {number}: {task}", number=body["escalation"], task=body["title"])
    return Line("clock", says, "bad")


def _erased(body: Body) -> Line:
    says = worded("The person was erased: name and address can never be read again")
    seen = "; ".join(f"{each['place']}: {each['seen']}" for each in body["places"])
    return Line("key", says, "quiet", seen)


def _completion(body: Body) -> Line:
    if answer := body.get("answer"):
        return Line("person", worded("Somebody answered: {answer}", answer=answer))
    return Line("person", worded("Somebody closed a task"))


def _move(body: Body) -> Line:
    says = worded("Somebody asked to move the start to {day}", day=body["starts_on"])
    return Line("person", says, detail=body["why"])


def _doubted(body: Body) -> Line:
    says = worded("Waits for legal on {fact}", fact=body["doubt"]["fact"])
    return Line("scales", says, "wait", body["doubt"]["ask"])


def _asked(says: str) -> Callable[[Body], Line]:
    return lambda body: Line("person", says, detail=body["why"])


def _always(icon: str, says: str, tone: str) -> Callable[[Body], Line]:
    return lambda _: Line(icon, says, tone)


def _written(body: Body) -> Line:
    says = worded("A message to {owner} was written", owner=owner(body["recipient"]))
    return Line("mail", says, "quiet", " ".join(ask["text"] for ask in body["asks"]))


def _held(body: Body) -> Line:
    says = worded("A message to {owner} waits", owner=owner(body["recipient"]))
    return Line("moon", says, "quiet", body["reason"])


def _sent(body: Body) -> Line:
    says = worded("Mail to {owner} sent", owner=owner(body["recipient"]))
    return Line("mail", says, "quiet", body.get("merged") or "")


def _read(body: Body) -> Line:
    return Line("mail", worded("Read by {owner}", owner=owner(body["recipient"])), "quiet")


def _failed(body: Body) -> Line:
    says = worded("A message to {owner} could not be delivered", owner=owner(body["recipient"]))
    return Line("mail", says, "bad", body["reason"])


def _posture(body: Body) -> Line:
    if body["holds"]:
        return Line("key", worded("The device is again as its risk tier demands"), "good")
    lacking = ", ".join(each.replace("_", " ") for each in body["lacking"])
    says = worded("The device is not as its risk tier demands")
    return Line("key", says, "bad", worded("Not shown: {what}", what=lacking))


TELLINGS: Final[Mapping[str, Callable[[Body], Line]]] = {
    "hire.announced.v1": _announced,
    "hire.changed.v1": _changed,
    "hire.status_changed.v1": _stands,
    "hire.blocked.v1": _blocked,
    "hire.cancelled.v1": _always("stop", worded("Cancelled by the HR system"), "quiet"),
    "hire.ready.v1": _always("check", worded("Everything is ready for the first day"), "good"),
    "hire.started.v1": _always("spark", worded("The first day has begun"), "good"),
    "hire.leaving.v1": lambda body: Line(
        "door", worded("Leaves: the last day is {day}", day=body["last_day"])
    ),
    "hire.left.v1": _always("door", worded("The last day is over"), "quiet"),
    "check.decided.v1": _decided,
    "law.doubted.v1": _doubted,
    "law.doubt_dropped.v1": lambda body: Line(
        "scales", worded("Hangs no more on the law of {matter}", matter=body["matter"]), "quiet"
    ),
    "task.assigned.v1": _assigned,
    "task.moved.v1": lambda body: Line(
        "clock", worded("Due on {day} now: {task}", day=body["due_on"], task=_task(body))
    ),
    "task.done.v1": lambda body: Line("check", worded("Done: {what}", what=_task(body)), "good"),
    "task.dropped.v1": lambda body: Line(
        "task", worded("No longer needed: {task}", task=_task(body)), "quiet", body["why"]
    ),
    "task.due_today.v1": lambda body: Line(
        "clock", worded("Due today: {task}", task=body["title"]), "wait"
    ),
    "task.overdue.v1": _overdue,
    "question.answered.v1": lambda body: Line(
        "check", worded("Answered: {question}", question=body["question"]), "good"
    ),
    "access.granted.v1": lambda body: Line(
        "key", worded("Access begins: {system}", system=system(body["resource"])), "good"
    ),
    "access.revoked.v1": lambda body: Line(
        "key", worded("Access ends: {system}", system=system(body["resource"]))
    ),
    "request.refused.v1": lambda body: Line(
        "stop", worded("Not done: {why}", why=body["why"]), "bad"
    ),
    "waiver.refused.v1": lambda body: Line(
        "stop", worded("Not waived: {why}", why=body["why"]), "bad"
    ),
    "device.posture_changed.v1": _posture,
    "task.completion_requested.v1": _completion,
    "task.reassignment_requested.v1": _asked(worded("A task was given to another role")),
    "task.rejection_requested.v1": _asked(worded("A task was sent back to be done again")),
    "hire.start_move_requested.v1": _move,
    "hire.cancellation_requested.v1": _asked(worded("Somebody asked to cancel the hire")),
    "access.withholding_requested.v1": _asked(worded("Somebody asked to end access now")),
    "access.restoration_requested.v1": _asked(worded("Somebody asked to restore access")),
    "contact.correction_requested.v1": _asked(worded("Somebody corrected the contact")),
    "person.erasure_requested.v1": _asked(worded("Somebody asked to erase the person")),
    "person.erased.v1": _erased,
    "finding.waiver_requested.v1": _asked(worded("Somebody asked to waive a finding")),
    "message.written.v1": _written,
    "message.read.v1": _read,
    "message.held.v1": _held,
    "message.sent.v1": _sent,
    "message.failed.v1": _failed,
}
"""Every event that a story may hold."""
