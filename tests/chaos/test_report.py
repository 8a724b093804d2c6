"""What fails a run, and what the page of several says."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

import pytest

from tests.chaos.faults import Kind
from tests.chaos.heard import Heard
from tests.chaos.judged import clock_changes
from tests.chaos.report import (
    MEGABYTE,
    Latencies,
    Latency,
    Recovery,
    Result,
    document,
    latencies,
    memory_at_shares,
)
from tests.chaos.verdict import Breach, Wrong

GOOD: Final = Result(
    seed=7,
    hires=10_000,
    seconds=1500,
    recoveries=[Recovery(Kind.KILL, "kill -9 of a service: notify", 3.5)],
    missed=1,
    breaches=(),
    repeated_records=12,
    repeated_mails=1,
    overdue=4.0,
    latency=Latencies(Latency(9000, 50, 90), Latency(40, 51, 91)),
    memory=[("notify", (100 * MEGABYTE, 110 * MEGABYTE)), ("zipkin", (1, 1000))],
)


def test_a_run_in_which_all_held_has_no_problem() -> None:
    assert GOOD.problems == []
    page = document([GOOD, replace(GOOD, seed=8)], "2 cores")
    assert "20000 hires under 2 faults, in 2 runs on 2 cores" in page
    assert "Nothing was lost, doubled, out of order or stuck." in page


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param(replace(GOOD, breaches=[Breach(Wrong.LOST, "E-1 is nowhere")]), id="a breach"),
        pytest.param(
            replace(GOOD, recoveries=[Recovery(Kind.KILL, "kill", None)]), id="never steady again"
        ),
        pytest.param(replace(GOOD, overdue=31.0), id="something waited for who is dead"),
        pytest.param(
            replace(GOOD, latency=replace(GOOD.latency, while_poisoned=Latency(40, 900, 999))),
            id="others waited for who was poisoned",
        ),
        pytest.param(replace(GOOD, memory=[("notify", (100, 151))]), id="a leak"),
    ],
)
def test_each_of_these_fails_it(bad: Result) -> None:
    [problem] = bad.problems
    page = document([GOOD, bad], "2 cores")
    assert problem in page
    assert "Nothing was lost" not in page


def test_who_is_announced_while_another_is_poisoned_is_told_apart() -> None:
    heard = Heard()
    heard.announced = {
        "poisoned": 10_500,
        "meanwhile": 11_000,
        "in trouble": 30_000,
        "before": 5_000,
        "undecided": 11_000,
    }
    heard.decided = {"poisoned": 90_000, "meanwhile": 11_060, "before": 5_050, "in trouble": 39_000}
    found = latencies(heard, [(10.0, 20.0, "poisoned")], [(10.0, 20.0), (29.0, 31.0)])
    assert found == Latencies(calm=Latency(1, 50, 50), while_poisoned=Latency(1, 60, 60))


def test_a_part_is_as_large_as_its_largest_copy() -> None:
    held = [(n, {"notify": 100 + n, "notify-2": 50 + 3 * n}) for n in range(0, 101, 5)]
    assert memory_at_shares(held) == [("notify", (110, 125, 200, 275, 350))]


def test_hires_that_could_not_be_carried_are_told() -> None:
    page = document([replace(GOOD, hires=700, asked=1000)], "2 cores")
    assert "700: no more of 1000 could be carried in the time given" in page


def test_the_nights_on_which_a_clock_is_changed() -> None:
    first, last = datetime(2026, 3, 27, 6, tzinfo=UTC), datetime(2026, 4, 8, tzinfo=UTC)
    europe, sydney = clock_changes(first, last)
    assert europe.startswith("2026-03-29")
    assert sydney.startswith("2026-04-05 (Australia/Sydney")
