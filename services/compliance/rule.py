"""Rules as data: what a rule file says, and how it is compiled and checked at load."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.resources.abc import Traversable
from typing import Final

from pydantic import Field

from libs.common.contracts.values import Jurisdiction, Owner
from libs.common.marked_yaml import Document, Problem
from libs.common.marked_yaml import InvalidDocument as InvalidLaw
from services.compliance.answers import FORMAT_OF_TERM, AnswerFormat
from services.compliance.cel import Expression, InvalidExpression, Kind, Language
from services.compliance.facts import SHAPES
from services.compliance.facts.units import Shape
from services.compliance.template import Template
from services.compliance.words import language_for, tells_cases_apart

ANYWHERE: Final[Jurisdiction] = ""
"""Stands for every jurisdiction that a rule has no brackets for."""


class Ask(Shape):
    """How a person is asked for an input, and in which form they answer.

    `owner` is who knows, where that is not the rule's owner; `detail` is what to look at.
    """

    ask: str
    answer: AnswerFormat
    owner: Owner | None = None
    detail: str = ""


class Says(Shape):
    """What a finding says; `free` where the law asks for nothing."""

    met: str
    not_met: str
    unknown: str
    free: str | None = None


class Judgement(Shape):
    """What legal is asked where software must not decide: one question, and what to weigh."""

    ask: str
    weigh: str


class RuleFile(Shape):
    """A rule as written; `rules/README.md` explains every key with an example."""

    id: str = Field(pattern=r"^[a-z][a-z-]*$")
    title: str
    owner: Owner
    fact: str
    applies: str
    free: str | None = None
    brackets: dict[Jurisdiction, dict[str, str]] = Field(default_factory=dict)
    judged_when: str | None = None
    judged_where: dict[Jurisdiction, str] = Field(default_factory=dict)
    requires: str | None = None
    judgement: Judgement
    says: Says
    remedy: str
    asks: dict[str, Ask] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """A compiled rule.

    It applies where `applies` is true; it is met where `free` or `requires` is true. `brackets`
    says for each jurisdiction when a hire falls under each of the law's cases. A person judges it
    where `judged_when` is true, where there is nothing to require, and where a jurisdiction in
    `judged_where` falls short of a requirement that is stricter there than the law.
    """

    written: RuleFile
    applies: Expression
    free: Expression | None
    brackets: Mapping[Jurisdiction, Mapping[str, Expression]]
    judged_when: Expression | None
    requires: Expression | None
    judgement: Template
    to_weigh: Template
    met: Template
    not_met: Template
    unknown: Template
    when_free: Template
    remedy: Template
    ask_details: Mapping[str, Template]
    reads: Mapping[Jurisdiction, tuple[str, ...]]

    @property
    def id(self) -> str:
        """The file's name, and the rule's in every finding."""
        return self.written.id

    def words(self, code: Jurisdiction) -> tuple[str, ...]:
        """Every word that decides about a hire in this jurisdiction, in order."""
        return self.reads.get(code) or self.reads[ANYWHERE]


def load_rule(folder: Traversable, file: str) -> Rule:
    """Read one rule, such as `probation.yaml`; raises InvalidLaw with file and line."""
    document = Document.parse(f"{folder.name}/{file}", (folder / file).read_bytes())
    written = document.read_as(RuleFile)
    if written.fact not in SHAPES:
        raise InvalidLaw([document.problem(f"no pack has a fact {written.fact!r}", "fact")])
    compiler = _Compiler(document, language_for(written.fact))
    rule = _compile(written, compiler)
    compiler.problems += _inconsistent(rule, document, file)
    if compiler.problems:
        raise InvalidLaw(compiler.problems)
    return rule


@dataclass(slots=True)
class _Compiler:
    """Compiles part by part, and keeps every complaint with its line."""

    document: Document
    language: Language
    problems: list[Problem] = field(default_factory=list[Problem])

    def truth(self, text: str, *path: str) -> Expression:
        try:
            return self.language.compile(text, Kind.TRUTH)
        except InvalidExpression as error:
            self.problems.append(self.document.problem(str(error), *path))
            return self.language.compile("false")

    def optional_truth(self, text: str | None, *path: str) -> Expression | None:
        return None if text is None else self.truth(text, *path)

    def template(self, text: str, *path: str) -> Template:
        try:
            return Template.compile(self.language, text)
        except InvalidExpression as error:
            self.problems.append(self.document.problem(str(error), *path))
            return Template(())


def _compile(written: RuleFile, compiler: _Compiler) -> Rule:
    rule = Rule(
        written=written,
        applies=compiler.truth(written.applies, "applies"),
        free=compiler.optional_truth(written.free, "free"),
        brackets={
            code: {
                when: compiler.truth(text, "brackets", code, when) for when, text in cases.items()
            }
            for code, cases in written.brackets.items()
        },
        judged_when=compiler.optional_truth(written.judged_when, "judged_when"),
        requires=compiler.optional_truth(written.requires, "requires"),
        judgement=compiler.template(written.judgement.ask, "judgement", "ask"),
        to_weigh=compiler.template(written.judgement.weigh, "judgement", "weigh"),
        met=compiler.template(written.says.met, "says", "met"),
        not_met=compiler.template(written.says.not_met, "says", "not_met"),
        unknown=compiler.template(written.says.unknown, "says", "unknown"),
        when_free=compiler.template(written.says.free or "", "says", "free"),
        remedy=compiler.template(written.remedy, "remedy"),
        ask_details={
            word: compiler.template(ask.detail, "asks", word, "detail")
            for word, ask in written.asks.items()
        },
        reads={},
    )
    codes = (ANYWHERE, *rule.brackets)
    return replace(rule, reads={code: _words_read(rule, code) for code in codes})


def _words_read(rule: Rule, code: Jurisdiction) -> tuple[str, ...]:
    expressions = [rule.applies, rule.free, rule.judged_when, rule.requires]
    expressions += rule.brackets.get(code, {}).values()
    decide = frozenset[str]().union(*(e.words for e in expressions if e))
    return tuple(sorted(decide | rule.judgement.words | rule.to_weigh.words))


def _inconsistent(rule: Rule, document: Document, file: str) -> list[Problem]:
    """What compiles and still cannot be right: a name, a sentence or a question that is missing."""
    written, problems = rule.written, list[Problem]()
    if f"{written.id}.yaml" != file:
        problems.append(document.problem(f"the file must be called {written.id}.yaml", "id"))
    if (written.free is None) != (written.says.free is None):
        problems.append(document.problem("`free` and `says.free` belong together", "says"))
    if written.requires and bool(written.brackets) != tells_cases_apart(written.fact):
        why = "needed exactly where the fact has brackets to choose between"
        problems.append(document.problem(why, "brackets"))
    return problems + _questions_amiss(rule, document)


def _questions_amiss(rule: Rule, document: Document) -> list[Problem]:
    read = {word for words in rule.reads.values() for word in words if word.startswith("terms.")}
    asks = rule.written.asks
    problems = [
        document.problem(f"{word} is read, but nothing says how to ask for it", "asks")
        for word in sorted(read - asks.keys())
    ]
    problems += [
        document.problem("is asked for, but never read", "asks", word)
        for word in asks.keys() - read
    ]
    return problems + [
        document.problem(f"{word} is answered by {expected}", "asks", word, "answer")
        for word, ask in asks.items()
        if (expected := FORMAT_OF_TERM.get(word.removeprefix("terms."), ask.answer)) != ask.answer
    ]
