"""The third service: opens two tasks, has the automatic adapter do them, and closes them."""

from datetime import datetime
from typing import Final

from bench.contenders.kernel.contracts.decisions import HireRuled
from bench.contenders.kernel.contracts.tasks import TasksDone
from bench.workload.hire import Hire
from bench.workload.rules import Ruling
from bench.workload.steps import KINDS, provision
from libs.common.contracts.values import HireId, Value
from libs.common.decider import Decider, Decision
from libs.common.effects import Call
from libs.common.message import Effect, Reply


class Provision(Effect):
    """Do both tasks of a hire."""

    hire: Hire


class Provisioned(Reply):
    """Both are done; the references of what was made, in the order of `KINDS`."""

    references: tuple[str, ...]


class Task(Value):
    """One task."""

    kind: str
    status: str
    reference: str | None = None


class Tasks(Value):
    """The two tasks of a hire, and what is to be told once they are done."""

    hire_id: HireId
    hire: Hire
    ruling: Ruling
    tasks: tuple[Task, ...]


tasks: Final = Decider("tasks", Tasks)


@tasks.on(HireRuled)
def open_tasks(state: Tasks | None, ruled: HireRuled, _now: datetime) -> Decision[Tasks]:
    """Open both, and ask for them to be done."""
    if state is not None:
        return Decision(state)
    opened = Tasks(
        hire_id=ruled.hire_id,
        hire=ruled.hire,
        ruling=ruled.ruling,
        tasks=tuple(Task(kind=kind, status="open") for kind in KINDS),
    )
    return Decision(opened, effects=(Provision(hire=ruled.hire),))


@tasks.on(Provisioned)
def close_tasks(state: Tasks | None, made: Provisioned, _now: datetime) -> Decision[Tasks]:
    """Close both, and say so."""
    if state is None:
        return Decision(state)
    done = state.model_copy(
        update={
            "tasks": tuple(
                Task(kind=kind, status="done", reference=reference)
                for kind, reference in zip(KINDS, made.references, strict=True)
            )
        }
    )
    return Decision(done, emit=(TasksDone(hire=state.hire, ruling=state.ruling),))


async def perform(effect: Provision, _call: Call) -> Reply:
    """The automatic adapter, for one hire."""
    [references] = await provision([effect.hire])
    return Provisioned(references=tuple(references))
