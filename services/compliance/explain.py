"""A decision as plain text, for a lawyer who reads no code."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from libs.common.contracts.compliance import (
    CheckDecided,
    Finding,
    LawInDoubt,
    Outcome,
    Question,
    Verdict,
)
from services.compliance.matter import listed
from services.compliance.printed import paragraph

_VERDICTS: Final = {
    Verdict.CLEAR: "CLEAR, every rule is met",
    Verdict.NEEDS: "NEEDS AN ANSWER, no rule is broken but not all is known",
    Verdict.BLOCKED: "BLOCKED, a rule is not met",
}
_OUTCOMES: Final = {Outcome.MET: "met", Outcome.NOT_MET: "NOT MET", Outcome.UNKNOWN: "UNKNOWN"}


def explain(decision: CheckDecided) -> str:
    """Everything a decision rests on: each rule, its law with dates, its inputs and the way out."""
    return "\n".join(_lines(decision)) + "\n"


def _lines(decision: CheckDecided) -> Iterator[str]:
    yield f"Hire {decision.hire_id}, decision {decision.version}"
    yield f"Verdict:    {_VERDICTS[decision.verdict]}"
    yield f"Law of:     {decision.jurisdiction}, as of the start on {decision.effective_on}"
    yield f"Law packs:  {decision.pack_version}"
    yield f"Rules:      {_count(decision)}"
    pressing = sorted(decision.findings, key=_rank)
    for number, finding in enumerate(pressing, start=1):
        yield ""
        yield from _finding(number, finding)
    if decision.questions:
        yield ""
        yield "Questions"
        for question in decision.questions:
            yield from _question(question)
    if decision.awaits:
        yield ""
        yield "Legal is asked about the law, once for all hires"
        for doubt in decision.awaits:
            yield from _doubt(doubt)


def _count(decision: CheckDecided) -> str:
    """How many rules came out how, what stands in the way first."""
    found = [finding.outcome for finding in decision.findings]
    order = (Outcome.NOT_MET, Outcome.UNKNOWN, Outcome.MET)
    told = [f"{found.count(each)} {_OUTCOMES[each].lower()}" for each in order if each in found]
    waived = sum(finding.waiver is not None for finding in decision.findings)
    return ", ".join(told) + (f"; {waived} waived" if waived else "")


def _rank(finding: Finding) -> int:
    """What stands in the way, then what is not known, then what is met."""
    if finding.stands_in_the_way:
        return 0
    return 1 if finding.outcome is Outcome.UNKNOWN else 2


def _finding(number: int, finding: Finding) -> Iterator[str]:
    yield f"{number}. {finding.rule}: {_OUTCOMES[finding.outcome]}"
    yield paragraph("", finding.says)
    yield paragraph("Law", f"{finding.law} ({finding.fact})")
    if finding.as_of:
        yield paragraph("In force", _in_force(finding))
        yield paragraph("Relied on", _reliance(finding, finding.as_of))
    if finding.law_says:
        yield paragraph("It says", listed(finding.law_says))
    yield paragraph("The hire", listed(finding.inputs) or "nothing that the rule reads was stated")
    if finding.waiver:
        waiver = finding.waiver
        yield paragraph("Waived", f"by {waiver.by} ({waiver.role}) until the end of {waiver.until}")
        yield paragraph("", waiver.reason)
    if finding.remedy:
        turn = f" ({finding.owner}'s turn)" if finding.owner else ""
        yield paragraph("Way out", f"{finding.remedy}{turn}")


def _question(question: Question) -> Iterator[str]:
    yield paragraph("To", f"{question.owner}, for the rule {question.rule}")
    yield paragraph("", question.ask)
    if question.detail:
        yield paragraph("", question.detail)
    yield paragraph("Answer", f"{question.id}, by {question.answer_format}")


def _doubt(doubt: LawInDoubt) -> Iterator[str]:
    yield paragraph("To", f"{doubt.owner}, for the rule {doubt.rule}")
    yield paragraph("", doubt.ask)
    yield paragraph("", doubt.detail)
    yield paragraph("Answer", f"farhand law answer {doubt.matter} yes|no --by WHO")


def _in_force(finding: Finding) -> str:
    since = finding.held_from or "a day that was not researched"
    return f"from {since} to {finding.held_to or 'no known end'}"


def _reliance(finding: Finding, as_of: date) -> str:
    """Why the law was relied on, or why not."""
    verified = "verified" if finding.verified else "not verified"
    pack = f"{verified}, confidence {finding.confidence}, as of {as_of}"
    if finding.confirmed is None:
        return pack
    told = f"{pack}; legal answered that it {'holds' if finding.confirmed else 'does not hold'}"
    said = finding.confirmation
    if said is None:
        return told
    found = f", having seen: {said.evidence}" if said.evidence else ""
    return f"{told} ({said.by} on {said.answered_at.date()}, for starts up to {said.until}{found})"
