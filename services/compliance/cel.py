"""Expressions in CEL, statically typed, whose answer may be *unknown*.

The only module that touches cel-expr-python. A word that is declared but has no value makes the
answer `Unknown`, unless the rest settles it (`false && unknown` is false). An expression that
cannot be worked out, such as one that adds "proportionate" to a day, is `Failed`: the library
reports that as a value, never as an exception. Civil days are CEL timestamps at midnight UTC.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any, Final, TypeAlias

from cel_expr_python import cel

Scalar: TypeAlias = bool | int | float | Decimal | str | date


class Kind(Enum):
    """The types a word or a result can have."""

    TRUTH = cel.Type.BOOL
    COUNT = cel.Type.INT
    NUMBER = cel.Type.DOUBLE
    TEXT = cel.Type.STRING
    DAY = cel.Type.TIMESTAMP


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer yet: these words of the expression have no value."""

    missing: frozenset[str]


@dataclass(frozen=True, slots=True)
class Failed:
    """No answer ever, with these values: the reason, in words."""

    reason: str


Result: TypeAlias = Scalar | Unknown | Failed


@dataclass(frozen=True, slots=True)
class Function:
    """A pure Python function that expressions may call; its ValueError becomes `Failed`."""

    name: str
    takes: Sequence[Kind]
    returns: Kind
    call: Callable[..., Scalar]


class InvalidExpression(ValueError):  # noqa: N818  # read as a sentence in error texts
    """The text is no expression over the declared words; the text says what and at which column."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression and the declared words it reads."""

    text: str
    words: frozenset[str]
    _program: cel.Expression

    def evaluate(self, values: Mapping[str, Scalar | None]) -> Result:
        """Work the expression out; a word that is absent or None has no value."""
        data = {word: _to_cel(v) for word in self.words if (v := values.get(word)) is not None}
        answer = self._program.eval(data=data)
        if answer.type() == cel.Type.UNKNOWN:
            return Unknown(self.words - data.keys())
        if answer.type() != cel.Type.ERROR:
            return _from_cel(answer.value())
        reason = str(answer.value())
        if reason.startswith(_NO_VALUE):
            return Unknown(self.words - data.keys())
        return Failed(reason.partition(": ")[2])


class Language:
    """A set of typed words and functions that expressions are compiled against, once each."""

    def __init__(self, words: Mapping[str, Kind], functions: Sequence[Function] = ()) -> None:
        self.words = words
        self._environment = cel.NewEnv(
            variables={word: kind.value for word, kind in words.items()},
            functions=[_declare(function) for function in functions],
        )

    def compile(self, text: str, returns: Kind | None = None) -> Expression:
        """Compile one expression; `returns` is the kind that its answer must have.

        Raises InvalidExpression, also where text is compared by size: "P90D" would be less than
        "P9D" as text, so durations are compared by the days on which they end.
        """
        try:
            program = self._environment.compile(text)
        except RuntimeError as error:
            raise InvalidExpression(_complaint(error)) from error
        if returns is not None and program.return_type() != returns.value:
            found, must = program.return_type().name(), returns.value.name()
            raise InvalidExpression(f"its answer is {found.lower()}, but must be {must.lower()}")
        if any(overload in program.serialize() for overload in _TEXT_BY_SIZE):
            raise InvalidExpression(
                "text cannot be compared by size; compare the days on which durations end"
            )
        return Expression(text, self._words_in(text), program)

    def _words_in(self, text: str) -> frozenset[str]:
        names = _NAME.findall(_QUOTED.sub("", text))
        return frozenset(name for name in names if name in self.words)


_NO_VALUE: Final = "UNKNOWN: No value with name"
_NAME: Final = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
_CODES: Final = re.compile(r" \(in container| expecting \{| \[INVALID")
_QUOTED: Final = re.compile(r"""(["'])(?:\\.|(?!\1).)*\1""")
_TEXT_BY_SIZE: Final = (b"less_string", b"less_equals_string", b"greater_string",
                        b"greater_equals_string")  # fmt: skip


def _to_cel(value: Scalar) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date):
        return datetime.combine(value, time(), UTC)
    return str(value) if isinstance(value, str) else value


def _from_cel(value: Any) -> Scalar:
    return value.date() if isinstance(value, datetime) else value


def _declare(function: Function) -> cel.FunctionDecl:
    def call(*arguments: Any) -> Any:
        return _to_cel(function.call(*map(_from_cel, arguments)))

    overload = cel.Overload(
        f"{function.name}_1",
        return_type=function.returns.value,
        parameters=[kind.value for kind in function.takes],
        impl=call,
    )
    return cel.FunctionDecl(function.name, [overload])


def _complaint(error: RuntimeError) -> str:
    """The compiler's first line, without its own codes: `at column 9: found no matching …`."""
    line = str(error).splitlines()[0].removeprefix("INVALID_ARGUMENT: ERROR: ")
    place = re.match(r"<input>:\d+:(\d+): (?:Syntax error: )?", line)
    if place is None:
        return line
    what = re.split(
        r" \(in container|, expecting \{| expecting \{| \[INVALID", line[place.end() :]
    )[0]
    return f"at column {place[1]}: {what}"
