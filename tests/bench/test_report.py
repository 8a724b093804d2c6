"""The document of `make bench` says what was measured, and leaves out what was not."""

from collections.abc import Mapping, Sequence

from bench.contender import CONTENDERS
from bench.feed import Load
from bench.measured import Run
from bench.report import Report
from tests.bench.measured import measured

BY_HAND, KERNEL = CONTENDERS[:2]
TWO_EACH = KERNEL.times(2)
LARGE = Load(10_000)


def document(runs: Sequence[Run], waited: Mapping[str, int] | None = None) -> str:
    report = Report(
        contenders=(BY_HAND, KERNEL),
        runs=runs,
        copied={TWO_EACH.name: TWO_EACH},
        shares={},
        waited=waited or {},
        machine="2 cores",
        versions={"Python": "3.11"},
        began="23 November 2026",
        rounds=3,
    )
    return report.markdown([])


def rows(text: str, section: str) -> list[list[str]]:
    """The cells of the table in a section, without its head."""
    told = text.partition(f"## {section}\n")[2].partition("\n## ")[0]
    lines = [line for line in told.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_a_burst_is_told_by_the_median_of_its_rounds_beside_the_limit() -> None:
    of_the_limit = [measured("by_hand", 4_000, 0.5, load=LARGE)]
    of_the_kernel = [
        measured("kernel", rate, 2.0, load=LARGE, number=number)
        for number, rate in enumerate((500, 1_000, 9_000), 1)
    ]
    text = document([*of_the_limit, *of_the_kernel])
    told = {row[0]: row[1:6] for row in rows(text, "Bursts")}
    assert told == {
        BY_HAND.title: ["10,000", "4,000", "1 x", "0.50", "1 x"],
        KERNEL.title: ["10,000", "1,000", "0.25 x", "2.00", "4 x"],
    }


def test_growth_and_more_processes_are_told_alike() -> None:
    text = document(
        [
            measured("kernel", 900, 1.5, load=Load(2_000)),
            measured("kernel", 800, 1.75, load=LARGE),
            measured(TWO_EACH.name, 700, 2.25, load=LARGE),
        ]
    )
    assert rows(text, "Growth with the load") == [
        [KERNEL.title, "2,000", "900", "1.50", "1"],
        [KERNEL.title, "10,000", "800", "1.75", "1"],
    ]
    assert rows(text, "More processes") == [
        [f"{KERNEL.title}, 2 of each process", "10,000", "700", "2.25", "1", "2.25", "0.00"]
    ]


def test_a_run_with_anything_wrong_is_named_and_not_counted() -> None:
    wrong = measured("kernel", 90_000, 0.1, load=LARGE, number=2, wrong=("a notice is missing",))
    text = document([measured("kernel", 900, 1.5, load=LARGE), wrong])
    assert "- kernel, round 2, 10,000 hires: a notice is missing" in text
    assert [row[2] for row in rows(text, "Bursts")] == ["900"]


def test_what_sessions_waited_for_is_told_where_it_was_looked_at() -> None:
    run = measured(TWO_EACH.name, 700, 2.25, load=LARGE)
    said = document([run], {"at work": 30, "Lock": 1, "Client": 69})
    assert "1.0% waited for a lock" in said
    assert "Client 69%, at work 30%" in said
    assert "waited for a lock" not in document([run])


def test_what_was_not_measured_has_no_section() -> None:
    text = document([measured("kernel", 900, 1.5, load=LARGE)])
    assert "## At a trickle" not in text
    assert "## Where the kernel's CPU goes" not in text
