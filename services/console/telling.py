"""What each event says to a person: a line of the story, with its tone and its details."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

Body: TypeAlias = Mapping[str, Any]

OWNERS: Final[Mapping[str, str]] = {
    "hr": "HR operations",
    "it": "IT",
    "legal": "Legal",
    "manager": "the manager",
    "worker": "the new colleague",
}
STATUSES: Final[Mapping[str, str]] = {
    "announced": "Announced",
    "checking": "Checking",
    "provisioning": "Provisioning",
    "ready": "Ready",
    "active": "Active",
    "changing": "Changing",
    "leaving": "Leaving",
    "left": "Left",
    "blocked": "Blocked",
    "cancelled": "Cancelled",
}
RESOURCES: Final[Mapping[str, str]] = {"vpn": "the VPN", "identity": "the company account"}


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


def resource(name: str) -> str:
    """A system as a sentence names it."""
    return RESOURCES.get(name, name)


def _announced(body: Body) -> Line:
    profile = body["profile"]
    return Line("spark", f"Announced as {profile['role']}", detail="The HR system reported a hire.")


def _changed(body: Body) -> Line:
    changed = ", ".join(name.replace("_", " ") for name in body["changed"])
    return Line("edit", f"Changed: {changed}", detail=f"Starts on {body['profile']['starts_on']}.")


def _stands(body: Body) -> Line:
    status = body["status"]
    tone = {"ready": "good", "active": "good", "blocked": "bad", "cancelled": "quiet"}
    return Line("flag", f"Now {STATUSES[status].lower()}", tone.get(status, "plain"))


def _blocked(body: Body) -> Line:
    return Line(
        "stop",
        f"Blocked: it is the turn of {owner(body['owner'])}",
        "bad",
        " ".join(body["reasons"]),
    )


def _decided(body: Body) -> Line:
    open_findings = [each for each in body["findings"] if each["outcome"] != "met"]
    verdicts = {
        "clear": ("The law is met", "good"),
        "needs": ("Compliance asks before it can decide", "wait"),
        "blocked": ("The law is not met", "bad"),
    }
    says, tone = verdicts[body["verdict"]]
    detail = " ".join(each["says"] for each in open_findings)
    return Line("scales", f"{says} ({body['jurisdiction']})", tone, detail)


def _assigned(body: Body) -> Line:
    says = f"{owner(body['owner']).capitalize()} to do: {body['title']}"
    return Line("task", says.replace("It to do", "IT to do"), "wait", body["why"])


def _done(body: Body) -> Line:
    return Line("check", f"Done: {body['kind']}", "good")


def _overdue(body: Body) -> Line:
    return Line("clock", f"Late, reminder {body['escalation']}: {body['title']}", "bad")


def _erased(body: Body) -> Line:
    seen = "; ".join(f"{each['place']}: {each['seen']}" for each in body["places"])
    return Line(
        "key", "The person was erased: name and address can never be read again", "quiet", seen
    )


def _completion(body: Body) -> Line:
    answer = body.get("answer")
    return Line("person", f"Somebody answered: {answer}" if answer else "Somebody closed a task")


def _asked(says: str) -> Callable[[Body], Line]:
    return lambda body: Line("person", says, detail=body["why"])


def _written(body: Body) -> Line:
    says = f"A message to {owner(body['recipient'])} was written"
    return Line("mail", says, "quiet", " ".join(ask["text"] for ask in body["asks"]))


def _held(body: Body) -> Line:
    return Line("moon", f"A message to {owner(body['recipient'])} waits", "quiet", body["reason"])


def _failed(body: Body) -> Line:
    says = f"A message to {owner(body['recipient'])} could not be delivered"
    return Line("mail", says, "bad", body["reason"])


def _posture(body: Body) -> Line:
    if body["holds"]:
        return Line("key", "The device is again as its risk tier demands", "good")
    lacking = ", ".join(each.replace("_", " ") for each in body["lacking"])
    return Line("key", "The device is not as its risk tier demands", "bad", f"Not shown: {lacking}")


TELLINGS: Final[Mapping[str, Callable[[Body], Line]]] = {
    "hire.announced.v1": _announced,
    "hire.changed.v1": _changed,
    "hire.status_changed.v1": _stands,
    "hire.blocked.v1": _blocked,
    "hire.cancelled.v1": lambda _: Line("stop", "Cancelled by the HR system", "quiet"),
    "hire.ready.v1": lambda _: Line("check", "Everything is ready for the first day", "good"),
    "hire.started.v1": lambda _: Line("spark", "The first day has begun", "good"),
    "hire.leaving.v1": lambda body: Line("door", f"Leaves: the last day is {body['last_day']}"),
    "hire.left.v1": lambda _: Line("door", "The last day is over", "quiet"),
    "check.decided.v1": _decided,
    "law.doubted.v1": lambda body: Line(
        "scales", f"Waits for legal on {body['doubt']['fact']}", "wait", body["doubt"]["ask"]
    ),
    "law.doubt_dropped.v1": lambda body: Line(
        "scales", f"Hangs no more on the law of {body['matter']}", "quiet"
    ),
    "task.assigned.v1": _assigned,
    "task.moved.v1": lambda body: Line("clock", f"A task moved to {body['due_on']}"),
    "task.done.v1": _done,
    "task.dropped.v1": lambda body: Line(
        "task", "A task is no longer needed", "quiet", body["why"]
    ),
    "task.due_today.v1": lambda body: Line("clock", f"Due today: {body['title']}", "wait"),
    "task.overdue.v1": _overdue,
    "question.answered.v1": lambda body: Line("check", f"Answered: {body['question']}", "good"),
    "access.granted.v1": lambda body: Line("key", f"May use {resource(body['resource'])}", "good"),
    "access.revoked.v1": lambda body: Line(
        "key", f"May no longer use {resource(body['resource'])}"
    ),
    "device.posture_changed.v1": _posture,
    "request.refused.v1": lambda body: Line("stop", f"Not done: {body['why']}", "bad"),
    "waiver.refused.v1": lambda body: Line("stop", f"Not waived: {body['why']}", "bad"),
    "task.completion_requested.v1": _completion,
    "task.reassignment_requested.v1": _asked("A task was given to another role"),
    "task.rejection_requested.v1": _asked("A task was sent back to be done again"),
    "hire.start_move_requested.v1": lambda body: Line(
        "person", f"Somebody asked to move the start to {body['starts_on']}", detail=body["why"]
    ),
    "hire.cancellation_requested.v1": _asked("Somebody asked to cancel the hire"),
    "access.withholding_requested.v1": _asked("Somebody asked to end access now"),
    "access.restoration_requested.v1": _asked("Somebody asked to restore access"),
    "contact.correction_requested.v1": _asked("Somebody corrected the contact"),
    "person.erasure_requested.v1": _asked("Somebody asked to erase the person"),
    "person.erased.v1": _erased,
    "finding.waiver_requested.v1": _asked("Somebody asked to waive a finding"),
    "message.written.v1": _written,
    "message.read.v1": lambda body: Line("mail", f"Read by {owner(body['recipient'])}", "quiet"),
    "message.held.v1": _held,
    "message.sent.v1": lambda body: Line(
        "mail", f"Mail to {owner(body['recipient'])} sent", "quiet", body.get("merged") or ""
    ),
    "message.failed.v1": _failed,
}
"""Every event that a story may hold."""
