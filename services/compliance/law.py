"""The law as the service knows it: every pack and every rule, read and checked once."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TypeVar

from libs.common.contracts.values import Jurisdiction
from libs.common.marked_yaml import Document, Problem
from libs.common.marked_yaml import InvalidDocument as InvalidLaw
from services.compliance.pack import Pack, load_pack, read_pack
from services.compliance.rule import Rule, load_rule
from services.compliance.words import tells_cases_apart

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Law:
    """Packs by jurisdiction, and the rules that read them, in the order of their names."""

    packs: Mapping[Jurisdiction, Pack]
    rules: tuple[Rule, ...]
    rules_version: str

    def version(self, code: Jurisdiction) -> str:
        """What a decision rests on, `PT@5d41402a+rules@1f3870be`: the same text, the same law."""
        pack = self.packs.get(code)
        return f"{pack.version if pack else f'{code}@none'}+rules@{self.rules_version}"

    def changed(self, code: Jurisdiction, text: bytes) -> "Law":
        """The law had one pack another text; raises InvalidLaw with the line of every problem."""
        pack = read_pack(text, f"packs/{code}.yaml")
        document = Document.parse(f"packs/{code}.yaml", text)
        problems = [
            document.problem(
                f"rules/{rule.id}.yaml does not read the case {case!r}",
                *("facts", *rule.written.fact.split(".")),
            )
            for rule in self.rules
            if tells_cases_apart(rule.written.fact)
            for case in sorted(_cases(pack, rule.written.fact) - rule.brackets.get(code, {}).keys())
        ]
        if problems:
            raise InvalidLaw(problems)
        return replace(self, packs={**self.packs, code: pack})


def load_law(folder: Traversable | None = None) -> Law:
    """Read `packs/` and `rules/`, by default those of this service.

    Raises InvalidLaw with the file and line of every problem in any of them.
    """
    folder = folder or files(__package__ or "services.compliance")
    problems: list[Problem] = []
    packs = _load_all(folder / "packs", load_pack, problems)
    rules = _load_all(folder / "rules", load_rule, problems)
    by_code = {pack.code: pack for pack in packs}
    for rule in rules:
        problems += _uncovered(rule, by_code, folder / "rules")
    if problems:
        raise InvalidLaw(problems)
    return Law(by_code, tuple(rules), _digest(folder / "rules"))


def _load_all(
    folder: Traversable, load: Callable[[Traversable, str], T], problems: list[Problem]
) -> list[T]:
    loaded: list[T] = []
    for file in _yaml_files(folder):
        try:
            loaded.append(load(folder, file))
        except InvalidLaw as error:
            problems += error.problems
    return loaded


def _yaml_files(folder: Traversable) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))


def _digest(folder: Traversable) -> str:
    content = sha256()
    for file in _yaml_files(folder):
        content.update((folder / file).read_bytes())
    return content.hexdigest()[:8]


def _uncovered(
    rule: Rule, packs: Mapping[Jurisdiction, Pack], folder: Traversable
) -> Iterator[Problem]:
    """Every case of the law that a rule does not read, and every case it reads that is not there.

    The law's cases are prose and are matched to the letter: where a pack words one anew, its
    reading has to be looked at again.
    """
    if not tells_cases_apart(rule.written.fact):
        return
    file = f"{rule.id}.yaml"
    document = Document.parse(f"{folder.name}/{file}", (folder / file).read_bytes())
    for code, pack in packs.items():
        cases = _cases(pack, rule.written.fact)
        read = rule.brackets.get(code, {}).keys()
        for case in sorted(cases - read):
            yield document.problem(f"does not read the case {case!r}", "brackets", code)
        for case in sorted(read - cases):
            yield document.problem("the pack has no such case", "brackets", code, case)


def _cases(pack: Pack, fact: str) -> set[str]:
    return {case.when for version in pack.facts[fact] for case in version.cases}
