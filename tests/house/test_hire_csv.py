"""Hires from a table: every row is checked before any is sent."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farhand import hire_csv
from farhand.cli import app
from farhand.errors import StackError
from farhand.hire_csv import OPTIONAL, REQUIRED, Table
from services.onboarding.report import HireReport
from services.onboarding.sources.standard import StandardWebhooks

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
NOOR = {
    "employment_ref": "E-1042",
    "name": "Noor Haverkamp",
    "email": "noor@example.net",
    "jurisdiction": "PT",
    "timezone": "Europe/Lisbon",
    "role": "ML engineer",
    "engagement": "employee",
    "starts_on": "2026-12-08",
}


def table(folder: Path, *rows: dict[str, str], separator: str = ",", bom: str = "") -> Table:
    """The rows as a file, read again."""
    header = list(dict.fromkeys(name for row in rows for name in row))
    lines = [
        separator.join(header),
        *(separator.join(row.get(n, "") for n in header) for row in rows),
    ]
    return read(folder, bom + "\n".join(lines))


def read(folder: Path, text: str) -> Table:
    file = folder / "hires.csv"
    file.write_text(text, encoding="utf-8")
    return hire_csv.read(file)


def test_a_row_is_a_hire_as_the_front_door_reads_it(tmp_path: Path) -> None:
    manager = {"manager_name": "Ana Pires", "manager_email": "ana@lumen.example"}
    terms = {"probation": "P180D", "telework": "yes", "annual_leave_days": "22.5"}
    [row] = table(tmp_path, NOOR | manager | terms | {"working_days_per_week": "5"}).rows
    (report,) = StandardWebhooks().read(row.body(AT))
    assert isinstance(report, HireReport)
    assert (report.person.name, report.person.email) == ("Noor Haverkamp", "noor@example.net")
    assert report.manager is not None
    assert report.manager.email == "ana@lumen.example"
    assert report.terms.telework is True
    assert report.terms.working_days_per_week == 5
    assert report.reported_at == AT


def test_what_is_empty_is_unknown(tmp_path: Path) -> None:
    [row] = table(tmp_path, NOOR | {"probation": "", "manager_name": " "}).rows
    assert "probation" not in json.loads(row.body(AT))["data"].get("terms", {})
    assert row.hire.manager is None


@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=["comma", "semicolon", "tab"])
def test_what_a_spreadsheet_saves_is_read(tmp_path: Path, separator: str) -> None:
    read = table(tmp_path, NOOR, separator=separator, bom="\ufeff")
    assert (len(read.rows), read.wrong) == (1, ())


def test_quoted_cells_may_hold_the_separator(tmp_path: Path) -> None:
    [row] = table(tmp_path, NOOR | {"role": '"Engineer, ML"'}).rows
    assert row.hire.role == "Engineer, ML"


def test_empty_lines_are_passed_over(tmp_path: Path) -> None:
    assert len(table(tmp_path, NOOR, {}, NOOR | {"employment_ref": "E-2"}).rows) == 2


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"starts_on": "08.12.2026"}, "starts_on: must be a day as YYYY-MM-DD"),
        ({"starts_on": "1796688000"}, "starts_on: must be a day as YYYY-MM-DD"),
        ({"starts_on": "2026-02-30"}, "starts_on: "),
        ({"email": "noor"}, "email: is no e-mail address"),
        ({"jurisdiction": "Portugal"}, "jurisdiction: must be an ISO 3166 code"),
        ({"timezone": "Lisbon"}, "timezone: is no IANA time zone"),
        ({"engagement": "intern"}, "engagement: "),
        ({"role": ""}, "role: is missing"),
        ({"manager_name": "Ana"}, "manager_email: is missing"),
        ({"probation": "six months"}, "probation: must be an ISO 8601 duration"),
    ],
    ids=lambda each: "" if isinstance(each, str) else " ".join(f"{k}={v}" for k, v in each.items()),
)
def test_a_bad_row_is_told_by_number_and_column(
    tmp_path: Path, changed: dict[str, str], says: str
) -> None:
    read = table(tmp_path, NOOR | {"employment_ref": "E-1"}, NOOR | changed)
    assert len(read.rows) == 1
    [wrong] = read.wrong
    assert wrong.startswith(f"row 3: {says}")
    assert "Noor" not in wrong


def test_a_hire_that_is_there_twice_is_told(tmp_path: Path) -> None:
    assert table(tmp_path, NOOR, NOOR).wrong == ("row 3: employment_ref: is that of row 2 as well",)


def test_a_row_that_is_too_long_is_told(tmp_path: Path) -> None:
    header, row = ",".join(NOOR), ",".join(NOOR.values())
    assert read(tmp_path, f"{header}\n{row},more").wrong == ("row 2: has 9 cells for 8 columns",)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("", "missing: 'employment_ref'", id="empty"),
        pytest.param("Name;E-Mail\nNoor;noor@example.net", "unknown: 'Name', 'E-Mail'", id="names"),
        pytest.param(",".join((*REQUIRED, "name")), "there twice: 'name'", id="twice"),
        pytest.param(",".join(REQUIRED) + '\n"', "line 2, is no CSV", id="open quote"),
    ],
)
def test_a_file_that_cannot_be_used_says_how_to_mend_it(
    tmp_path: Path, text: str, says: str
) -> None:
    with pytest.raises(StackError, match=says):
        read(tmp_path, text)


def test_another_encoding_is_told(tmp_path: Path) -> None:
    file = tmp_path / "hires.csv"
    file.write_bytes(",".join(REQUIRED).encode() + b"\nE-1,Zo\xeb")
    with pytest.raises(StackError, match="not UTF-8"):
        hire_csv.read(file)


@given(st.text(max_size=80))
def test_no_text_does_worse_than_being_told(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.csv"
    file.write_text(",".join(REQUIRED + OPTIONAL) + "\n" + text, encoding="utf-8", newline="")
    try:
        hire_csv.read(file)
    except StackError:
        return


def test_nothing_is_sent_while_one_row_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "hires.csv"
    lines = [",".join(NOOR), ",".join(NOOR.values()), ",".join(NOOR.values())]
    file.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(StackError, match=r"1 of 2 rows.*none was sent"):
        app(["hire", "--csv", str(file)])
