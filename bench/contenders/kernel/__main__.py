"""`python -m bench.contenders.kernel SERVICE` runs one of the four services."""

import sys
from collections.abc import Mapping
from typing import Final

from bench.contenders.kernel.decisions import decision
from bench.contenders.kernel.journeys import journey
from bench.contenders.kernel.notices import notices
from bench.contenders.kernel.tasks import Provision, perform, tasks
from libs.common.effects import Adapter, adapter
from libs.common.run import run
from libs.common.service import Service, Tools


def adapters(_tools: Tools) -> tuple[Adapter, ...]:
    """The one adapter of the four services."""
    return (adapter(Provision, perform),)


SERVICES: Final[Mapping[str, Service]] = {
    service.name: service
    for service in (
        Service("journeys", "Bench: journeys", (journey,)),
        Service("decisions", "Bench: decisions", (decision,)),
        Service("tasks", "Bench: tasks", (tasks,), adapters=adapters),
        Service("notices", "Bench: notices", (notices,)),
    )
}

if __name__ == "__main__":
    run(SERVICES[sys.argv[1]])
