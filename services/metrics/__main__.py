"""`python -m services.metrics` runs the service; here it is put together."""

from collections.abc import Sequence
from pathlib import Path

from fastapi import APIRouter

from libs.common.effects import Adapter, adapter
from libs.common.projection import Projection
from libs.common.rebuilding import Comparison
from libs.common.run import run
from libs.common.service import Service, Tools
from services.metrics.api import kpi_router
from services.metrics.exposition import expose
from services.metrics.front_doors import FRONT_DOORS
from services.metrics.key_results import wind_clock
from services.metrics.kpi import load_definitions
from services.metrics.mlflow.client import MlflowClient
from services.metrics.mlflow.settings import MlflowSettings
from services.metrics.mlflow.training import FetchTraining, training
from services.metrics.okr import load_key_results
from services.metrics.okr_api import okr_router
from services.metrics.projection import MESSAGES, projecting
from services.metrics.rebuild import rebuild, rebuild_if_redefined
from services.metrics.return_api import return_router
from services.metrics.review_clock import review_clock
from services.metrics.surveys.api import router as surveys

definitions = load_definitions()
key_results = load_key_results(definitions)
api = APIRouter()
api.include_router(kpi_router(definitions))
api.include_router(okr_router(key_results))
api.include_router(return_router(definitions))
api.include_router(surveys)


def adapters(tools: Tools) -> Sequence[Adapter]:
    """What is asked of other systems."""
    client = MlflowClient(MlflowSettings.read(), tools.settings)
    return (adapter(FetchTraining, client.fetch),)


async def prepare(tools: Tools) -> None:
    """Compute figures anew whose definition changed, and let the review clock strike."""
    await rebuild_if_redefined(tools.pool, definitions, tools.clock.now())
    await wind_clock(tools.pool, tools.clock.now())


async def measure(tools: Tools) -> None:
    """Show the figures to Prometheus."""
    await expose(tools.pool, key_results)


async def rebuild_figures(tools: Tools) -> Comparison:
    """All facts and figures once more from the event log."""
    made = await rebuild(tools.pool, definitions, tools.clock.now())
    return Comparison(made.digest_before, made.digest_after, len(made.restated))


service = Service(
    name="metrics",
    title="Farhand metrics",
    deciders=(review_clock(key_results), training),
    adapters=adapters,
    projections=(Projection("kpi", frozenset(MESSAGES), projecting(definitions, key_results)),),
    front_doors=FRONT_DOORS,
    api=api,
    prepare=prepare,
    measure=measure,
    rebuild=rebuild_figures,
    migrations=Path(__file__).parent / "migrations",
)

if __name__ == "__main__":
    run(service)
