"""What one rule says about one hire, under what the law says: met, not met, or why not known."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from libs.common.contracts.compliance import Outcome
from libs.common.contracts.values import Jurisdiction
from services.compliance.cel import Expression, Failed, Result, Unknown
from services.compliance.pack import Fact
from services.compliance.rule import Rule
from services.compliance.template import Template
from services.compliance.words import CaseOfLaw, Words, tells_cases_apart, words_of_score


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
    cases: tuple[CaseOfLaw, ...] = ()
    applies: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """The rule under one of the law's cases: whether the case is this hire's, and what follows."""

    case: CaseOfLaw | None
    words: Words
    falls_under: Result
    holds: Result


def rule_on(rule: Rule, code: Jurisdiction, hire: Words, fact: Fact) -> Ruling | None:
    """Apply a rule; None where it does not apply.

    `hire` are the words of the hire. Whether the fact may carry a check is not looked at here.
    """
    words = {**hire, **fact.words, **words_of_score(fact.value, hire)}
    applies = rule.applies.evaluate(words)
    if applies is False:
        return None
    # Law in doubt is not asked about before it is known whether the rule applies.
    is_free = rule.free and rule.free.evaluate(words) is True
    if is_free and (applies is True or fact.settled):
        return Ruling(Outcome.MET, rule.when_free.render(words))
    if applies is not True:
        unknown = _unknown(rule, words, [applies])
        return replace(unknown, applies=not unknown.missing)
    if fact.value is None or rule.requires is None:
        return _unknown(rule, words, [])
    readings = list(_readings(rule, rule.requires, code, words, fact.cases))
    cases = tuple(reading.case for reading in readings if reading.case)
    return replace(_weigh(rule, code, words, readings), cases=cases)


def _readings(
    rule: Rule,
    requires: Expression,
    code: Jurisdiction,
    words: Words,
    cases: Sequence[CaseOfLaw],
) -> Iterator[Reading]:
    """The rule under every case that is, or may be, this hire's."""
    if not tells_cases_apart(rule.written.fact):
        yield Reading(None, words, True, _holds(rule, requires, words))  # noqa: FBT003  # its answer
    for case in cases:
        under = {**words, **case.words}
        falls_under = rule.brackets[code][case.when].evaluate(under)
        if falls_under is not False:
            yield Reading(case, under, falls_under, _holds(rule, requires, under))


def _holds(rule: Rule, requires: Expression, words: Words) -> Result:
    """Whether the requirement holds; where a person must judge, they get to see every input."""
    holds = requires.evaluate(words)
    stated = not isinstance(holds, Unknown) or not _terms(holds.missing)
    if stated and rule.judged_when and rule.judged_when.evaluate(words) is True:
        return Failed("Software cannot work this out")
    return holds


def _terms(words: frozenset[str]) -> frozenset[str]:
    return frozenset(word for word in words if word.startswith("terms."))


def _weigh(rule: Rule, code: Jurisdiction, words: Words, readings: list[Reading]) -> Ruling:
    """One outcome, if the rule comes out the same under every case that may be the hire's."""
    under = [reading.falls_under for reading in readings]
    holds = [reading.holds for reading in readings]
    if True not in under:
        return _unknown(rule, words, [*under, *holds])
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
    says = rule.unknown.render(words)
    if terms := _terms(absent):
        return Ruling(Outcome.UNKNOWN, says, terms)
    reasons = [f"{answer.reason}." for answer in answers if isinstance(answer, Failed)]
    reasons += [f"The pack does not state {word}." for word in sorted(absent)]
    return Ruling(Outcome.UNKNOWN, says, to_judge=" ".join(dict.fromkeys(reasons)))


def _say(template: Template, readings: list[Reading]) -> str:
    """The sentence for every case that is the hire's, each told once."""
    sure = [reading for reading in readings if reading.falls_under is True]
    return " ".join(dict.fromkeys(template.render(reading.words) for reading in sure))
