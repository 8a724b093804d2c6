"""Reading a page: its sections, tables and fenced code blocks, and doing what a guide says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
GUIDES = ROOT / "docs" / "guides"

_BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.MULTILINE | re.DOTALL)
_HUNK = re.compile(r"^@@.*\n", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block; `path` is the file that it names, empty for one that is to be typed."""

    language: str
    path: str
    text: str

    def apply(self, tree: Path) -> None:
        """Write the file, or for a diff, change each place of it; a place must be there once."""
        file = tree / self.path
        if self.language != "diff":
            assert not file.exists(), f"{self.path} is there already: show a diff instead"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(self.text)
            return
        for hunk in _HUNK.split(self.text):
            lines = hunk.splitlines(keepends=True)
            before = "".join(line[1:] for line in lines if line[0] in " -")
            after = "".join(line[1:] for line in lines if line[0] in " +")
            text = file.read_text()
            assert text.count(before) == 1, f"{self.path} holds this not once:\n{before}"
            file.write_text(text.replace(before, after))


def blocks(page: Path) -> Iterator[Block]:
    """Every block of a page, in order."""
    for found in _BLOCK.finditer(page.read_text()):
        yield Block(found[1], found[2] or "", found[3])


def edits(page: Path) -> list[Block]:
    """The blocks that make or change a file."""
    return [block for block in blocks(page) if block.path]


def section(page: Path, heading: str) -> str:
    """What stands under a heading, up to the next of its rank."""
    _, _, after = page.read_text().partition(f"\n## {heading}\n")
    assert after, f"{page.name} has no section {heading}"
    return after.partition("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    """The cells of the first table of a text, without its head."""
    table = re.search(r"^\|.*\|\n\|[-|]+\|\n((?:\|.*\|\n?)+)", text, re.MULTILINE)
    assert table, "there is no table"
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[1].splitlines()]
