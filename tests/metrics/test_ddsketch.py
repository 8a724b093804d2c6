"""Latencies in growing buckets: near enough to what was measured, and blind to order."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.metrics.ddsketch import ACCURACY, GAMMA, counted, index_of, value_of

LATENCIES = st.decimals("0.001", "100000", places=3)


@given(LATENCIES)
def test_a_bucket_stands_within_one_per_cent_of_all_in_it(latency: Decimal) -> None:
    assert abs(value_of(index_of(latency)) - latency) <= ACCURACY * latency + Decimal("0.000001")


@given(LATENCIES, LATENCIES)
def test_the_longer_is_never_in_a_lower_bucket(one: Decimal, other: Decimal) -> None:
    assert (index_of(one) <= index_of(other)) or one > other


@given(st.lists(LATENCIES), st.lists(LATENCIES))
def test_counts_add_up_in_any_order(one: list[Decimal], other: list[Decimal]) -> None:
    together = counted([*other, *one])
    apart = {index: counted(one).get(index, 0) + counted(other).get(index, 0) for index in together}
    assert together == apart


@pytest.mark.parametrize("power", [-3, 0, 1, 7])
def test_a_power_of_gamma_is_the_last_of_its_bucket(power: int) -> None:
    edge = GAMMA**power
    assert index_of(edge * Decimal("0.999999")) == power
    assert index_of(edge * Decimal("1.000001")) == power + 1
