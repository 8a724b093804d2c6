"""The page of the suite, and beside it the results that it is made of.

A suite of hours can be interrupted, and go on another day with the seeds that are missing.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from tests.chaos.report import Result, document

RESULTS: Final = TypeAdapter(list[Result])


def keep(results: Sequence[Result], machine: str, page: Path) -> None:
    """Write the page of some runs, and their results."""
    page.write_text(document(results, machine))
    _beside(page).write_bytes(RESULTS.dump_json(list(results), indent=1) + b"\n")


def kept(page: Path) -> list[Result]:
    """The results of the runs that a page tells of; none where there is no page."""
    file = _beside(page)
    return RESULTS.validate_json(file.read_bytes()) if file.exists() else []


def _beside(page: Path) -> Path:
    return page.with_suffix(".json")
