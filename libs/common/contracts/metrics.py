"""What metrics tells the others: figures, each time one changes."""

from datetime import date
from decimal import Decimal

from libs.common.contracts.values import Instant
from libs.common.message import Event


class KpiChanged(Event, name="kpi.changed.v1", subject="kpi"):
    """A figure of one bucket and one group is other than before; `value` None is 'no data'."""

    kpi: str
    definition: str
    group: str
    bucket: date
    value: Decimal | None
    revision: int
    changed_at: Instant

    example = {
        "kpi": "deployment-frequency",
        "definition": "deployment-frequency@1",
        "group": "ranking",
        "bucket": "2026-11-23",
        "value": "3",
        "revision": 2,
        "changed_at": "2026-11-23T12:00:00Z",
    }
