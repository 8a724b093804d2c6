"""The four services of the contenders that write their own SQL, as the same four steps."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bench.contenders import tables
from bench.contenders.tables import Columns
from bench.workload.steps import Passed, provision, ruled

HIRES: Final = "farhand.hires"
"""The topic on which the hires of the workload stand."""


def unchanged(passed: Passed) -> Passed:
    """What a step passes on that adds nothing."""
    return passed


async def _done(events: Sequence[Passed]) -> Columns:
    return tables.done(events, await provision([each.hire for each in events]))


def _at_once(columns: Callable[[Sequence[Passed]], Columns]) -> "Calculate":
    async def calculate(events: Sequence[Passed]) -> Columns:
        return columns(events)

    return calculate


Calculate = Callable[[Sequence[Passed]], Awaitable[Columns]]


@dataclass(frozen=True, slots=True)
class Step:
    """One service: it reads `source`, runs `change` with `parameters`, and writes to `target`.

    With `opens`, that is committed before the adapter is called for the parameters.
    """

    name: str
    source: str
    decide: Callable[[Passed], Passed]
    parameters: Calculate
    opens: str | None = None

    @property
    def target(self) -> str:
        """The topic it emits to."""
        return f"farhand.{self.name}"

    @property
    def change(self) -> str:
        """Its SQL."""
        return tables.CHANGES[self.name]


STEPS: Final = {
    step.name: step
    for step in (
        Step("journeys", HIRES, unchanged, _at_once(tables.begun)),
        Step("decisions", "farhand.journeys", ruled, _at_once(tables.decided)),
        Step("tasks", "farhand.decisions", unchanged, _done, tables.OPEN_TASKS),
        Step("notices", "farhand.tasks", unchanged, _at_once(tables.told)),
    )
}
