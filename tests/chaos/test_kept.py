"""A suite that was interrupted goes on with the seeds that its page does not tell of yet."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos import __main__ as suite
from tests.chaos.kept import keep, kept
from tests.chaos.report import document
from tests.chaos.test_report import GOOD
from tests.chaos.verdict import Breach, Wrong

BAD = replace(GOOD, seed=8, breaches=[Breach(Wrong.LOST, "E-1 is nowhere")])


def test_what_was_kept_is_read_back_and_stands_on_the_page(tmp_path: Path) -> None:
    page = tmp_path / "chaos.md"
    assert kept(page) == []
    keep([GOOD, BAD], "2 cores", page)
    assert "| | seed 7 | seed 8 |" in page.read_text()
    assert document(kept(page), "2 cores") == page.read_text()


@pytest.mark.parametrize(
    ("results", "code"), [([GOOD], 0), ([GOOD, BAD], 1)], ids=["all held", "one did not"]
)
def test_where_no_seed_is_missing_the_page_is_told_again(
    results: list[object], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "chaos.md"
    keep([each for each in (GOOD, BAD) if each in results], "2 cores", page)
    monkeypatch.setenv("FARHAND_CHAOS_SEED", ",".join(("7", "8")[: len(results)]))
    monkeypatch.setenv("FARHAND_CHAOS_GO_ON", "1")
    with pytest.raises(SystemExit) as ended:
        suite.main(page)
    assert ended.value.code == code
