"""DDSketch: a histogram whose buckets grow with what they hold, so that counts can be added.

Every quantile it gives is within one per cent of a value that was measured. Adding counts is
blind to order and can be undone by subtracting, which no sketch of centroids can.
Masson, Rim, Lee 2019, DDSketch (VLDB 12), section 2; all in decimals, so the same everywhere.
"""

from collections import Counter
from collections.abc import Iterable
from decimal import ROUND_CEILING, Context, Decimal
from functools import lru_cache
from typing import Final

from services.metrics.formulas import rounded

ACCURACY: Final = Decimal("0.01")
GAMMA: Final = (1 + ACCURACY) / (1 - ACCURACY)
LOWEST: Final = -2000
HIGHEST: Final = 2000
"""Indexes beyond these are no latencies: they are far below a nanosecond, or above a century."""

_EXACT: Final = Context(prec=40)
_LOG_GAMMA: Final = _EXACT.ln(GAMMA)


def index_of(value: Decimal) -> int:
    """The bucket of a value above nought: the smallest i with value <= gamma to the power of i."""
    power = _EXACT.divide(_EXACT.ln(value), _LOG_GAMMA)
    return int(power.to_integral_value(ROUND_CEILING))


@lru_cache(maxsize=4096)
def value_of(index: int) -> Decimal:
    """The value that stands for a bucket, within one per cent of all in it."""
    return rounded(_EXACT.divide(2 * _EXACT.power(GAMMA, index), GAMMA + 1))


def counted(values: Iterable[Decimal]) -> dict[int, int]:
    """How many values are in each bucket; all must be above nought."""
    return dict(sorted(Counter(index_of(each) for each in values).items()))
