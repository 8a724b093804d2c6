"""The document of `make bench-product` says how far the product is from what was aimed at."""

import pytest

from bench.product.measure import Load, Measured
from bench.product.readers import Looks
from bench.product.report import ProductReport
from bench.product.watch import Cost


def measured(
    load: Load, decided_seconds: float, copies: int = 1, wrong: tuple[str, ...] = ()
) -> Measured:
    return Measured(
        load=load,
        copies=copies,
        looks=Looks([0.1, 0.2, 0.4] if load.readers else []),
        told_seconds=1.0,
        decided_seconds=decided_seconds,
        clear_seconds=20.0,
        ready_seconds=30.0,
        deeds=900,
        cost=Cost({"onboarding": 20.0, "postgres": 15.0, "zipkin": 5.0}),
        memory=2**30,
        wrong=wrong,
    )


def document(*measurements: Measured) -> str:
    return ProductReport(measurements, "2 cores", {"Python": "3.11"}, "23 November 2026").markdown()


BURST = Load(200)


@pytest.mark.parametrize(
    ("seconds", "says"),
    [
        pytest.param(10.0, "20, missed by 7.5 x.", id="missed"),
        pytest.param(1.0, "200, reached.", id="reached"),
    ],
)
def test_the_fastest_burst_is_held_against_the_aim(seconds: float, says: str) -> None:
    text = document(measured(BURST, 40.0), measured(BURST, seconds, copies=2))
    assert f"Aimed at were 150 hires decided on in a second: {says}" in text
    assert "costs 200 ms of CPU, most of it in onboarding 50%, PostgreSQL 38%, Zipkin 12%" in text


def test_a_steady_flow_is_told_apart_and_has_no_aim() -> None:
    text = document(measured(Load(200, rate=2), 101.6), measured(Load(200, 2, readers=50), 102))
    assert "| 1 | 200 | 2 | 0 | 100.6 |" in text
    assert "| one copy, 2 a second, 50 readers | 3 | 200 | 400 | 400 |" in text
    assert "Aimed at" not in text


def test_what_is_not_as_it_has_to_be_is_said_before_any_figure() -> None:
    text = document(measured(BURST, 10.0, wrong=("one hire is blocked",)))
    said = "**Not as it has to be:** one copy, a burst: one hire is blocked"
    assert said in text.partition("| copies of each")[0]
