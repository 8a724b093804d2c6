"""Prometheus reads what stands: one gauge for each group that has a figure."""

from datetime import timedelta

from prometheus_client import generate_latest

from libs.common.database import Pool
from services.metrics.exposition import expose
from tests.metrics.observed import DAY, MONDAY, deployed, retracted
from tests.metrics.test_key_results import LEAD_TIME, strike
from tests.metrics.test_projection import deliver


async def exposed(pool: Pool) -> set[str]:
    await expose(pool, [LEAD_TIME])
    lines = generate_latest().decode().splitlines()
    return {each for each in lines if each.startswith(("farhand_kpi{", "farhand_key_result{"))}


async def test_each_group_shows_its_newest_figure(pool: Pool) -> None:
    await deliver(pool, deployed("a"), deployed("b", commit="2"))
    await deliver(pool, deployed("c", commit="3", service="search", at=MONDAY + DAY))
    found = {each for each in await exposed(pool) if "deployment-frequency" in each}
    assert found == {
        'farhand_kpi{group="all",kpi="deployment-frequency"} 1.0',
        'farhand_kpi{group="service=ranking",kpi="deployment-frequency"} 2.0',
        'farhand_kpi{group="service=search",kpi="deployment-frequency"} 1.0',
    }


async def test_what_was_taken_back_has_no_gauge(pool: Pool) -> None:
    await deliver(pool, deployed("a"))
    await exposed(pool)
    await deliver(pool, retracted("r", "a"))
    assert not [each for each in await exposed(pool) if "farhand_kpi" in each]


async def test_a_key_result_shows_how_it_stands(pool: Pool) -> None:
    await strike(pool, MONDAY.replace(hour=0) + timedelta(days=3))
    standing = {each for each in await exposed(pool) if each.endswith(" 1.0")}
    assert standing == {'farhand_key_result{key_result="ranking-lead-time",status="stale"} 1.0'}
