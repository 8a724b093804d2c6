"""`python -m services.metrics` runs the service; here it is put together."""

from pathlib import Path

from libs.common.projection import Projection
from libs.common.run import run
from libs.common.service import Service, Tools
from services.metrics.api import kpi_router
from services.metrics.front_doors import FRONT_DOORS
from services.metrics.kpi import load_definitions
from services.metrics.projection import MESSAGES, projecting
from services.metrics.rebuild import rebuild_if_redefined

definitions = load_definitions()


async def prepare(tools: Tools) -> None:
    """Compute figures anew whose definition changed since they were computed."""
    await rebuild_if_redefined(tools.pool, definitions, tools.clock.now())


service = Service(
    name="metrics",
    title="Farhand metrics",
    projections=(Projection("kpi", frozenset(MESSAGES), projecting(definitions)),),
    front_doors=FRONT_DOORS,
    api=kpi_router(definitions),
    prepare=prepare,
    migrations=Path(__file__).parent / "migrations",
)

if __name__ == "__main__":
    run(service)
