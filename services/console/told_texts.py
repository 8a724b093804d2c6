"""What other services write, in another language: their fixed texts, known here by their patterns.

They write English into events, as data that is kept for good. `locale/told.*.yaml` says each of
their patterns, with its holes as `{0}`, `{1}` … in their order. What fits none stands as it was
written. A test holds the file against the task templates and rules that the texts come from.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import chain, zip_longest
from pathlib import Path
from typing import Final

import yaml

HERE: Final = Path(__file__).parent / "locale"
HOLE: Final = re.compile(r"\{[^{}]*\}")
COUNT: Final = "{count}"
LONGEST: Final = 2000
"""Characters of a text that is looked up; what is longer is nobody's fixed text."""


class ToldTexts:
    """The patterns of one language; pure but for what it remembers of what it said."""

    def __init__(self, patterns: Mapping[str, str]) -> None:
        self._fixed = {text: said for text, said in patterns.items() if not HOLE.search(text)}
        holed = [text for text in patterns if HOLE.search(text)]
        # The most particular first: `only 3 months` is no filling of a hole.
        holed.sort(key=lambda text: len(HOLE.sub("", text)), reverse=True)
        self._holed = [(_matching(text), patterns[text]) for text in holed]
        self.say = lru_cache(4096)(self._say)

    @classmethod
    def of(cls, language: str) -> "ToldTexts":
        """Those of a language; none where the language is the services' own."""
        file = HERE / f"told.{language}.yaml"
        return cls(yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else {})

    def _say(self, text: str) -> str:
        if (said := self._fixed.get(text)) is not None or len(text) > LONGEST:
            return said or text
        for pattern, holed in self._holed:
            if found := pattern.fullmatch(text):
                return holed.format(*(self.say(part) for part in found.groups()))
        return text


def _matching(text: str) -> re.Pattern[str]:
    """What a text with holes looks like once they are filled; `{count}` is a number."""
    fixed = map(re.escape, HOLE.split(text))
    holes = (r"(\d+)" if hole == COUNT else "(.+?)" for hole in HOLE.findall(text))
    return re.compile("".join(chain(*zip_longest(fixed, holes, fillvalue=""))), re.DOTALL)
