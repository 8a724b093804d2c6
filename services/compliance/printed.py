"""Paragraphs with a label in front, as wide as a terminal and a printed page."""

from textwrap import fill
from typing import Final

WIDTH: Final = 96
"""Characters on a line."""


def paragraph(label: str, text: str) -> str:
    """Text wrapped beside its label; without one, in line with those that have one."""
    return fill(text, WIDTH, initial_indent=f"   {label:<11}", subsequent_indent=" " * 14)
