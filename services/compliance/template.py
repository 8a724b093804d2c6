"""Sentences with expressions in braces, such as `It ends on {last_day(…)}`, worked out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.compliance.calendar_duration import in_plain_words
from services.compliance.cel import Expression, Failed, Language, Result, Scalar, Unknown

_BRACES: Final = re.compile(r"\{([^{}]*)\}")
_TOKEN: Final = re.compile(r"[a-z]+(?:_[a-z]+)+")
"""A word of a vocabulary, such as `open_ended`."""


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence whose parts in braces are worked out for one hire."""

    parts: tuple[str | Expression, ...]

    @classmethod
    def compile(cls, language: Language, text: str) -> "Template":
        """Read a sentence; raises InvalidExpression where the braces hold no expression."""
        pieces = _BRACES.split(" ".join(text.split()))
        compiled = (language.compile(p) if at % 2 else p for at, p in enumerate(pieces))
        return cls(tuple(part for part in compiled if part != ""))

    @property
    def words(self) -> frozenset[str]:
        """Every declared word that the sentence reads."""
        expressions = [part for part in self.parts if isinstance(part, Expression)]
        return frozenset[str]().union(*(expression.words for expression in expressions))

    def render(self, values: Mapping[str, Scalar | None]) -> str:
        """The sentence with every expression worked out, or why it is not in its place."""
        return "".join(
            part if isinstance(part, str) else in_words(part.evaluate(values))
            for part in self.parts
        )


def in_words(value: Result) -> str:
    """A value as a person reads it: `6 months`, `open ended`, yes or no, 9,000,000, ISO dates."""
    match value:
        case Unknown():
            return "not stated"
        case Failed():
            return "not computable"
        case bool():
            return "yes" if value else "no"
        case date():
            return value.isoformat()
        case str():
            is_token = _TOKEN.fullmatch(value)
            return value.replace("_", " ") if is_token else in_plain_words(value)
        case _:
            return format(value, ",.15g")


def plain_name(word: str) -> str:
    """The name of a word as a person reads it: `terms.annual_leave_days` as `annual leave days`."""
    plain = word.removeprefix("hire.").removeprefix("terms.").removeprefix("law.")
    return plain.replace("_", " ").replace(".", " ")
