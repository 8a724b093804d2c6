"""One rule, one fact and one hire: what a finding is about, and what can be asked about it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from libs.common.contracts.compliance import Finding, LawInDoubt, Question
from libs.common.contracts.values import Owner, Profile
from services.compliance.answers import FORMAT_IN_WORDS, AnswerFormat
from services.compliance.pack import Fact, Pack
from services.compliance.rule import Rule
from services.compliance.template import in_words, plain_name
from services.compliance.words import CaseOfLaw, Words, words_of_score

YES_OR_NO: Final = FORMAT_IN_WORDS[AnswerFormat.YES_NO]


def mark(*parts: object) -> str:
    """A short name for exactly these things: it changes when any of them does."""
    return sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:8]


def listed(values: Mapping[str, str]) -> str:
    """Names and values in one line, as a person reads them: `deadline = 7 days; form = text`."""
    return "; ".join(f"{plain_name(name)} = {value}" for name, value in values.items())


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding, and what would make it known: answers on the hire, legal's word on the law."""

    finding: Finding
    questions: tuple[Question, ...] = ()
    awaits: tuple[LawInDoubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Matter:
    """A rule, the fact it reads as of the start, and the hire with its words."""

    rule: Rule
    pack: Pack
    fact: Fact
    profile: Profile
    hire: Words

    @property
    def words(self) -> Words:
        """Every word of the hire, of the law, and of what both come to."""
        scored = words_of_score(self.fact.value, self.hire)
        return {**self.hire, **self.fact.words, **scored}

    def inputs(self) -> dict[str, str]:
        """What the rule reads of the hire, as far as it was stated."""
        read = self.rule.words(self.pack.code)
        return {
            word: in_words(value)
            for word in read
            if word.startswith(("hire.", "terms.")) and (value := self.hire.get(word)) is not None
        }

    def law_says(self, cases: Iterable[CaseOfLaw]) -> dict[str, str]:
        """What the rule reads of the fact, and in which case of the law where it tells some."""
        return self._of_law(self.fact.words) | self._of_cases(cases)

    def _of_cases(self, cases: Iterable[CaseOfLaw]) -> dict[str, str]:
        return {
            f"{name} ({case.when})": value
            for case in cases
            for name, value in self._of_law(case.words).items()
        }

    def _of_law(self, values: Words) -> dict[str, str]:
        read = self.rule.words(self.pack.code)
        return {
            word.removeprefix("law."): in_words(value)
            for word in read
            if word.startswith("law.") and (value := values.get(word)) is not None
        }

    def ask_terms(self, missing: Iterable[str]) -> Iterator[Question]:
        """Ask the rule's owner for terms that were not stated."""
        for word in sorted(missing):
            ask = self.rule.written.asks[word]
            yield Question(
                id=word,
                rule=self.rule.id,
                ask=ask.ask,
                owner=ask.owner or self.rule.written.owner,
                answer_format=FORMAT_IN_WORDS[ask.answer],
                detail=self.rule.ask_details[word].render({**self.hire, **self.fact.words}),
            )

    def law_in_doubt(self) -> LawInDoubt:
        """What legal has to confirm of the fact itself, the same for every hire of the place.

        Any other text of the fact, and any other reason for doubt, is another matter.
        """
        fact, place = self.fact, self.pack.name
        about = mark(fact.mark, *fact.doubts)
        return LawInDoubt(
            matter=f"{self.pack.code}.{fact.name}.{about}",
            rule=self.rule.id,
            fact=fact.name,
            law=fact.source or "not in the pack",
            ask=f"Does {fact.source} hold in {place} as the law pack has it? Answer yes or no.",
            detail=f"The pack says: {fact.in_words().rstrip('.')}. {self._doubted()}",
        )

    def ask_about_unknown_law(self) -> Question:
        """Ask legal whether these terms satisfy a law that the pack does not know."""
        fact, day, place = self.fact, self.profile.starts_on, self.pack.name
        about = mark(mark(fact.mark, *fact.doubts), day, self.inputs())
        ask = f"Do the terms satisfy the law of {place} on {fact.name} as of {day}?"
        detail = f"The law pack does not tell it for {day}. {self._doubted()}"
        return self._ask_legal(f"law.{fact.name}@{self.pack.code}.{about}", ask, detail)

    def _doubted(self) -> str:
        return f"In doubt since {'; '.join(self.fact.doubts)}."

    def ask_judgement(self, why: str, cases: Iterable[CaseOfLaw]) -> Question:
        """Ask legal to judge what software cannot; the answer counts for these inputs only."""
        words = self.words
        told = listed(self._of_cases(cases)).rstrip(".")
        parts = (
            self.rule.to_weigh.render(words),
            f"Why a person judges: {why}" if why else "",
            f"The law's cases: {told}." if told else "",
        )
        about = mark(self.rule.id, self.fact.mark, self.profile.role, self.inputs())
        id_ = f"rule.{self.rule.id}@{self.pack.code}.{about}"
        return self._ask_legal(
            id_, self.rule.judgement.render(words), " ".join(filter(None, parts))
        )

    def _ask_legal(self, id_: str, ask: str, detail: str) -> Question:
        return Question(
            id=id_,
            rule=self.rule.id,
            ask=f"{ask} Answer yes or no.",
            owner=Owner.LEGAL,
            answer_format=YES_OR_NO,
            detail=detail,
        )
