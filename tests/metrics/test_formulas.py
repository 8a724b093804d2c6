"""Formulas are exact, do not depend on order, and know no data from nought."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.database import Pool
from services.metrics.facts import Countable
from services.metrics.formulas import Count, Formula, Mean, Percentile, Share, Sum

MEASURES = st.decimals(0, 10_000_000, places=6)


def fact(measure: Decimal | None = None, **dimensions: str) -> Countable:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    return Countable(kind="readiness", at=at, dimensions=dimensions, measure=measure)


def facts(*measures: int | str) -> list[Countable]:
    return [fact(Decimal(each)) for each in measures]


@pytest.mark.parametrize(
    ("p", "measures", "expected"),
    [
        pytest.param("0.5", [7], 7, id="one is every percentile"),
        pytest.param("0.5", [4, 1, 3, 2], 2, id="the lower of two middles"),
        pytest.param("0.5", [3, 1, 2], 2, id="the middle"),
        pytest.param("0.9", list(range(1, 11)), 9, id="nine of ten are at most this"),
        pytest.param("0.9", list(range(1, 12)), 10, id="nine of ten of eleven are ten"),
        pytest.param("1", [5, 9], 9, id="all"),
        pytest.param("0.000001", [5, 9], 5, id="the smallest"),
        pytest.param("0.55", list(range(1, 101)), 55, id="where floating point gives 56"),
    ],
)
def test_percentile_is_a_measure_that_was_taken(p: str, measures: list[int], expected: int) -> None:
    assert Percentile(kind="percentile", p=Decimal(p)).value(facts(*measures)) == expected


async def test_percentile_is_that_of_postgresql(pool: Pool) -> None:
    for p in ("0.5", "0.9", "0.99"):
        for count in (*range(1, 40), 100, 101, 999, 1000):
            expected = await pool.fetchval(
                "select percentile_disc($1::float8) within group (order by n)"
                " from generate_series(1, $2::int) as n",
                float(p),
                count,
            )
            formula = Percentile(kind="percentile", p=Decimal(p))
            assert formula.value(facts(*range(1, count + 1))) == expected, (p, count)


@pytest.mark.parametrize(
    "formula",
    [
        Count(kind="count"),
        Sum(kind="sum"),
        Mean(kind="mean"),
        Percentile(kind="percentile", p=Decimal("0.9")),
        Share(kind="share", of={"traced": "yes"}),
    ],
    ids=lambda formula: formula.kind,
)
@given(data=st.data())
def test_order_leaves_no_trace(formula: Formula, data: st.DataObject) -> None:
    traced = st.sampled_from(["yes", "no"])
    some = data.draw(st.lists(st.builds(fact, MEASURES, traced=traced), min_size=1))
    assert formula.value(data.draw(st.permutations(some))) == formula.value(some)


@given(st.lists(MEASURES, min_size=1))
def test_at_least_its_share_does_not_exceed_a_percentile(measures: list[Decimal]) -> None:
    p = Decimal("0.9")
    value = Percentile(kind="percentile", p=p).value([fact(each) for each in measures])
    assert value is not None
    assert value in measures
    assert sum(1 for each in measures if each <= value) >= p * len(measures)
    assert sum(1 for each in measures if each < value) < p * len(measures)


def test_a_share_is_rounded_half_to_even_at_six_places() -> None:
    share = Share(kind="share", of={"traced": "yes"})
    third = [fact(traced="yes"), fact(traced="no"), fact(traced="no")]
    assert share.value(third) == Decimal("0.333333")
    assert share.value([fact(traced="no")]) == 0


def test_facts_without_a_measure_are_not_measured_as_nought() -> None:
    assert Percentile(kind="percentile", p=Decimal("0.5")).value([fact(None)]) is None
