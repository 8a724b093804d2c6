"""The check of a hire: the law of its jurisdiction, rule by rule, held against its terms."""

from collections.abc import Iterator
from dataclasses import replace

from libs.common.contracts.compliance import (
    CheckDecided,
    Finding,
    LawConfirmation,
    LawInDoubt,
    Outcome,
    Question,
    Verdict,
)
from libs.common.contracts.values import HireId, Owner, Profile
from services.compliance.heard import Heard
from services.compliance.law import Law
from services.compliance.matter import Judged, Matter, mark
from services.compliance.ruling import Ruling, rule_on
from services.compliance.without_pack import judge_without_pack
from services.compliance.words import words_of_hire


def check_hire(
    law: Law, profile: Profile, heard: Heard, hire_id: HireId, version: int
) -> CheckDecided:
    """Decide whether a hire may go on under the law of its jurisdiction on the day it starts.

    What is not known to be met leaves the hire in need of an answer, never clear.
    """
    judged = tuple(_waived(one, heard) for one in _judge_all(law, profile, heard))
    questions = {question.id: question for one in judged for question in one.questions}
    awaits = {doubt.matter: doubt for one in judged for doubt in one.awaits}
    return CheckDecided(
        hire_id=hire_id,
        version=version,
        verdict=_verdict([one.finding for one in judged]),
        jurisdiction=profile.jurisdiction,
        pack_version=law.version(profile.jurisdiction),
        effective_on=profile.starts_on,
        findings=tuple(one.finding for one in judged),
        questions=tuple(questions.values()),
        awaits=tuple(awaits.values()),
    )


def _verdict(findings: list[Finding]) -> Verdict:
    if any(finding.stands_in_the_way for finding in findings):
        return Verdict.BLOCKED
    open_ = [f for f in findings if f.outcome is Outcome.UNKNOWN and f.waiver is None]
    return Verdict.NEEDS if open_ or not findings else Verdict.CLEAR


def _waived(judged: Judged, heard: Heard) -> Judged:
    """Name the finding, and take a waiver of it into account: then nobody is asked about it."""
    found = judged.finding
    named = found.model_copy(update={"mark": finding_mark(found)})
    if found.outcome is Outcome.MET:
        return replace(judged, finding=named)
    waiver = heard.waiver_of(named.rule, named.mark)
    if waiver is None:
        return replace(judged, finding=named)
    return Judged(named.model_copy(update={"waiver": waiver}))


def finding_mark(found: Finding) -> str:
    """A short name for exactly this finding: other law, other inputs, another outcome, another."""
    inputs = sorted(found.inputs.items())
    return mark(found.rule, found.outcome, found.law, found.held_from, found.law_says, inputs)


def _judge_all(law: Law, profile: Profile, heard: Heard) -> Iterator[Judged]:
    pack = law.packs.get(profile.jurisdiction)
    if pack is None:
        yield judge_without_pack(profile, heard.judgements)
        return
    hire = words_of_hire(profile)
    for rule in law.rules:
        fact = pack.fact(rule.written.fact, profile.starts_on)
        ruling = rule_on(rule, pack.code, hire, fact)
        if ruling is not None:
            yield _judge(Matter(rule, pack, fact, profile, hire), ruling, heard)


def _judge(matter: Matter, ruling: Ruling, heard: Heard) -> Judged:
    """Let the law and the lawyers' answers decide what a ruling is worth."""
    if not ruling.applies:
        return _conclude(matter, ruling, list(matter.ask_terms(ruling.missing)))
    if matter.fact.value is None:
        return _judge_unknown_law(matter, ruling, heard)
    ruling, questions = _let_judge(matter, ruling, heard)
    if matter.fact.settled:
        return _conclude(matter, ruling, questions)
    doubt = matter.law_in_doubt()
    said = heard.on_law(doubt.matter, matter.profile.starts_on)
    if said is None:
        doubts = f"{'; '.join(matter.fact.doubts)}."
        says = f"{matter.rule.unknown.render(matter.words)} The law itself is in doubt: {doubts}"
        doubtful = replace(ruling, outcome=Outcome.UNKNOWN, says=says)
        return _conclude(matter, doubtful, questions, awaits=(doubt,))
    if not said.holds:
        return _denied(matter, ruling, said)
    return _conclude(matter, ruling, questions, said=said)


def _let_judge(matter: Matter, ruling: Ruling, heard: Heard) -> tuple[Ruling, list[Question]]:
    """The ruling as a lawyer judged it, where software could not; else what is to be asked."""
    questions = list(matter.ask_terms(ruling.missing))
    if ruling.to_judge is None:
        return ruling, questions
    asked = matter.ask_judgement(ruling.to_judge, ruling.cases)
    judged = heard.judgements.get(asked.id)
    if judged is None:
        return ruling, [*questions, asked]
    outcome = Outcome.MET if judged else Outcome.NOT_MET
    says = f"Legal answered {'yes' if judged else 'no'} to: {asked.ask}"
    return replace(ruling, outcome=outcome, says=says), questions


def _judge_unknown_law(matter: Matter, ruling: Ruling, heard: Heard) -> Judged:
    """A law that the pack does not know is judged by legal, for exactly these terms."""
    asked = matter.ask_about_unknown_law()
    answer = heard.judgements.get(asked.id)
    if answer is None:
        doubts = f"{'; '.join(matter.fact.doubts)}."
        says = f"{matter.rule.unknown.render(matter.words)} The law itself is in doubt: {doubts}"
        questions = [asked, *matter.ask_terms(ruling.missing)]
        return _conclude(matter, replace(ruling, outcome=Outcome.UNKNOWN, says=says), questions)
    does = "satisfy" if answer else "do not satisfy"
    says = f"Legal answered that the terms {does} the law, which the pack does not tell."
    outcome = Outcome.MET if answer else Outcome.NOT_MET
    judged = _conclude(matter, Ruling(outcome, says, cases=ruling.cases), [])
    found = judged.finding.model_copy(update={"confirmed": answer})
    return Judged(found if answer else _for_legal_to_correct(matter, found))


def _denied(matter: Matter, ruling: Ruling, said: LawConfirmation) -> Judged:
    """A lawyer answered that the fact is not the law: nothing goes on before the pack is right."""
    says = f"Legal answered that {matter.fact.source} does not hold as the pack has it."
    denied = Ruling(Outcome.NOT_MET, says, cases=ruling.cases)
    judged = _conclude(matter, denied, [], said=said)
    return Judged(_for_legal_to_correct(matter, judged.finding))


def _for_legal_to_correct(matter: Matter, found: Finding) -> Finding:
    where = f"packs/{matter.pack.code}.yaml"
    remedy = f"Correct {matter.fact.name} in {where}; the hire is then checked anew."
    return found.model_copy(update={"remedy": remedy, "owner": Owner.LEGAL})


def _conclude(
    matter: Matter,
    ruling: Ruling,
    questions: list[Question],
    *,
    awaits: tuple[LawInDoubt, ...] = (),
    said: LawConfirmation | None = None,
) -> Judged:
    fact = matter.fact
    remedy, owner = _way_out(matter, ruling, questions, awaits)
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
        confirmed=None if said is None else said.holds,
        confirmation=said,
        inputs=matter.inputs(),
        remedy=remedy,
        owner=owner,
    )
    return Judged(finding, tuple(questions), awaits)


def _way_out(
    matter: Matter,
    ruling: Ruling,
    questions: list[Question],
    awaits: tuple[LawInDoubt, ...],
) -> tuple[str | None, Owner | None]:
    """What would resolve a finding, and whose turn it is; neither where there is nothing to do."""
    if ruling.outcome is Outcome.NOT_MET:
        return matter.rule.remedy.render(matter.words), matter.rule.written.owner
    if ruling.outcome is Outcome.MET:
        return None, None
    steps = [f"Legal confirms {doubt.matter}, once for all hires." for doubt in awaits]
    if questions:
        steps.append(f"Answer {', '.join(q.id for q in questions)}.")
    owner = questions[0].owner if questions else Owner.LEGAL
    return " ".join(steps), owner
