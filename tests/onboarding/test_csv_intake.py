"""A table of hires by the command line, through the front door of a running service."""

from pathlib import Path
from uuid import UUID

import pytest

from farhand.errors import StackError
from farhand.hire import hire
from services.onboarding.report import hire_id_of
from tests.onboarding.bed import Company

pytestmark = pytest.mark.timeout(240)

HEADER = "employment_ref,name,email,jurisdiction,timezone,role,engagement,starts_on"
ROWS = (
    "C-1,Noor Haverkamp,noor@example.net,PT,Europe/Lisbon,ML engineer,employee,2027-01-11",
    "C-2,Jun Ito,jun@example.net,JP,Asia/Tokyo,Data engineer,contractor,2027-01-12",
)
WRONG = "C-3,Ada,ada@example.net,DE,Berlin,ML engineer,employee,2027-01-13"


@pytest.fixture
def table(company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file for the rows; the command line talks to this onboarding."""
    port = company.onboarding.base_url.port
    assert port is not None
    monkeypatch.setenv("FARHAND_HOME", str(company.home))
    monkeypatch.setenv("FARHAND_PORT_BASE", str(port - 1))
    return tmp_path / "hires.csv"


def written(table: Path, *rows: str) -> Path:
    table.write_text("\n".join((HEADER, *rows)), encoding="utf-8")
    return table


def id_of(ref: str) -> UUID:
    return hire_id_of("standard", ref)


async def test_every_row_is_reported_and_doing_it_again_changes_nothing(
    company: Company, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hire(csv=written(table, *ROWS))
    assert "2 accepted" in capsys.readouterr().out
    first = [await company.seen(id_of(ref)) for ref in ("C-1", "C-2")]
    assert [each["jurisdiction"] for each in first] == ["PT", "JP"]
    hire(csv=table)
    assert [await company.seen(id_of(ref)) for ref in ("C-1", "C-2")] == first


async def test_a_row_that_changed_changes_its_hire(company: Company, table: Path) -> None:
    hire(csv=written(table, *ROWS))
    hire(csv=written(table, ROWS[0].replace("2027-01-11", "2027-02-01"), ROWS[1]))
    assert (await company.seen(id_of("C-1")))["starts_on"] == "2027-02-01"


async def test_what_is_wrong_is_sent_never_and_the_others_only_if_asked_for(
    company: Company, table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(table, WRONG, ROWS[0].replace("C-1", "C-4"))
    with pytest.raises(StackError, match="row 2: timezone"):
        hire(csv=table)
    assert await company.seen(id_of("C-4")) == {}
    hire(csv=table, skip_invalid=True)
    said = capsys.readouterr().out
    assert "1 accepted" in said
    assert "row 2: timezone" in said
    assert (await company.seen(id_of("C-4")))["jurisdiction"] == "PT"
    assert await company.seen(id_of("C-3")) == {}
