"""Key results for tests, short to write."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from libs.common.contracts.metrics import KeyResultStatus
from services.metrics.buckets import later
from services.metrics.okr import Example, KeyResult

MONDAY = date(2026, 11, 23)
EXAMPLE = Example(says="none", figures={}, as_of=MONDAY, status=KeyResultStatus.NOT_ENOUGH_HISTORY)


def aim(**changes: Any) -> KeyResult:
    """A weekly key result of a quarter of 13 weeks, from 0 to 13 with a spread of 1."""
    said: dict[str, Any] = {
        "objective": "Ship what we learn",
        "team": "ranking",
        "owner": "manager",
        "start": MONDAY,
        "end": MONDAY + timedelta(days=13 * 7 - 1),
        "name": "ranking-frequency",
        "title": "Thirteen deployments a week",
        "kpi": "deployment-frequency",
        "unit": "deployments",
        "cadence": "week",
        "baseline": 0,
        "target": 13,
        "path": {"kind": "linear"},
        "spread": 1,
        "decide": "Find out what holds us up",
        "examples": [EXAMPLE],
    }
    return KeyResult.model_validate({**said, **changes})


def buckets(key_result: KeyResult, count: int) -> list[date]:
    """Its first buckets."""
    return [later(key_result.start, key_result.cadence, n) for n in range(count)]


def series(key_result: KeyResult, values: Sequence[float | Decimal]) -> Mapping[date, Decimal]:
    """One figure after the other, from its first bucket on."""
    days = buckets(key_result, len(values))
    return {day: Decimal(str(value)) for day, value in zip(days, values, strict=True)}


def after(key_result: KeyResult, count: int) -> datetime:
    """The moment at which so many of its buckets have ended."""
    day = later(key_result.start, key_result.cadence, count)
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
