"""What is wrong with something that was typed, in words of ours instead of the validator's."""

from collections.abc import Mapping
from typing import Any, Final

from services.console.wording import Worded, worded

PLAIN: Final[Mapping[str, Worded]] = {
    "missing": worded("it is missing"),
    "extra_forbidden": worded("nothing of that name belongs here"),
    "enum": worded("it is none of the choices"),
    "literal_error": worded("it is none of the choices"),
    "string_pattern_mismatch": worded("it is not written as it has to be"),
    "uuid_parsing": worded("it is no id"),
    "uuid_type": worded("it is no id"),
    "bool_parsing": worded("it is neither yes nor no"),
    "bool_type": worded("it is neither yes nor no"),
    "string_type": worded("it is no text"),
    "decimal_parsing": worded("it is no number"),
    "decimal_type": worded("it is no number"),
    "timezone_aware": worded("it lacks its time zone"),
    "list_type": worded("it is no list"),
    "tuple_type": worded("it is no list"),
}
"""By the validator's own name of a fault."""

KINDS: Final[Mapping[str, Worded]] = {
    "date_": worded("it is no day, such as 2026-12-08"),
    "datetime_": worded("it is no moment, such as 2026-12-08T09:00:00Z"),
    "int_": worded("it is no whole number"),
    "model_": worded("it is no object"),
    "dict_": worded("it is no object"),
}
"""By how the validator's name of a fault begins."""

OTHERWISE: Final = worded("it does not make sense")


def in_words(fault: Mapping[str, Any]) -> Worded:
    """One fault that pydantic found, without what was typed; what is rare is said in general."""
    kind, bound = str(fault["type"]), fault.get("ctx", {})
    match kind:
        case "string_too_short" | "too_short":
            return worded("it needs at least {least}", least=bound["min_length"])
        case "string_too_long" | "too_long":
            return worded("it may have {most} at most", most=bound["max_length"])
        case "greater_than_equal" | "greater_than":
            return worded(
                "it is too small: {least} is the least", least=bound.get("ge", bound.get("gt"))
            )
        case "less_than_equal" | "less_than":
            return worded(
                "it is too large: {most} is the most", most=bound.get("le", bound.get("lt"))
            )
        case _:
            begun = (says for start, says in KINDS.items() if kind.startswith(start))
            return PLAIN.get(kind) or next(begun, OTHERWISE)
