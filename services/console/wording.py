"""English text that can be said in another language later: it remembers how it was put together."""

from collections.abc import Mapping


class Worded(str):
    """A sentence in English; `pattern` and `values` are what it was made of.

    It is the English text wherever text is expected, and `words.Words.say` says it in another
    language. The pattern has to be a constant, so that the catalogues can be checked against it.
    """

    __slots__ = ("pattern", "values")
    pattern: str
    values: Mapping[str, object]


def worded(pattern: str, /, **values: object) -> Worded:
    """The pattern with its values, each where `{its_name}` stands; one may be Worded itself."""
    made = Worded(pattern.format_map(values) if values else pattern)
    made.pattern, made.values = pattern, values
    return made
