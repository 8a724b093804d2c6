"""The people of the demo: they see the board now and then, and do what it is their turn to do."""

import asyncio
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from farhand.demo.doors import Doors
from farhand.demo.person import UNLAWFUL, DemoHire, Story
from libs.common.clock import Clock

LOOKS_EVERY: Final = timedelta(hours=2)
COMPUTERS: Final = 16
LATE_DAYS: Final = 2
"""How many days after its day a late laptop comes."""


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody does now about a task, and what they tell with it."""

    task_id: UUID
    verb: str
    body: Mapping[str, str | None]

    @property
    def path(self) -> str:
        """Where the API is told."""
        return f"/tasks/{self.task_id}/{self.verb}"


def deeds(hire: DemoHire, seen: Mapping[str, Any], today: date) -> Iterator[Deed]:
    """What people do for one hire, as the board shows it; adapters do their own tasks."""
    for task in seen["tasks"]:
        task_id = UUID(task["task_id"])
        if task["state"] == "submitted":
            yield Deed(task_id, "approve", {})
        elif task["state"] == "open" and task["done_by"] == "person":
            answer = hire.answer(task["question"]) if task["question"] else None
            if answer is not None or _done_on(hire, task) <= today:
                yield Deed(task_id, "complete", {"answer": answer, "evidence": _evidence(task)})


def next_deed_on(hire: DemoHire, seen: Mapping[str, Any]) -> date | None:
    """The day on which somebody gets to a task next; None where that is not all that is waited for.

    Adapters and the law take no days: while a hire waits for them, it may change at any moment.
    """
    tasks = [task for task in seen["tasks"] if task["state"] in ("open", "submitted")]
    if not tasks or seen["awaits"] or any(task["done_by"] != "person" for task in tasks):
        return None
    return min(_done_on(hire, task) for task in tasks)


def _evidence(task: Mapping[str, Any]) -> str | None:
    return f"record {task['task_id'][:8]}" if task["evidence_asked"] else None


def _done_on(hire: DemoHire, task: Mapping[str, Any]) -> date:
    """The day on which somebody gets to a task: what the start waits for, that day.

    A laptop takes its way, and may be late.
    """
    if task["kind"] == "device" and hire.story is Story.DEVICE_LATE:
        return date.fromisoformat(task["due_on"]) + timedelta(days=LATE_DAYS)
    waits = task["kind"] == "device" or not task["needed_to_work"]
    days = hire.number % 3 if waits else 0
    return date.fromisoformat(task["assigned_on"]) + timedelta(days=days)


async def work(doors: Doors, clock: Clock, company: Mapping[UUID, DemoHire]) -> None:
    """Look at the board every two hours of the product's time, until cancelled."""
    while True:
        seen = await doors.hires()
        today = clock.now().date()
        people = [
            _do(doors, list(deeds(hire, seen[hire_id], today)))
            for hire_id, hire in company.items()
            if hire_id in seen and hire.story not in UNLAWFUL
        ]
        await _side_by_side(*people, confirm_law(doors), mend_quarantine(doors, company))
        await asyncio.sleep(LOOKS_EVERY.total_seconds() / clock.speed)


async def _side_by_side(*jobs: Coroutine[Any, Any, object]) -> None:
    """As people work: beside each other, but no more of them at once than have a computer."""
    computers = asyncio.Semaphore(COMPUTERS)

    async def work(job: Coroutine[Any, Any, object]) -> None:
        async with computers:
            await job

    async with asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(work(job))


async def _do(doors: Doors, deeds: Sequence[Deed]) -> None:
    for deed in deeds:
        await doors.post("onboarding", deed.path, dict(deed.body))


async def confirm_law(doors: Doors) -> None:
    """Answer, as legal, what is asked about the law itself: once, for all hires that wait."""
    answer = {"holds": True, "by": "legal-1", "evidence": "Read in the statute as published."}
    questions = await doors.get("compliance", "/law/questions?open_only=true")
    paths = [f"/law/questions/{question['matter']}/answer" for question in questions]
    await _side_by_side(*(doors.post("compliance", path, answer) for path in paths))


async def mend_quarantine(doors: Doors, company: Mapping[UUID, DemoHire]) -> None:
    """Correct what could not be read, as HR would after a call."""
    by_ref = {hire.ref: hire for hire in company.values()}
    for kept in await doors.get("onboarding", "/quarantine"):
        hire = by_ref.get(kept["id"].rpartition("-")[0])
        if hire is None:
            continue  # not of the demo
        path = f"/quarantine/{kept['source']}/{kept['id']}"
        body = (await doors.get("onboarding", f"{path}/body"))["body"]
        mended = body.replace("the 31st of February", hire.starts_on.isoformat())
        await doors.post(
            "onboarding", f"{path}/replay", {"why": "the date was mistyped", "body": mended}
        )
