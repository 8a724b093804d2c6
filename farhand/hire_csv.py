"""`farhand hire --csv`: hires from a table, each row checked before any is sent.

The columns are those of the canonical hire, flat. All of `REQUIRED` must be there; others may be
left out, and so may their cells: what is empty is unknown. Commas, semicolons and tabs will do.
"""

import csv
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from farhand.errors import StackError
from libs.common.intake import Unreadable
from services.onboarding.report import Employment, ReportedTerms
from services.onboarding.sources.body import read_values

REQUIRED: Final = (
    *("employment_ref", "name", "email", "jurisdiction", "timezone"),
    *("role", "engagement", "starts_on"),
)
OPTIONAL: Final = ("manager_name", "manager_email", *ReportedTerms.model_fields)
DAYS: Final = ("starts_on", "contract_signed_on", "telework_agreement_on")

PATHS: Final = {
    "person.name": "name",
    "person.email": "email",
    "manager.name": "manager_name",
    "manager.email": "manager_email",
} | {f"terms.{term}": term for term in ReportedTerms.model_fields}
"""The column that each part of a hire comes from."""

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_EMPLOYMENT: Final = TypeAdapter(Employment)


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is a hire."""

    number: int
    hire: Employment

    def body(self, at: datetime) -> bytes:
        """The canonical body, as known at a moment."""
        data = json.loads(self.hire.model_dump_json(exclude_none=True))
        told = {"type": "hire.reported", "timestamp": at.isoformat(), "data": data}
        return json.dumps(told, ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Table:
    """What a file holds; `wrong` has a sentence for each row that is no hire."""

    rows: tuple[Row, ...]
    wrong: tuple[str, ...]


def read(file: Path) -> Table:
    """Read and check every row; raises StackError where the file itself cannot be used."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise StackError(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise StackError(f"{file} is not UTF-8; save it as CSV in UTF-8.") from error
    lines = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    no_line: list[str] = []
    try:
        header = [name.strip() for name in next(lines, no_line)]
        _check_header(file, header)
        return _table(header, [(lines.line_num, cells) for cells in lines if any(cells)])
    except csv.Error as error:
        raise StackError(f"{file}, line {lines.line_num}, is no CSV: {error}.") from error


def _delimiter(text: str) -> str:
    """The one of the usual separators that the first line has most of."""
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _check_header(file: Path, header: Sequence[str]) -> None:
    missing = [name for name in REQUIRED if name not in header]
    unknown = [name for name in header if name not in REQUIRED + OPTIONAL]
    twice = sorted({name for name in header if header.count(name) > 1})
    said = [
        f"{what}: {', '.join(repr(name) for name in names)}"
        for what, names in (("missing", missing), ("unknown", unknown), ("there twice", twice))
        if names
    ]
    if said:
        raise StackError(
            f"The first line of {file} must name the columns; {'; '.join(said)}. "
            f"There are {', '.join(REQUIRED)}, and, if you like, {', '.join(OPTIONAL)}."
        )


def _table(header: Sequence[str], lines: Sequence[tuple[int, list[str]]]) -> Table:
    rows: list[Row] = []
    wrong: list[str] = []
    first: dict[str, int] = {}
    for number, cells in lines:
        complaint = ""
        try:
            row = _row(number, header, cells)
            ref = row.hire.employment_ref
            if ref in first:
                complaint = f"employment_ref: is that of row {first[ref]} as well"
            else:
                first[ref] = number
                rows.append(row)
        except Unreadable as unreadable:
            complaint = str(unreadable)
        if complaint:
            wrong.append(f"row {number}: {complaint}")
    return Table(tuple(rows), tuple(wrong))


def _row(number: int, header: Sequence[str], cells: Sequence[str]) -> Row:
    if len(cells) != len(header):
        raise Unreadable(f"has {len(cells)} cells for {len(header)} columns")
    said = {name: cell.strip() for name, cell in zip(header, cells, strict=True) if cell.strip()}
    bad = [name for name in DAYS if name in said and not _DAY.fullmatch(said[name])]
    if bad:
        raise Unreadable("; ".join(f"{name}: must be a day as YYYY-MM-DD" for name in bad))
    return Row(number, read_values(_EMPLOYMENT, _nested(said), PATHS))


def _nested(said: dict[str, str]) -> dict[str, Any]:
    """The cells of a row in the form of the canonical hire."""
    terms = {term: said[term] for term in ReportedTerms.model_fields if term in said}
    return dict(_plain(said)) | {
        "person": _contact(said, ""),
        "manager": _contact(said, "manager_") or None,
        "terms": terms,
    }


def _plain(said: dict[str, str]) -> Iterator[tuple[str, str]]:
    for name in REQUIRED:
        if name in said and name not in ("name", "email"):
            yield name, said[name]


def _contact(said: dict[str, str], prefix: str) -> dict[str, str]:
    parts = {part: said.get(f"{prefix}{part}") for part in ("name", "email")}
    return {part: text for part, text in parts.items() if text}
