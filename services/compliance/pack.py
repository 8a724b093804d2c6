"""Law packs: what the law of one jurisdiction says, fact by fact, and between which dates.

A fact may carry a check by itself only when it is in force on the day, verified and not of low
confidence (`Fact.settled`). Every other fact says in `doubts` why not, and opens a question.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from hashlib import sha256
from importlib.resources.abc import Traversable
from itertools import pairwise
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar

from pydantic import Field, create_model, model_validator

from libs.common.contracts.values import Jurisdiction
from libs.common.marked_yaml import Document, Problem
from libs.common.marked_yaml import InvalidDocument as InvalidLaw
from services.compliance.cel import Scalar
from services.compliance.facts import SHAPES
from services.compliance.facts.units import Shape
from services.compliance.template import in_words, plain_name
from services.compliance.words import CaseOfLaw, Words, cases_of, valued

Confidence: TypeAlias = Literal["high", "medium", "low"]
V = TypeVar("V", bound=Shape)

RESEARCH_REACH: Final = timedelta(days=365)
"""How long before its `as_of` a version without a researched start is still taken to hold."""


class Version(Shape, Generic[V]):
    """What a fact says between two dates, both inclusive, and where that is known from."""

    held_from: date | None = Field(alias="from")
    held_to: date | None = Field(alias="to")
    value: V | None
    source: str | None
    as_of: date | None
    confidence: Confidence
    verified: bool
    evidence: str | None
    why: str | None
    notes: str | None

    @model_validator(mode="after")
    def _says_why_nothing_is_known(self) -> "Version[V]":
        if (self.value is None) != bool(self.why):
            raise ValueError("`why` must be set exactly where `value` is null")
        if self.value is not None and not (self.source and self.as_of):
            raise ValueError("a value needs its `source` and `as_of`")
        if self.held_from and self.held_to and self.held_to < self.held_from:
            raise ValueError("`to` is before `from`")
        return self


@dataclass(frozen=True, slots=True)
class Fact:
    """What the law says on one day, as far as the pack knows.

    `held_from` None means that the start was not researched, `held_to` None that no end is known;
    both days belong to it. `mark` names exactly this version: it changes with any word of it, so
    that an answer about it is never taken for an answer about another. `words` are what a rule can
    read of the value, `cases` those of each case that the law tells apart.
    """

    name: str
    mark: str
    value: Shape | None = None
    source: str | None = None
    held_from: date | None = None
    held_to: date | None = None
    as_of: date | None = None
    confidence: Confidence = "low"
    verified: bool = False
    doubts: tuple[str, ...] = ()
    evidence: str | None = None
    notes: str | None = None
    words: Words = field(default_factory=dict[str, Scalar | None])
    cases: tuple[CaseOfLaw, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether a check may pass on it without asking anybody."""
        return self.value is not None and not self.doubts

    def in_words(self) -> str:
        """All that it says, in one line, each case of the law by itself."""
        told = [
            f"{plain_name(name)} = {in_words(value)}"
            for name, value in self.words.items()
            if value is not None
        ]
        for case in self.cases:
            told += [
                f"{plain_name(name)} ({case.when}) = {in_words(value)}"
                for name, value in case.words.items()
                if value is not None and name != "law.when"
            ]
        return "; ".join(told)


@dataclass(frozen=True, slots=True)
class Pack:
    """The law of one jurisdiction; `version` is its code and a digest of the file."""

    code: Jurisdiction
    name: str
    currency: str
    version: str
    facts: Mapping[str, tuple[Fact, ...]]

    def fact(self, name: str, day: date) -> Fact:
        """What the pack says about a fact on a day; a gap or an ended version is in doubt.

        Raises KeyError where no pack has such a fact.
        """
        begun = [f for f in self.facts[name] if f.held_from is None or f.held_from <= day]
        if not begun:
            doubt = f"the pack says nothing for {day}"
            return Fact(name=name, mark="none", doubts=(doubt,))
        today = tuple(_doubts_of_the_day(begun[-1], day))
        return replace(begun[-1], doubts=today + begun[-1].doubts) if today else begun[-1]


def load_pack(folder: Traversable, file: str) -> Pack:
    """Read one pack, such as `DE.yaml`; raises InvalidLaw with file and line of every problem."""
    return read_pack((folder / file).read_bytes(), f"{folder.name}/{file}")


def read_pack(content: bytes, name: str) -> Pack:
    """Read the text of a pack whose file has this name, such as `packs/DE.yaml`.

    Raises InvalidLaw with file and line of every problem.
    """
    document = Document.parse(name, content)
    file = name.rpartition("/")[2]
    read = document.read_as(_PACK_FILE)
    facts = {name: tuple(_versions(name, read, document)) for name in SHAPES}
    problems = [problem for name in SHAPES for problem in _disorder(name, facts[name], document)]
    if f"{read.code}.yaml" != file:
        problems.append(document.problem(f"the file must be called {read.code}.yaml", "code"))
    if problems:
        raise InvalidLaw(problems)
    version = f"{read.code}@{_digest(content)[:8]}"
    return Pack(read.code, read.name, read.currency, version, facts)


def _doubts_of_the_day(fact: Fact, day: date) -> Iterator[str]:
    if fact.held_to and fact.held_to < day:
        yield f"it ended on {fact.held_to}, and the pack does not say what came after"
    if fact.held_from is None and fact.as_of and day < fact.as_of - RESEARCH_REACH:
        yield f"its start was not researched, and {day} is long before {fact.as_of}"


def _versions(name: str, read: "_PackFile", document: Document) -> Iterator[Fact]:
    section, _, fact = name.partition(".")
    versions: tuple[Version[Shape], ...] = getattr(getattr(read.facts, section), fact)
    for version, written in zip(versions, document.data["facts"][section][fact], strict=True):
        digest = _digest(json.dumps(written, sort_keys=True).encode())
        yield Fact(
            name=name,
            mark=digest[:8],
            value=version.value,
            source=version.source,
            held_from=version.held_from,
            held_to=version.held_to,
            as_of=version.as_of,
            confidence=version.confidence,
            verified=version.verified,
            doubts=tuple(_doubts_on_any_day(version)),
            evidence=version.evidence,
            notes=version.notes,
            words=dict(valued("law", version.value)) if version.value else {},
            cases=cases_of(version.value) if version.value else (),
        )


def _doubts_on_any_day(version: Version[Shape]) -> Iterator[str]:
    if version.value is None:
        yield f"the pack does not know it: {version.why}"
        return
    if version.confidence == "low":
        yield "its confidence is low"
    if not version.verified:
        yield "it was not verified against a public page"


def _disorder(name: str, versions: tuple[Fact, ...], document: Document) -> Iterator[Problem]:
    """Each version that does not begin after the one before it has ended."""
    section, _, fact = name.partition(".")
    if not versions:
        yield document.problem("a fact needs at least one version", "facts", section, fact)
    for place, (before, this) in enumerate(pairwise(versions), start=1):
        if not (before.held_to and this.held_from and before.held_to < this.held_from):
            what = "must begin after the version before it has ended (oldest first)"
            yield document.problem(what, "facts", section, fact, place)


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()


class _PackFile(Shape):
    schema_: Literal[1] = Field(alias="schema")
    code: Jurisdiction
    name: str
    level: Literal["country", "subdivision"]
    parent: str | None
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    timezone_note: str
    overrides_note: str
    facts: Shape


def _sections() -> type[Shape]:
    """A model with one part a section and one list of versions a fact, as in `SHAPES`."""
    sections: dict[str, dict[str, Any]] = {}
    for name, shape in SHAPES.items():
        section, _, fact = name.partition(".")
        sections.setdefault(section, {})[fact] = (tuple[Version[shape], ...], ...)
    parts: dict[str, Any] = {
        section: (create_model(section, __base__=Shape, **facts), ...)
        for section, facts in sections.items()
    }
    return create_model("Facts", __base__=Shape, **parts)


_PACK_FILE: Final = create_model("PackFile", __base__=_PackFile, facts=(_sections(), ...))
