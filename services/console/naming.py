"""Texts that people type outlive an erasure, so they name nobody: here they are looked through."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

SHORTEST: Final = 4
"""Parts of a name that are shorter are words of their own too often."""


def named_in(texts: Iterable[str], contacts: Iterable[Mapping[str, Any]]) -> bool:
    """Whether a text holds the address of somebody, the whole name, or a part of it as written.

    A part counts in the spelling of the name only: "mark it as done" names no Mark.
    """
    typed = "\n".join(texts)
    return any(_names(typed, contact) for contact in contacts)


def _names(typed: str, contact: Mapping[str, Any]) -> bool:
    name, email = (str(contact.get(field) or "") for field in ("name", "email"))
    whole = [part.casefold() for part in (name, email) if part]
    if any(part in typed.casefold() for part in whole):
        return True
    words = set(re.findall(r"\w+", typed))
    return any(part in words for part in re.findall(r"\w+", name) if len(part) >= SHORTEST)
