"""What fails a run, and what the page of several says."""

from dataclasses import replace
from typing import Final

import pytest

from tests.chaos.faults import Kind
from tests.chaos.heard import Heard
from tests.chaos.report import MEGABYTE, Latency, Recovery, Result, document, latency
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
    latency=Latency(50, 51),
    memory=[("notify", 100 * MEGABYTE, 110 * MEGABYTE), ("zipkin", 1, 1000)],
)


def test_a_run_in_which_all_held_has_no_problem() -> None:
    assert GOOD.problems == []
    page = document([GOOD, replace(GOOD, seed=8)], "2 cores")
    assert "20000 hires under 2 faults, in 2 runs, on 2 cores" in page
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
            replace(GOOD, memory=[("notify", 100, 90), ("notify-2", 100, 151)]), id="a leak"
        ),
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
        "before": 5_000,
        "undecided": 11_000,
    }
    heard.decided = {"poisoned": 90_000, "meanwhile": 11_060, "before": 5_050}
    assert latency(heard, [(10.0, 20.0, "poisoned")]) == Latency(calm=50, while_poisoned=60)
