"""The check of a hire: the law of its jurisdiction, rule by rule, held against its terms."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from libs.common.contracts.compliance import CheckDecided, Finding, Outcome, Question, Verdict
from libs.common.contracts.values import HireId, Owner, Profile
from services.compliance.law import Law
from services.compliance.matter import Judged, Matter
from services.compliance.ruling import Ruling, rule_on
from services.compliance.without_pack import judge_without_pack
from services.compliance.words import words_of_hire


def check_hire(
    law: Law, profile: Profile, confirmations: Mapping[str, bool], hire_id: HireId, version: int
) -> CheckDecided:
    """Decide whether a hire may go on under the law of its jurisdiction on the day it starts.

    `confirmations` are the answers of lawyers, by the id of the question. What is not known to be
    met leaves the hire in need of an answer, never clear.
    """
    judged = tuple(_judge_all(law, profile, confirmations))
    questions = {question.id: question for one in judged for question in one.questions}
    return CheckDecided(
        hire_id=hire_id,
        version=version,
        verdict=_verdict([one.finding.outcome for one in judged]),
        jurisdiction=profile.jurisdiction,
        pack_version=law.version(profile.jurisdiction),
        effective_on=profile.starts_on,
        findings=tuple(one.finding for one in judged),
        questions=tuple(questions.values()),
    )


def _verdict(outcomes: list[Outcome]) -> Verdict:
    if Outcome.NOT_MET in outcomes:
        return Verdict.BLOCKED
    if Outcome.UNKNOWN in outcomes or not outcomes:
        return Verdict.NEEDS
    return Verdict.CLEAR


def _judge_all(law: Law, profile: Profile, confirmations: Mapping[str, bool]) -> Iterator[Judged]:
    pack = law.packs.get(profile.jurisdiction)
    if pack is None:
        yield judge_without_pack(profile, confirmations)
        return
    hire = words_of_hire(profile)
    for rule in law.rules:
        fact = pack.fact(rule.written.fact, profile.starts_on)
        ruling = rule_on(rule, pack.code, hire, fact)
        if ruling is not None:
            yield _judge(Matter(rule, pack, fact, profile, hire), ruling, confirmations)


def _judge(matter: Matter, ruling: Ruling, confirmations: Mapping[str, bool]) -> Judged:
    """Let the law and the lawyers' answers decide what a ruling is worth."""
    if not ruling.applies:
        return _conclude(matter, ruling, list(matter.ask_terms(ruling.missing)))
    ruling, questions = _let_judge(matter, ruling, confirmations)
    if matter.fact.settled:
        return _conclude(matter, ruling, questions)
    asked = matter.ask_whether_law_holds(ruling.cases)
    confirmed = confirmations.get(asked.id)
    if confirmed is None:
        doubts = f"{'; '.join(matter.fact.doubts)}."
        says = f"{matter.rule.unknown.render(matter.hire)} The law itself is in doubt: {doubts}"
        doubtful = replace(ruling, outcome=Outcome.UNKNOWN, says=says)
        return _conclude(matter, doubtful, [asked, *questions])
    if not confirmed:
        return _denied(matter, ruling)
    if matter.fact.value is None:
        says = "Legal answered that the terms satisfy the law, which the pack does not tell."
        return _conclude(matter, Ruling(Outcome.MET, says), [], confirmed=True)
    return _conclude(matter, ruling, questions, confirmed=True)


def _let_judge(
    matter: Matter, ruling: Ruling, confirmations: Mapping[str, bool]
) -> tuple[Ruling, list[Question]]:
    """The ruling as a lawyer judged it, where software could not; else what is to be asked."""
    questions = list(matter.ask_terms(ruling.missing))
    if ruling.to_judge is None or matter.fact.value is None:
        return ruling, questions
    asked = matter.ask_judgement(ruling.to_judge, ruling.cases)
    judged = confirmations.get(asked.id)
    if judged is None:
        return ruling, [*questions, asked]
    outcome = Outcome.MET if judged else Outcome.NOT_MET
    says = f"Legal answered {'yes' if judged else 'no'} to: {asked.ask}"
    return replace(ruling, outcome=outcome, says=says), questions


def _denied(matter: Matter, ruling: Ruling) -> Judged:
    """A lawyer answered that the fact is not the law: nothing goes on before the pack is right."""
    fact = matter.fact
    says = f"Legal answered that {fact.source or fact.name} does not hold as the pack has it."
    if fact.value is None:
        says = "Legal answered that the terms do not satisfy the law, which the pack does not tell."
    judged = _conclude(
        matter, Ruling(Outcome.NOT_MET, says, cases=ruling.cases), [], confirmed=False
    )
    remedy = f"Correct {fact.name} in packs/{matter.pack.code}.yaml; the hire is then checked anew."
    return Judged(judged.finding.model_copy(update={"remedy": remedy, "owner": Owner.LEGAL}))


def _conclude(
    matter: Matter, ruling: Ruling, questions: list[Question], *, confirmed: bool | None = None
) -> Judged:
    fact = matter.fact
    remedy, owner = _way_out(matter, ruling, questions)
    finding = Finding(
        rule=matter.rule.id,
        outcome=ruling.outcome,
        says=ruling.says,
        fact=fact.name,
        law=fact.source or "not in the pack",
        law_says=matter.law_says(ruling.cases),
        held_from=fact.held_from,
        held_to=fact.held_to,
        as_of=fact.as_of,
        confidence=fact.confidence,
        verified=fact.verified,
        confirmed=confirmed,
        inputs=matter.inputs(),
        remedy=remedy,
        owner=owner,
    )
    return Judged(finding, tuple(questions))


def _way_out(
    matter: Matter, ruling: Ruling, questions: list[Question]
) -> tuple[str | None, Owner | None]:
    """What would resolve a finding, and whose turn it is; neither where there is nothing to do."""
    if ruling.outcome is Outcome.NOT_MET:
        return matter.rule.remedy.render(matter.hire), matter.rule.written.owner
    if ruling.outcome is Outcome.UNKNOWN:
        return f"Answer {', '.join(q.id for q in questions)}.", questions[0].owner
    return None, None
