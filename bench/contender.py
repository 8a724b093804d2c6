"""What the harness knows of a contender: its processes, its tables, where its outcome stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final

from bench.workload.steps import STEPS

HERE: Final = Path(__file__).resolve().parent / "contenders"
MODULES: Final = "bench.contenders."


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """One way to carry the workload.

    `processes` are what `python -m` starts, one each. `schema` is run in an empty database before
    they are. `notices` is the table whose last row for a hire means that it is through. With
    `most`, a burst is no larger than that: one that takes minutes for a thousand hires takes as
    long for each of the next thousand. `is_kernel` says that it is wired as a service of ours.
    """

    name: str
    title: str
    says: str
    processes: tuple[tuple[str, ...], ...]
    schema: tuple[Path, ...]
    outcomes: Path = HERE / "tables_outcomes.sql"
    notices: str = "notices.notice"
    hire_id: str = "hire_id"
    most: int | None = None
    is_kernel: bool = False
    traced: bool = False
    env: Mapping[str, str] = field(default_factory=dict[str, str])

    def times(self, copies: int) -> "Contender":
        """With so many processes of each service, which share out the partitions."""
        name, title = f"{self.name}_{copies}", f"{self.title}, {copies} of each process"
        return replace(self, name=name, title=title, processes=self.processes * copies)

    def burst(self, hires: int, most: int | None = None) -> int:
        """How many hires it is given where all are to have so many."""
        return min(hires, hires if self.most is None else min(self.most, most or self.most))


def _each(module: str) -> tuple[tuple[str, ...], ...]:
    return tuple((MODULES + module, step) for step in STEPS)


TABLES: Final = HERE / "tables.sql"
SLOW: Final = 1_000

_kernel: Final = partial(
    Contender,
    processes=_each("kernel"),
    schema=(HERE / "kernel" / "schemas.sql",),
    outcomes=HERE / "kernel" / "outcomes.sql",
    notices="notices.entity",
    hire_id="key::uuid",
    is_kernel=True,
)

CONTENDERS: Final = (
    Contender(
        name="by_hand",
        title="Written by hand (the limit)",
        says="a batch loop for this workload only, on aiokafka and asyncpg; nothing is validated",
        processes=_each("by_hand"),
        schema=(TABLES, HERE / "by_hand.sql"),
    ),
    _kernel(
        name="kernel",
        title="Farhand's kernel",
        says="every body validated, all traces kept in Zipkin",
        traced=True,
    ),
    _kernel(
        name="kernel_untraced",
        title="Farhand's kernel, untraced",
        says="the same, with tracing switched off",
        env={"FARHAND_ZIPKIN": "", "FARHAND_TRACE_RATIO": "0"},
    ),
    Contender(
        name="plain_faststream",
        title="FastStream, plain",
        says="one message a transaction, with an inbox and an outbox",
        processes=_each("plain_faststream"),
        schema=(TABLES, HERE / "plain_faststream.sql"),
        most=SLOW,
    ),
    Contender(
        name="dbos",
        title="DBOS",
        says="a durable workflow of five steps for each hire, on the same PostgreSQL",
        processes=((MODULES + "dbos_workflow",),),
        schema=(TABLES,),
        most=SLOW,
    ),
    Contender(
        name="procrastinate",
        title="procrastinate",
        says="four tasks for each hire, on the same PostgreSQL",
        processes=((MODULES + "procrastinate_tasks",),),
        schema=(TABLES,),
        most=SLOW,
    ),
)

SKIPPED: Final[Mapping[str, str]] = {
    "Temporal": "its server comes in no Python package, and is not built here",
}
