"""Every SQL text of the product, found in its source: with where it stands, and whose schema it is.

A text is the first argument of a call that runs SQL, or a constant of a module that begins as SQL
does. What is put together from constants of the module is read as well.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final

ROOT: Final = Path(__file__).parents[2]
RUNS_SQL: Final = frozenset({"fetch", "fetchrow", "fetchval", "execute", "executemany"})
VERBS: Final = ("select", "insert", "update", "delete", "with", "create")
MIGRATION: Final = "libs.common.database._apply"
"""Runs the text of a migration file, which every database of the tests has been through."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL text; `place` is the function or constant that holds it, `sql` None if unreadable."""

    schema: str
    place: str
    sql: str | None


def statements() -> Iterator[Statement]:
    """Those of the kernel, which every service has, and of each service."""
    for path in sorted([*ROOT.glob("libs/common/*.py"), *ROOT.glob("services/*/**/*.py")]):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if not name.endswith(("__init__", "__main__")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            schema = path.relative_to(ROOT).parts[1] if name.startswith("services") else "kernel"
            yield from (
                Statement(schema, f"{name}.{place}", sql) for place, sql in _found(tree, name)
            )


def _found(tree: ast.Module, name: str) -> Iterator[tuple[str, str | None]]:
    calls = [(place, call.args[0]) for place, call in _calls(tree) if call.args]
    constants = [node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
    if not calls and not constants:
        return
    module = import_module(name)
    for place, argument in calls:
        yield place, _text(argument, module)
    for constant, value in vars(module).items():
        if constant.isupper() and isinstance(value, str) and value.split()[:1]:
            mine = any(constant in ast.unparse(node).partition("=")[0] for node in constants)
            if mine and value.split()[0] in VERBS:
                yield constant, value


def _calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """The calls that run SQL, each with the name of the function around it."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and _runs_sql(node.func):
                    yield function.name, node


def _runs_sql(called: ast.expr) -> bool:
    return isinstance(called, ast.Attribute) and called.attr in RUNS_SQL


def _text(node: ast.expr, module: ModuleType) -> str | None:
    """A text of literals and constants of its module; None where a variable is in it."""
    match node:
        case ast.Constant(str() as text):
            return text
        case ast.Name(name):
            found = getattr(module, name, None)
            return found if isinstance(found, str) else None
        case ast.FormattedValue(value):
            return _text(value, module)
        case ast.JoinedStr(values):
            parts = [_text(value, module) for value in values]
            return None if None in parts else "".join(filter(None, parts))
        case _:
            return None
