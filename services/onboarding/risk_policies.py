"""Risk tiers as files: read once, in the order in which they come into force."""

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Final

from libs.common.marked_yaml import Document, InvalidDocument, Problem
from services.onboarding.risk import RiskPolicy

POLICIES: Final = Path(__file__).parent / "risk_tiers"


def read_policies(folder: Path) -> tuple[RiskPolicy, ...]:
    """Every version of a folder, the earliest first.

    Raises InvalidDocument, which names file and line, where one cannot be used, where two come into
    force on the same day or share a version, and where there is none.
    """
    read: list[tuple[str, RiskPolicy]] = []
    for path in sorted(folder.glob("*.yaml")):
        document = Document.parse(f"{folder.name}/{path.name}", path.read_bytes())
        read.append((document.file, document.read_as(RiskPolicy)))
    if not read:
        raise InvalidDocument([Problem(folder.name, 1, "there is no version of the risk tiers")])
    _check_distinct(read)
    return tuple(sorted((each for _, each in read), key=lambda one: one.effective_from))


def _check_distinct(read: list[tuple[str, RiskPolicy]]) -> None:
    days = Counter(each.effective_from for _, each in read)
    names = Counter(each.version for _, each in read)
    twice = [
        Problem(file, 1, "another file has the same version or comes into force on the same day")
        for file, each in read
        if days[each.effective_from] > 1 or names[each.version] > 1
    ]
    if twice:
        raise InvalidDocument(twice)


@cache
def risk_policies() -> tuple[RiskPolicy, ...]:
    """The versions this service ships."""
    return read_policies(POLICIES)
