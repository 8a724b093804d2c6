"""A law pack as plain text, for a lawyer who reads no YAML."""

from collections.abc import Iterable, Iterator, Mapping

from services.compliance.law_question import LawQuestion
from services.compliance.pack import Fact, Pack
from services.compliance.printed import paragraph


def pack_text(
    pack: Pack, version: str, questions: Iterable[LawQuestion], waiting: Mapping[str, int]
) -> str:
    """Every fact with its law, dates and standing, and what legal was asked of it.

    `waiting` says how many hires hang on each matter.
    """
    asked: dict[str, list[LawQuestion]] = {}
    for question in questions:
        asked.setdefault(question.doubt.fact, []).append(question)
    lines = [f"The law of {pack.name} ({pack.code})", f"Version: {version}"]
    for name, versions in pack.facts.items():
        lines += ["", name]
        for fact in versions:
            lines += _fact(fact)
        for question in asked.get(name, []):
            lines += _question(question, waiting.get(question.doubt.matter, 0))
    return "\n".join(lines) + "\n"


def _fact(fact: Fact) -> Iterator[str]:
    yield paragraph("Law", fact.source or "not known")
    since = fact.held_from or "a day that was not researched"
    yield paragraph("In force", f"from {since} to {fact.held_to or 'no known end'}")
    if fact.value is not None:
        yield paragraph("It says", fact.in_words() or "nothing that a rule reads")
    verified = "verified" if fact.verified else "not verified"
    yield paragraph("Relied on", f"{verified}, confidence {fact.confidence}, as of {fact.as_of}")
    if fact.evidence:
        yield paragraph("Evidence", fact.evidence)
    if fact.notes:
        yield paragraph("Note", fact.notes)
    if fact.doubts:
        yield paragraph("In doubt", "; ".join(fact.doubts))


def _question(question: LawQuestion, hires: int) -> Iterator[str]:
    for_whom = f"{hires} hires, starts up to {question.needed_on}"
    yield paragraph("Asked", f"{question.doubt.matter}, for {for_whom}")
    if question.answer is None:
        yield paragraph("Answer", "none yet")
        return
    said, does = question.answer, "holds" if question.answer.holds else "does not hold"
    found = f" Evidence: {said.evidence}" if said.evidence else ""
    told = f"{said.by} said on {said.answered_at.date()} that it {does}, until {said.until}.{found}"
    yield paragraph("Answer", told)
