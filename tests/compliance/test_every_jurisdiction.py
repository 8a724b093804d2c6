"""Each of the eighteen jurisdictions decides each engagement, and lets no doubtful law pass."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from libs.common.contracts.compliance import CheckDecided, Finding, Outcome, Verdict
from libs.common.contracts.values import Engagement, Profile
from services.compliance.explain import explain
from services.compliance.law import Law
from services.compliance.pack import Fact
from tests.compliance.hires import LAW, START, check, profile, stated
from tests.compliance.test_decisions import COMPLETE
from tests.compliance.test_misclassification import of_side

CODES = sorted(LAW.packs)
EVERYWHERE = [
    pytest.param(code, engagement, id=f"{code} {engagement}")
    for code in CODES
    for engagement in Engagement
]
RULES = sorted(rule.id for rule in LAW.rules)


def lawful(code: str, engagement: str) -> Profile:
    """Terms that satisfy most laws, so that what stands in the way is the doubt."""
    terms: dict[str, Any] = stated(
        COMPLETE,
        weekly_hours="35",
        yearly_pay_floor="9000000",
        data_stored_in=code,
        eor_licensed=True,
        assignment_ends_on=START + timedelta(days=100),
        contractor_signs=of_side(code, "contractor"),
        pay_currency=LAW.packs[code].currency,
    )
    return profile(code, engagement=engagement, **terms)


@pytest.mark.parametrize(("code", "engagement"), EVERYWHERE)
def test_a_lawyer_can_follow_each_finding_to_the_law(code: str, engagement: str) -> None:
    for hire in (lawful(code, engagement), profile(code, engagement=engagement)):
        decision = check(hire)
        assert decision.findings
        assert code in decision.pack_version
        told = explain(decision)
        for found in decision.findings:
            follow(found, LAW.packs[code].fact(found.fact, START), told)


def follow(found: Finding, fact: Fact, told: str) -> None:
    """Rule, fact, law, dates, inputs and the way out are all there, and printed."""
    assert found.says
    assert "not computable" not in found.says
    assert found.law == (fact.source or "not in the pack")
    assert (found.held_from, found.held_to) == (fact.held_from, fact.held_to)
    assert found.as_of is not None or fact.value is None
    assert found.inputs or "nothing that the rule reads was stated" in told
    assert f". {found.rule}: " in told
    if found.outcome is Outcome.MET:
        assert fact.settled
    else:
        assert found.owner
        assert found.remedy


@pytest.mark.parametrize(("code", "engagement"), EVERYWHERE)
def test_whoever_answers_everything_comes_to_a_verdict(code: str, engagement: str) -> None:
    hire = lawful(code, engagement)
    answers: dict[str, bool] = {}
    for _ in range(4):
        decision = check(hire, answers)
        answers |= {doubt.matter: True for doubt in decision.awaits}
        answers |= {q.id: True for q in decision.questions if not q.id.startswith("terms.")}
    assert check(hire, answers).verdict is not Verdict.NEEDS
    assert check(hire).verdict is not Verdict.CLEAR or not check(hire).awaits


DOUBTS = ("missing", "lapsed", "unverified", "low")


def doubtful(fact: Fact, doubt: str) -> Fact:
    """A fact as a pack would hold it, had it this flaw."""
    match doubt:
        case "missing":
            unknown = "the pack does not know it: not found"
            return Fact(name=fact.name, mark="0a2661c4", doubts=(unknown,))
        case "lapsed":
            return replace(fact, held_to=START - timedelta(days=1))
        case "unverified":
            return replace(fact, verified=False, doubts=("it was not verified",))
        case _:
            return replace(fact, confidence="low", doubts=("its confidence is low",))


def law_in_doubt(code: str, doubt: str, fact: str | None = None) -> Law:
    """The law of the house, had the facts of a place, or one of them, this flaw."""
    pack = LAW.packs[code]
    facts = {
        name: tuple(doubtful(f, doubt) for f in versions) if fact in (None, name) else versions
        for name, versions in pack.facts.items()
    }
    return replace(LAW, packs={**LAW.packs, code: replace(pack, facts=facts)})


@pytest.mark.parametrize("doubt", DOUBTS)
@pytest.mark.parametrize(("code", "engagement"), EVERYWHERE)
def test_law_in_doubt_never_passes_silently(code: str, engagement: str, doubt: str) -> None:
    hire = lawful(code, engagement)
    decision = check(hire, law=law_in_doubt(code, doubt))
    assert decision.verdict is Verdict.NEEDS
    assert all(found.outcome is Outcome.UNKNOWN for found in decision.findings)
    assert {found.rule for found in decision.findings} == set(rules_in_doubt(decision))


def rules_in_doubt(decision: CheckDecided) -> Iterator[str]:
    """The rules whose findings say that the law is in doubt, and whom they wait for."""
    for found in decision.findings:
        asked = [doubt.matter for doubt in decision.awaits if doubt.fact == found.fact]
        asked += [q.id for q in decision.questions if q.id.startswith(f"law.{found.fact}@")]
        if "law itself is in doubt" in found.says and asked:
            yield found.rule


@pytest.mark.parametrize("doubt", DOUBTS)
@pytest.mark.parametrize("rule", RULES)
def test_one_fact_in_doubt_holds_up_the_rule_that_reads_it(rule: str, doubt: str) -> None:
    """Portugal, with every other fact confirmed by legal."""
    [fact] = [each.written.fact for each in LAW.rules if each.id == rule]
    law = law_in_doubt("PT", doubt, fact)
    for engagement in Engagement:
        hire = lawful("PT", engagement)
        confirmed = {d.matter: True for d in check(hire).awaits}
        decision = check(hire, confirmed, law)
        for found in decision.findings:
            if found.rule == rule:
                assert found.outcome is Outcome.UNKNOWN
            elif found.fact != fact:
                assert found.outcome is Outcome.MET


def test_a_day_long_before_the_research_never_passes() -> None:
    decision = check(profile("DE", date(2015, 3, 2), **COMPLETE))
    assert decision.verdict is Verdict.NEEDS
