"""`farhand task`: what is open for people, closed from the command line."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final
from uuid import UUID

from cyclopts import App, Parameter

from farhand.client import Client, client
from libs.common.contracts.values import Owner

OPEN: Final = ("open", "submitted")
PAGE: Final = 500

app = App(name="task", help="List what people have to do for hires, and close it.")


@app.command(name="list")
def list_tasks(*, turn: Owner | None = None) -> None:
    """List the tasks that wait for a person, the most urgent first.

    Parameters
    ----------
    turn
        Only those that wait for this role.

    """
    with client("onboarding") as onboarding:
        waiting = [
            (task["due_on"], hire["hire_id"], task)
            for hire in _hires(onboarding)
            for task in hire["tasks"]
            if is_waiting(task) and turn in (None, task["turn"])
        ]
    for due_on, hire_id, task in sorted(waiting, key=lambda each: (each[0], each[1])):
        asked = " (to approve)" if task["state"] == "submitted" else ""
        print(f"{task['task_id']}  {due_on}  {task['turn']:<8} {task['title']}{asked}, {hire_id}")
    if not waiting:
        print("Nothing waits for a person.")


def is_waiting(task: Mapping[str, Any]) -> bool:
    """Whether a task, as the API shows it, can be closed by a person now."""
    return task["done_by"] == "person" and task["state"] in OPEN


@app.command
def complete(task: UUID, *, answer: str | None = None, evidence: str | None = None) -> None:
    """Say that a task is done; where it needs to be approved, it is submitted.

    Parameters
    ----------
    task
        Its id, as `farhand task list` shows it.
    answer
        What a question asks for.
    evidence
        A number or address that shows it, no personal data; some tasks need one.

    """
    _tell(task, "complete", answer=answer, evidence=evidence)


@app.command
def approve(task: UUID) -> None:
    """Find a submitted task done."""
    _tell(task, "approve")


@app.command
def reject(task: UUID, *, reason: str) -> None:
    """Send a submitted task back.

    Parameters
    ----------
    task
        Its id.
    reason
        What is missing; no personal data.

    """
    _tell(task, "reject", reason=reason)


@app.command
def assign(task: UUID, *, to: Annotated[Owner, Parameter(name="--to")]) -> None:
    """Have another role do a task.

    Parameters
    ----------
    task
        Its id.
    to
        The role.

    """
    _tell(task, "assign", to=to)


def _tell(task: UUID, verb: str, **body: object) -> None:
    with client("onboarding") as onboarding:
        hire = onboarding.post(f"/tasks/{task}/{verb}", body).json()
    told = next(each for each in hire["tasks"] if each["task_id"] == str(task))
    print(f"{told['title']}: {told['state']}. The hire is {hire['status']}.")


def _hires(onboarding: Client) -> Iterator[Mapping[str, Any]]:
    after = ""
    while True:
        page = onboarding.get(f"/hires?limit={PAGE}{after}").json()
        yield from page["hires"]
        if page["next"] is None:
            return
        after = f"&after={page['next']}"
