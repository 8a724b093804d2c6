"""One rule, one fact and one hire: what a finding is about, and what can be asked about it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from libs.common.contracts.compliance import Finding, Question
from libs.common.contracts.values import Owner, Profile
from services.compliance.answers import FORMAT_IN_WORDS, AnswerFormat
from services.compliance.facts.units import Case
from services.compliance.pack import Fact, Pack
from services.compliance.rule import Rule
from services.compliance.ruling import Words
from services.compliance.template import in_words
from services.compliance.words import words_of_law

YES_OR_NO: Final = FORMAT_IN_WORDS[AnswerFormat.YES_NO]


def mark(*parts: object) -> str:
    """A short name for exactly these things: it changes when any of them does."""
    return sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding, and the questions whose answers would make it known."""

    finding: Finding
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Matter:
    """A rule, the fact it reads as of the start, and the hire with its words."""

    rule: Rule
    pack: Pack
    fact: Fact
    profile: Profile
    hire: Words

    def inputs(self) -> dict[str, str]:
        """What the rule reads of the hire, as far as it was stated."""
        read = sorted(self.rule.words(self.pack.code) | self.rule.judgement.words)
        return {
            word: in_words(value)
            for word in read
            if word.startswith(("hire.", "terms.")) and (value := self.hire.get(word)) is not None
        }

    def law_says(self, cases: Iterable[Case]) -> dict[str, str]:
        """What the rule reads of the fact, and in which case of the law where it tells some."""
        if self.fact.value is None:
            return {}
        plain = words_of_law(self.fact.value)
        says = {word: in_words(v) for word in self._of_law() if (v := plain.get(word)) is not None}
        for case in cases:
            words = words_of_law(self.fact.value, case)
            says |= {
                f"{word} ({case.when})": in_words(v)
                for word in self._of_law()
                if word not in plain and (v := words.get(word)) is not None
            }
        return says

    def _of_law(self) -> list[str]:
        words = self.rule.words(self.pack.code) | self.rule.judgement.words
        return sorted(word for word in words if word.startswith("law.") and word != "law.when")

    def ask_terms(self, missing: Iterable[str]) -> Iterator[Question]:
        """Ask the rule's owner for terms that were not stated."""
        for word in sorted(missing):
            ask = self.rule.written.asks[word]
            yield Question(
                id=word,
                rule=self.rule.id,
                ask=ask.ask,
                owner=self.rule.written.owner,
                answer_format=FORMAT_IN_WORDS[ask.answer],
            )

    def ask_whether_law_holds(self, cases: Iterable[Case]) -> Question:
        """Ask legal whether a fact in doubt is the law; the answer counts for this version only."""
        fact, day = self.fact, self.profile.starts_on
        doubts = "; ".join(fact.doubts)
        says = ", ".join(f"{word}: {value}" for word, value in self.law_says(cases).items())
        about = mark(fact.mark, *fact.doubts)
        if fact.value is None:
            about = mark(about, day, self.inputs())
            ask = (
                f"The law pack of {self.pack.name} does not tell {fact.name} for {day} ({doubts}). "
                f"Do the terms of this hire satisfy the law there? Answer yes or no."
            )
        else:
            ask = (
                f"Does {fact.source} still hold on {day} as the law pack of {self.pack.name} has "
                f"it ({says})? In doubt since {doubts}. Answer yes or no."
            )
        return self._ask_legal(f"law.{fact.name}@{self.pack.code}.{about}", ask)

    def ask_judgement(self, why: str) -> Question:
        """Ask legal to judge what software cannot; the answer counts for these inputs only."""
        ask = self.rule.judgement.render({**self.hire, **self._law_words()})
        about = mark(self.rule.id, self.fact.mark, self.profile.role, self.inputs())
        id_ = f"rule.{self.rule.id}@{self.pack.code}.{about}"
        return self._ask_legal(id_, " ".join(filter(None, (ask, why, "Answer yes or no."))))

    def _law_words(self) -> Words:
        return words_of_law(self.fact.value) if self.fact.value else {}

    def _ask_legal(self, id_: str, ask: str) -> Question:
        return Question(
            id=id_, rule=self.rule.id, ask=ask, owner=Owner.LEGAL, answer_format=YES_OR_NO
        )
