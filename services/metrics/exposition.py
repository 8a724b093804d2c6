"""The current figures and key results as gauges, for Prometheus."""

from collections.abc import Sequence
from typing import Final

from prometheus_client import Gauge

from libs.common.contracts.metrics import KeyResultStatus
from libs.common.database import Pool
from services.metrics import key_result_store, reports
from services.metrics.okr import KeyResult

KPI: Final = Gauge("farhand_kpi", "The newest figure of a KPI, in its own unit", ["kpi", "group"])
KEY_RESULT: Final = Gauge(
    "farhand_key_result", "1 for how a key result stands, else 0", ["key_result", "status"]
)


async def expose(pool: Pool, key_results: Sequence[KeyResult]) -> None:
    """Set every gauge to what stands now; a group without a figure has no gauge."""
    figures = await reports.newest_of_each_group(pool)
    kept = await key_result_store.kept_of(pool, [each.name for each in key_results])
    KPI.clear()
    for figure in figures:
        KPI.labels(figure.cell.kpi, figure.cell.group).set(float(figure.value or 0))
    for name, each in kept.items():
        for status in KeyResultStatus:
            KEY_RESULT.labels(name, status.value).set(each.appraisal.status is status)
