"""What one rule says about one hire, under what the law says: met, not met, or why not known."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from libs.common.contracts.compliance import Outcome
from libs.common.contracts.values import Jurisdiction
from services.compliance.cel import Expression, Failed, Result, Scalar, Unknown
from services.compliance.facts.units import Case, Shape
from services.compliance.rule import Rule
from services.compliance.template import Template
from services.compliance.words import cases_of, tells_cases_apart, words_of_law

Words: TypeAlias = Mapping[str, Scalar | None]


@dataclass(frozen=True, slots=True)
class Ruling:
    """An outcome and its sentence; for an unknown one, what would make it known.

    `missing` are the terms that were not stated; `to_judge` is why a person has to judge.
    `cases` are those of the law that are, or may be, this hire's. Whether the rule applies at all
    can be what is missing: then `applies` is false.
    """

    outcome: Outcome
    says: str
    missing: frozenset[str] = frozenset()
    to_judge: str | None = None
    cases: tuple[Case, ...] = ()
    applies: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """The rule under one of the law's cases: whether the case is this hire's, and what follows."""

    case: Case | None
    words: Words
    falls_under: Result
    holds: Result


def rule_on(rule: Rule, code: Jurisdiction, hire: Words, law: Shape | None) -> Ruling | None:
    """Apply a rule; None where it does not apply.

    `hire` are the words of the hire, `law` is what the fact says, None where the pack does not
    know. Whether the fact may carry a check is not looked at here.
    """
    words = {**hire, **(words_of_law(law) if law else {})}
    applies = rule.applies.evaluate(words)
    if applies is False:
        return None
    if rule.free and rule.free.evaluate(words) is True:
        return Ruling(Outcome.MET, rule.when_free.render(words))
    if applies is not True:
        unknown = _unknown(rule, words, [applies])
        return replace(unknown, applies=not unknown.missing)
    if law is None or rule.requires is None:
        return _unknown(rule, words, [])
    readings = list(_readings(rule, rule.requires, code, hire, law))
    cases = tuple(reading.case for reading in readings if reading.case)
    return replace(_weigh(rule, code, words, readings), cases=cases)


def _readings(
    rule: Rule, requires: Expression, code: Jurisdiction, hire: Words, law: Shape
) -> Iterator[Reading]:
    """The rule under every case that is, or may be, this hire's."""
    cases: tuple[Case | None, ...] = cases_of(law) or (None,)
    conditions = rule.brackets.get(code, {})
    for case in cases:
        words = {**hire, **words_of_law(law, case)}
        condition = conditions.get(case.when) if case else None
        # A fact that tells cases apart but names none leaves the rule nothing to read.
        nothing_to_read = condition is None and tells_cases_apart(rule.written.fact)
        falls_under = condition.evaluate(words) if condition else not nothing_to_read
        if falls_under is not False:
            yield Reading(case, words, falls_under, _holds(rule, requires, words))


def _holds(rule: Rule, requires: Expression, words: Words) -> Result:
    if rule.judged_when and rule.judged_when.evaluate(words) is True:
        return Failed("Software cannot work this out")
    return requires.evaluate(words)


def _weigh(rule: Rule, code: Jurisdiction, words: Words, readings: list[Reading]) -> Ruling:
    """One outcome, if the rule comes out the same under every case that may be the hire's."""
    under = [reading.falls_under for reading in readings]
    holds = [reading.holds for reading in readings]
    if True not in under:
        return _unknown(rule, words, under)
    if all(answer is True for answer in holds):
        return Ruling(Outcome.MET, _say(rule.met, readings))
    if any(answer is not False for answer in holds):
        return _unknown(rule, words, [*under, *holds])
    if why := rule.written.judged_where.get(code):
        return Ruling(Outcome.UNKNOWN, rule.unknown.render(words), to_judge=f"{why}.")
    return Ruling(Outcome.NOT_MET, _say(rule.not_met, readings))


def _unknown(rule: Rule, words: Words, answers: Sequence[Result]) -> Ruling:
    """Ask for what was not stated; where nothing is missing, let a person judge."""
    absent = frozenset[str]().union(*(a.missing for a in answers if isinstance(a, Unknown)))
    terms = frozenset(word for word in absent if word.startswith("terms."))
    says = rule.unknown.render(words)
    if terms:
        return Ruling(Outcome.UNKNOWN, says, terms)
    reasons = [f"{answer.reason}." for answer in answers if isinstance(answer, Failed)]
    reasons += [f"The pack does not state {word}." for word in sorted(absent)]
    return Ruling(Outcome.UNKNOWN, says, to_judge=" ".join(dict.fromkeys(reasons)))


def _say(template: Template, readings: list[Reading]) -> str:
    """The sentence for every case that is the hire's, each told once."""
    sure = [reading for reading in readings if reading.falls_under is True]
    return " ".join(dict.fromkeys(template.render(reading.words) for reading in sure))
