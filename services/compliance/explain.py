"""A decision as plain text, for a lawyer who reads no code."""

from collections.abc import Iterator
from datetime import date
from textwrap import fill
from typing import Final

from libs.common.contracts.compliance import CheckDecided, Finding, Outcome, Question, Verdict

WIDTH: Final = 96
"""Characters on a line: fits a terminal and a printed page."""

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
    for number, finding in enumerate(decision.findings, start=1):
        yield ""
        yield from _finding(number, finding)
    if decision.questions:
        yield ""
        yield "Questions"
        for question in decision.questions:
            yield from _question(question)


def _finding(number: int, finding: Finding) -> Iterator[str]:
    yield f"{number}. {finding.rule}: {_OUTCOMES[finding.outcome]}"
    yield _paragraph("", finding.says)
    yield _paragraph("Law", f"{finding.law} ({finding.fact}), {_in_force(finding)}")
    yield _paragraph("It says", _listed(finding.law_says) or "nothing that software can read")
    yield _paragraph("Relied on", _reliance(finding))
    yield _paragraph("The hire", _listed(finding.inputs) or "nothing was stated")
    if finding.remedy:
        turn = f" ({finding.owner}'s turn)" if finding.owner else ""
        yield _paragraph("Way out", f"{finding.remedy}{turn}")


def _question(question: Question) -> Iterator[str]:
    yield _paragraph("To", f"{question.owner}, for the rule {question.rule}")
    yield _paragraph("", question.ask)
    yield _paragraph("Answer", f"{question.id}, by {question.answer_format}")


def _in_force(finding: Finding) -> str:
    since = _day(finding.held_from, "a day not researched")
    return f"in force from {since} to {_day(finding.held_to, 'no known end')}"


def _reliance(finding: Finding) -> str:
    """Why the law was relied on, or why not."""
    verified = "verified" if finding.verified else "not verified"
    known = _day(finding.as_of, "no day")
    pack = f"{verified}, confidence {finding.confidence or 'none'}, as of {known}"
    if finding.confirmed is None:
        return pack
    return f"{pack}; legal answered that it {'holds' if finding.confirmed else 'does not hold'}"


def _day(day: date | None, otherwise: str) -> str:
    return day.isoformat() if day else otherwise


def _listed(values: dict[str, str]) -> str:
    return "; ".join(f"{name} = {value}" for name, value in values.items())


def _paragraph(label: str, text: str) -> str:
    return fill(text, WIDTH, initial_indent=f"   {label:<11}", subsequent_indent=" " * 14)
