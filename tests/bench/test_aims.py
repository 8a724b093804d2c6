"""The benchmark says of each aim whether it is reached, or by how much it is missed."""

from bench import aims
from bench.measured import Runs
from tests.bench.measured import measured


def runs(contender: str, hires_per_second: float, cpu: float, *latencies: float) -> Runs:
    return Runs([measured(contender, hires_per_second, cpu, *latencies)])


def test_an_aim_is_reached_or_missed_by_a_factor() -> None:
    bursts = {
        "by_hand": runs("by_hand", 4_000, 0.4),
        "kernel": runs("kernel", 1_000, 1.0),
        "dbos": runs("dbos", 20, 50.0),
    }
    said = {title: reached for title, _, *reached in aims.rows(bursts, None)}
    assert said == {
        "throughput of the limit": ["0.25 x", "missed by 2 x"],
        "CPU of the limit": ["2.5 x", "reached"],
        "throughput of DBOS": ["50 x", "reached"],
        "CPU of DBOS": ["0.02 x", "reached"],
    }


def test_latency_counts_in_the_milliseconds_that_are_shown() -> None:
    found = list(aims.rows({}, runs("kernel", 20, 30.0, *[0.0254] * 98, 0.2, 0.2)))
    assert [each[2:] for each in found] == [("25 ms", "reached"), ("200 ms", "missed by 1.7 x")]
