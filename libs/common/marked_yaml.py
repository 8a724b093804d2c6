"""YAML that remembers its lines, so that whoever edits it is told the file and line to mend."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend, and where."""

    file: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}"


class InvalidDocument(Exception):  # noqa: N818  # read as a sentence in error texts
    """A file cannot be used; the text lists every problem with its file and line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.file, problem.line)))
        super().__init__("\n".join(map(str, self.problems)))


class DatesAsText(yaml.CSafeLoader):
    """The safe loader, but a date stays the text that was written."""


DatesAsText.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML file: its content as plain data, and the line of every part of it."""

    file: str
    data: Any
    _root: yaml.Node

    @classmethod
    def parse(cls, file: str, content: bytes) -> "Document":
        """Read YAML; raises InvalidDocument where it is none, is empty, or says a key twice."""
        try:
            text = content.decode()
            root = yaml.compose(text, Loader=yaml.CSafeLoader)
            data = yaml.load(text, Loader=DatesAsText)  # noqa: S506  # it is a safe one
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            raise InvalidDocument([Problem(file, line, "not UTF-8 text")]) from error
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            raise InvalidDocument([Problem(file, line, f"not YAML: {error.problem}")]) from error
        if root is None:
            raise InvalidDocument([Problem(file, 1, "the file is empty")])
        repeated = [
            Problem(file, key.start_mark.line + 1, f"the key {key.value!r} is here twice")
            for key in _repeated_keys(root)
        ]
        if repeated:
            raise InvalidDocument(repeated)
        return cls(file, data, root)

    def line_of(self, *path: str | int) -> int:
        """The line of the key or item at this path, or of the nearest part that exists."""
        line, node = self._root.start_mark.line, self._root
        for step in path:
            found = _child(node, step)
            if found is None:
                continue  # a key that is missing, or a step that only the model knows
            line, node = found
        return line + 1

    def problem(self, what: str, *path: str | int) -> Problem:
        """A problem with the part at this path."""
        return Problem(self.file, self.line_of(*path), f"{_dotted(path) or 'the file'}: {what}")

    def read_as(self, model: type[T]) -> T:
        """Validate the content strictly; raises InvalidDocument with every problem at once."""
        try:
            # Through JSON, since there a strict model still reads dates and tuples.
            return model.model_validate_json(json.dumps(self.data), strict=True)
        except ValidationError as error:
            raise InvalidDocument(
                [
                    self.problem(_in_words(detail), *detail["loc"])
                    for detail in error.errors(include_url=False)
                ]
            ) from error


def _repeated_keys(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _repeated_keys(item)
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if str(key.value) in seen:
                yield key
            seen.add(str(key.value))
            yield from _repeated_keys(value)


def _child(node: yaml.Node, step: str | int) -> tuple[int, yaml.Node] | None:
    """The part one step down, and the line on which its key or item stands."""
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark.line, node.value[step]
    if isinstance(node, yaml.MappingNode):
        named = (pair for pair in node.value if pair[0].value == step)
        return next(((key.start_mark.line, value) for key, value in named), None)
    return None


def _dotted(path: Sequence[str | int]) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")


_WORDS: Final = {
    "missing": "this key is missing",
    "extra_forbidden": "this key is not known here",
    "string_type": "must be text (YAML reads a bare yes, no, on, off, date or number as something "
    "else: put it in quotes)",
    "bool_type": "must be true or false",
    "date_from_datetime_parsing": "must be a date such as '2026-01-31'",
    "date_parsing": "must be a date such as '2026-01-31'",
    "date_type": "must be a date such as '2026-01-31'",
}


def _in_words(detail: ErrorDetails) -> str:
    words = _WORDS.get(detail["type"])
    return words or detail["msg"].removeprefix("Value error, ")
