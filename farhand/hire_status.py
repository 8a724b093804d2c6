"""`farhand status HIRE`: where one hire stands, as an operations lead would want it told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from farhand.client import client

READERS: Final = ("hr", "it", "legal", "manager", "worker")
OF_THE_LINE: Final = ("time-to-ready", "time-to-ready-p90", "time-to-no-access")
"""The figures that hires move."""
LAST_MESSAGES: Final = 10
OPEN: Final = ("open", "submitted", "waiting")


@dataclass(frozen=True, slots=True)
class Seen:
    """What the services say of a hire: JSON as their APIs answer."""

    hire: Mapping[str, Any]
    decision: Mapping[str, Any] | None
    waiting: Sequence[Mapping[str, Any]]
    messages: Sequence[Mapping[str, Any]]
    figures: Sequence[Mapping[str, Any]]


def hire_status(hire: UUID) -> str:
    """What is known of a hire; raises StackError where nothing runs or nobody knows it."""
    with client("onboarding") as onboarding:
        standing = onboarding.get(f"/hires/{hire}").json()
    with client("compliance") as compliance:
        decisions = compliance.found(f"/decisions/{hire}")
    with client("notify") as notify:
        letters = notify.found(f"/letters/{hire}")
        inboxes = [notify.get(f"/inbox/{each}?hire_id={hire}&limit=50").json() for each in READERS]
    with client("metrics") as metrics:
        kpis = metrics.get("/kpis").json()["kpis"]
    messages = [
        {**message, "reader": reader}
        for reader, inbox in zip(READERS, inboxes, strict=True)
        for message in inbox["messages"]
    ]
    seen = Seen(
        hire=standing,
        decision=decisions,
        waiting=letters["waiting"] if letters else (),
        messages=sorted(messages, key=lambda each: each["written_at"]),
        figures=[each for each in kpis if each["name"] in OF_THE_LINE],
    )
    return "\n".join(told(seen))


def told(seen: Seen) -> Iterator[str]:
    """The lines of it: where it stands and whose turn it is come first."""
    hire = seen.hire
    yield f"{hire['status']} since {_moment(hire['since'])}: hire {hire['hire_id']}"
    yield (
        f"  {hire['role']}, {hire['engagement']}, {hire['jurisdiction']} ({hire['timezone']}), "
        f"starts on {hire['starts_on']}"
        + (f", leaves on {hire['last_day']}" if hire["last_day"] else "")
    )
    yield f"  Turn       {', '.join(hire['turn']) or 'nobody'}"
    yield from (f"  Blocked    {reason}" for reason in hire["blocked_by"])
    yield from (f"  Legal      {ask}" for ask in hire["awaits"])
    yield _decision(seen.decision)
    if risk := hire["risk"]:
        yield f"  Risk tier  {risk['tier']} ({risk['version']}): {' '.join(risk['reasons'])}"
    yield from _access(hire["access"])
    yield from _tasks(hire["tasks"])
    yield from _messages(seen)
    yield from _figures(seen.figures)


def _decision(decision: Mapping[str, Any] | None) -> str:
    if decision is None:
        return "  Decision   none yet"
    amiss = [each for each in decision["findings"] if each["outcome"] != "met"]
    names = ", ".join(dict.fromkeys(each["rule"] for each in amiss))
    return (
        f"  Decision   {decision['verdict']}, number {decision['version']}, by the law of "
        f"{decision['jurisdiction']}" + (f"; open: {names}" if names else "")
    )


def _access(access: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for each in access:
        trouble = f": {each['trouble']}" if each["trouble"] else ""
        yield f"  Access     {each['resource']} {each['grant']}{trouble}"


def _tasks(tasks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What still has to be done, the earliest first, and how many are over."""
    due = sorted((each for each in tasks if each["state"] in OPEN), key=lambda task: task["due_on"])
    for task in due:
        late = f", called late {task['overdue']} times" if task["overdue"] else ""
        yield (
            f"  Task       {task['title']} ({task['turn']}, {task['state']}, "
            f"by {task['due_on']}{late})"
        )
    for state in ("done", "dropped"):
        if count := sum(1 for each in tasks if each["state"] == state):
            yield f"  Tasks      {count} {state}"


def _messages(seen: Seen) -> Iterator[str]:
    for letter in seen.waiting:
        yield (
            f"  Waits      until {_moment(letter['due'])} for {letter['reader']}: "
            f"{'; '.join(letter['asks'])}"
        )
    for message in seen.messages[-LAST_MESSAGES:]:
        asks = "; ".join(each["text"] for each in message["asks"])
        yield f"  Message    {_moment(message['written_at'])} to {message['reader']}: {asks}"


def _figures(figures: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for kpi in figures:
        newest = kpi["latest"]
        if newest and newest["value"] is not None:
            yield f"  Figure     {kpi['title']}: {newest['value']} {kpi['unit']}, of all hires"


def _moment(text: str) -> str:
    """Without seconds, as UTC."""
    return f"{text[:16].replace('T', ' ')} UTC"
