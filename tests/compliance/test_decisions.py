"""What the law says about a hire: each case names the law it stands for.

Where the pack's fact was not verified, the outcome is the one after legal has confirmed it.
"""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from libs.common.contracts.compliance import Verdict
from libs.common.contracts.values import Engagement, Owner
from services.compliance.decisions import check_hire
from services.compliance.heard import Heard
from services.compliance.law import Law
from services.compliance.pack import Fact
from tests.compliance.hires import (
    HIRE,
    LAW,
    START,
    asked,
    check,
    confirmed,
    finding,
    law_confirmed,
    outcome,
    profile,
    stated,
)

OPEN: dict[str, Any] = {"contract_kind": "open_ended"}
FIXED: dict[str, Any] = {"contract_kind": "fixed_term"}


@pytest.mark.parametrize(
    ("code", "terms", "expected"),
    [
        pytest.param("DE", {**OPEN, "probation": "P6M"}, "met", id="DE six months"),
        pytest.param("DE", {**OPEN, "probation": "P180D"}, "met",
                     id="DE 180 days end before six months do"),
        pytest.param("DE", {**OPEN, "probation": "P183D"}, "not_met",
                     id="DE 183 days from 1 December end after six months do"),
        pytest.param("DE", {**OPEN, "probation": "P7M"}, "not_met", id="DE seven months"),
        pytest.param("DE", {**OPEN, "probation": "P0D"}, "met", id="DE none"),
        pytest.param("DE", {**OPEN}, "unknown", id="DE not stated"),
        pytest.param("DE", {"probation": "P3M"}, "unknown", id="DE kind of contract not stated"),
        pytest.param("DE", {**FIXED, "probation": "P3M"}, "unknown",
                     id="DE fixed term: in proportion, for a person to judge"),
        pytest.param("DE", {**FIXED, "probation": "P0D"}, "met", id="DE fixed term, none"),
        pytest.param("PT", {**OPEN, "position": "general", "probation": "P90D"}, "met",
                     id="PT general post, 90 days"),
        pytest.param("PT", {**OPEN, "position": "general", "probation": "P3M"}, "met",
                     id="PT three months from 1 December are 90 days"),
        pytest.param("PT", {**OPEN, "position": "general", "probation": "P120D"}, "unknown",
                     id="PT over 90 days only for a first job: a person judges"),
        pytest.param("PT", {**OPEN, "position": "general", "probation": "P12M"}, "not_met",
                     id="PT twelve months are too long for every case"),
        pytest.param("PT", {**OPEN, "position": "technical", "probation": "P180D"}, "met",
                     id="PT technical post, 180 days"),
        pytest.param("PT", {**OPEN, "position": "technical", "probation": "P6M"}, "not_met",
                     id="PT six months are not 180 days"),
        pytest.param("PT", {**OPEN, "position": "management", "probation": "P240D"}, "met",
                     id="PT management, 240 days"),
        pytest.param("PT", {**FIXED, "probation": "P15D"}, "met",
                     id="PT fixed term of any length, 15 days"),
        pytest.param("PT", {**FIXED, "probation": "P30D"}, "unknown",
                     id="PT fixed term, 30 days: how long the term is, is not known"),
        pytest.param("PT", {**FIXED, "probation": "P31D"}, "not_met",
                     id="PT fixed term, over 30 days"),
        pytest.param("PT", {"probation": "P12M"}, "unknown",
                     id="PT nothing known of contract and post"),
        pytest.param("US-CA", {}, "met", id="US-CA no longest probation, whatever is agreed"),
        pytest.param("NL", {**OPEN, "probation": "P2M"}, "met", id="NL two months"),
        pytest.param("NL", {**OPEN, "probation": "P63D"}, "not_met", id="NL one day too long"),
        pytest.param("NL", {**FIXED, "probation": "P1D"}, "unknown",
                     id="NL none in a fixed term of up to six months"),
        pytest.param("IE", {**OPEN, "probation": "P9M"}, "unknown", id="IE exceptional beyond 6"),
        pytest.param("BR", {"probation": "P90D"}, "met", id="BR 90 days"),
        pytest.param("BR", {"probation": "P3M"}, "met", id="BR 1 December to 28 February"),
        pytest.param("FR", {**FIXED, "position": "general", "probation": "P1M"}, "unknown",
                     id="FR a CDD follows another table"),
        pytest.param("FR", {**OPEN, "position": "management", "probation": "P4M"}, "met",
                     id="FR cadre"),
    ],
)  # fmt: skip
def test_probation(code: str, terms: dict[str, Any], expected: str) -> None:
    assert outcome("probation", profile(code, **terms)) == expected


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        pytest.param(date(2027, 1, 1), "met", id="PT three months of a common year are 90 days"),
        pytest.param(date(2027, 3, 1), "unknown", id="PT March to May are 92 days"),
    ],
)
def test_probation_depends_on_the_day_it_begins(start: date, expected: str) -> None:
    hire = profile("PT", start, **OPEN, position="general", probation="P3M")
    assert outcome("probation", hire) == expected


@pytest.mark.parametrize(
    ("code", "signed", "expected"),
    [
        pytest.param("PT", date(2026, 11, 20), "met", id="PT before the start"),
        pytest.param("PT", date(2026, 12, 8), "met", id="PT on the seventh day after the start"),
        pytest.param("PT", date(2026, 12, 9), "not_met", id="PT a day late"),
        pytest.param("PT", None, "unknown", id="PT not stated"),
        pytest.param("DE", date(2026, 12, 1), "met", id="DE on the first day"),
        pytest.param("DE", date(2026, 12, 2), "not_met", id="DE a day late"),
        pytest.param("JP", date(2026, 11, 20), "unknown",
                     id="JP counts from the signing: a person judges"),
        pytest.param("BR", date(2026, 12, 6), "met", id="BR within five calendar days"),
        pytest.param("BR", date(2026, 12, 8), "unknown",
                     id="BR counts working days: a person judges"),
        pytest.param("AU", None, "met", id="AU asks for none"),
    ],
)  # fmt: skip
def test_written_contract(code: str, signed: date | None, expected: str) -> None:
    assert outcome("written-contract", profile(code, contract_signed_on=signed)) == expected


@pytest.mark.parametrize(
    ("code", "agreed", "expected"),
    [
        pytest.param("PT", date(2026, 11, 30), "met", id="PT the day before"),
        pytest.param("PT", date(2026, 12, 1), "met", id="PT on the day it begins"),
        pytest.param("PT", date(2026, 12, 2), "not_met", id="PT a day after it began"),
        pytest.param("PT", None, "unknown", id="PT not stated"),
        pytest.param("ES", date(2026, 12, 2), "unknown", id="ES only from 30 % of the hours on"),
        pytest.param("ES", date(2026, 11, 2), "met", id="ES agreed in time, whatever the share"),
        pytest.param("DE", None, "met", id="DE asks for none in writing"),
    ],
)
def test_telework_agreement(code: str, agreed: date | None, expected: str) -> None:
    hire = profile(code, telework=True, telework_agreement_on=agreed)
    assert outcome("telework-agreement", hire) == expected


def test_who_does_not_telework_needs_no_agreement() -> None:
    decision = check(profile("PT", telework=False))
    assert "telework-agreement" not in {found.rule for found in decision.findings}


def test_whether_somebody_teleworks_is_asked_before_the_law_is() -> None:
    needs = asked(check(profile("DE", **OPEN)))
    assert "terms.telework" in needs
    assert "law.remote.telework_agreement" not in needs


@pytest.mark.parametrize(
    ("code", "days", "week", "expected"),
    [
        pytest.param("DE", "20", 5, "met", id="DE 24 of six are 20 of five"),
        pytest.param("DE", "19.5", 5, "not_met", id="DE half a day short"),
        pytest.param("DE", "20", 6, "not_met", id="DE 20 are too few for six days a week"),
        pytest.param("DE", "12", 3, "met", id="DE part time, three days a week"),
        pytest.param("GB", "28", 5, "met", id="GB 5.6 weeks"),
        pytest.param("GB", "28", 6, "unknown", id="GB capped at 28: a person judges"),
        pytest.param("ES", "22", 5, "met", id="ES 30 calendar days"),
        pytest.param("SE", "24", 5, "not_met", id="SE 25 days"),
        pytest.param("PL", "20", 5, "unknown", id="PL by seniority, which is not known"),
        pytest.param("PL", "26", 5, "met", id="PL enough for every seniority"),
        pytest.param("IN", "18", 5, "unknown", id="IN grants a rate, not a number"),
        pytest.param("US-CA", "0", 5, "met", id="US-CA grants none"),
    ],
)
def test_annual_leave(code: str, days: str, week: int, expected: str) -> None:
    hire = profile(code, annual_leave_days=days, working_days_per_week=week)
    assert outcome("annual-leave", hire) == expected


EVERYBODY = {"data-residency", "data-transfer", "ip-clause", "permanent-establishment"}
STAFF = {"annual-leave", "minimum-wage", "notice", "overtime", "probation", "telework-agreement",
         "working-time", "written-contract"}  # fmt: skip


@pytest.mark.parametrize(
    ("engagement", "rules"),
    [
        pytest.param("contractor", {"contractor-status"}, id="a contractor has no probation"),
        pytest.param("eor", {"eor-licence", *STAFF}, id="lent staff are staff"),
        pytest.param("employee", {"payroll-registration", *STAFF}, id="own staff"),
    ],
)
def test_which_rules_apply(engagement: str, rules: set[str]) -> None:
    decision = check(profile("DE", engagement=engagement))
    assert {found.rule for found in decision.findings} == rules | EVERYBODY


def test_an_employer_of_record_is_free_where_no_licence_is_asked_for() -> None:
    assert outcome("eor-licence", profile("US-CA", engagement="eor")) == "met"


@pytest.mark.parametrize("code", sorted(LAW.packs))
@pytest.mark.parametrize("engagement", Engagement)
def test_nobody_passes_unchecked(code: str, engagement: Engagement) -> None:
    """With nothing stated, every jurisdiction asks something of every engagement."""
    decision = check(profile(code, engagement=engagement))
    assert decision.verdict is Verdict.NEEDS
    assert decision.findings
    assert decision.questions


COMPLETE: dict[str, Any] = {
    **OPEN,
    "position": "technical",
    "probation": "P90D",
    "contract_signed_on": date(2026, 11, 20),
    "telework": True,
    "telework_agreement_on": date(2026, 11, 20),
    "annual_leave_days": "30",
    "working_days_per_week": 5,
    "weekly_hours": "38",
    "overtime_multiplier": "2",
    "employer_notice": "P3M",
    "yearly_pay_floor": "60000",
    "pay_currency": "EUR",
    "own_entity": True,
    "concludes_contracts": False,
    "payroll_registered": True,
    "ip_clause": True,
    "data_transfer": "none",
}


@pytest.mark.parametrize("code", ["DE", "PT", "US-CA"])
def test_a_hire_with_everything_in_order_is_clear_once_legal_has_answered(code: str) -> None:
    hire = profile(code, **stated(COMPLETE, pay_currency="USD" if code == "US-CA" else "EUR"))
    assert check(hire).verdict is Verdict.NEEDS
    clear = check(hire, law_confirmed(hire))
    assert clear.verdict is Verdict.CLEAR
    assert {found.confirmation.by for found in clear.findings if found.confirmation} == {"legal-1"}


def test_one_broken_rule_blocks_whatever_else_is_unknown() -> None:
    decision = check(profile("PT", contract_signed_on=date(2026, 12, 20)))
    assert decision.verdict is Verdict.BLOCKED
    found = finding(decision, "written-contract")
    assert found.says == (
        "The contract was signed on 2026-12-20, after the law's last day, 2026-12-08 "
        "(7 days after the start)."
    )
    assert (found.law, found.held_from) == ("CT arts. 106-107 (Lei 13/2023)", date(2023, 5, 1))
    assert found.law_says == {
        "anchor": "employment start", "deadline": "7 days", "required": "yes",
        "form": "written information; contract written for fixed term, part time, telework, "
        "intermittent, temporary",
    }  # fmt: skip
    assert found.inputs == {
        "hire.engagement": "employee", "hire.starts_on": "2026-12-01",
        "terms.contract_signed_on": "2026-12-20",
    }  # fmt: skip
    assert (found.owner, found.remedy) == (
        Owner.HR, "Have the contract signed by the law's last day, or move the start.",
    )  # fmt: skip


def test_what_is_missing_is_asked_of_the_rules_owner() -> None:
    [question] = [q for q in check(profile("DE", **OPEN)).questions if q.id == "terms.probation"]
    assert question.owner is Owner.HR
    assert question.ask == "How long is the probation? P0D if there is none."
    assert question.answer_format == "an ISO 8601 duration such as P90D or P6M"


def test_law_in_doubt_is_asked_of_legal_with_its_source() -> None:
    hire = profile("DE", contract_signed_on=START)
    [doubt] = [d for d in check(hire).awaits if d.fact == "contract.written_particulars"]
    assert doubt.matter.startswith("DE.contract.written_particulars.")
    assert doubt.owner is Owner.LEGAL
    assert doubt.ask == (
        "Does Nachweisgesetz § 2 (as changed by BEG IV 2024) hold in Germany as the law pack has "
        "it? Answer yes or no."
    )
    assert "deadline = 0 days" in doubt.detail
    assert "it was not verified against a public page" in doubt.detail


def test_the_same_fact_in_doubt_is_one_matter_for_every_hire_of_the_place() -> None:
    some = {d.matter for d in check(profile("DE", contract_signed_on=START)).awaits}
    others = {d.matter for d in check(profile("DE", date(2027, 3, 1), **COMPLETE)).awaits}
    assert some
    assert some <= others


def test_what_legal_confirmed_speaks_for_starts_up_to_its_last_day() -> None:
    hire = profile("DE", **COMPLETE)
    for until, expected in ((START, Verdict.CLEAR), (date(2026, 11, 30), Verdict.NEEDS)):
        said = {m: confirmed(until=until) for m in law_confirmed(hire)}
        assert check_hire(LAW, hire, Heard(law=said), HIRE, 1).verdict is expected


def test_law_that_legal_denies_blocks_until_the_pack_is_right() -> None:
    hire = profile("DE", **COMPLETE)
    decision = check(hire, law_confirmed(hire, holds=False))
    assert decision.verdict is Verdict.BLOCKED
    found = finding(decision, "written-contract")
    assert found.says.startswith("Legal answered that Nachweisgesetz § 2")
    assert found.owner is Owner.LEGAL
    assert found.remedy is not None
    assert "packs/DE.yaml" in found.remedy


def test_what_legal_confirmed_of_one_country_settles_nothing_in_another() -> None:
    german = law_confirmed(profile("DE", **COMPLETE))
    assert check(profile("US-CA", **COMPLETE), german) == check(profile("US-CA", **COMPLETE))


def test_what_legal_confirmed_stays_when_the_start_moves() -> None:
    said = law_confirmed(profile("DE", **COMPLETE))
    moved = profile("DE", date(2026, 12, 15), **COMPLETE)
    assert check(moved, said).verdict is Verdict.CLEAR


def test_what_legal_confirmed_for_a_day_in_doubt_is_asked_again_for_another() -> None:
    """Of 2020 nothing was researched: a lawyer vouches for one day, not for the whole year."""
    said = law_confirmed(profile("DE", date(2020, 3, 2), **COMPLETE))
    moved = profile("DE", date(2020, 9, 1), **COMPLETE)
    assert finding(check(moved, said), "probation").outcome == "unknown"


def test_law_that_the_pack_does_not_know_is_judged_by_legal_for_these_terms() -> None:
    law = without("leave.annual_min", "PT")
    hire = profile("PT", **COMPLETE)
    [question] = [q for q in check(hire, law=law).questions if "annual_min" in q.id]
    assert question.ask == (
        f"Do the terms satisfy the law of Portugal on leave.annual_min as of {hire.starts_on}? "
        "Answer yes or no."
    )
    answered = {question.id: True}
    assert finding(check(hire, answered, law), "annual-leave").outcome == "met"
    assert finding(check(hire, {question.id: False}, law), "annual-leave").outcome == "not_met"
    less: dict[str, Any] = {**COMPLETE, "annual_leave_days": "3"}
    fewer = profile("PT", **less)
    assert finding(check(fewer, answered, law), "annual-leave").outcome == "unknown"


def test_a_law_without_rules_lets_nobody_pass() -> None:
    assert check(profile("PT", **COMPLETE), law=replace(LAW, rules=())).verdict is Verdict.NEEDS


def without(fact: str, code: str) -> Law:
    """The law of the house, had this fact been searched for and not been found."""
    pack = LAW.packs[code]
    unknown = Fact(name=fact, mark="0a2661c4", doubts=("the pack does not know it: not found",))
    known = replace(pack, facts={**pack.facts, fact: (unknown,)})
    return replace(LAW, packs={**LAW.packs, code: known})


@pytest.mark.parametrize(
    ("answer", "expected"), [(True, "met"), (False, "not_met")], ids=["yes", "no"]
)
def test_legal_judges_what_software_cannot(answer: bool, expected: str) -> None:  # noqa: FBT001
    hire = profile("DE", **FIXED, probation="P3M")
    [question] = [q for q in check(hire).questions if q.id.startswith("rule.probation@DE.")]
    assert question.ask == (
        "Does the law allow a probation of 3 months from 2026-12-01 here? Answer yes or no."
    )
    assert "max (fixed term) = proportionate" in question.detail
    assert finding(check(hire, {question.id: answer}), "probation").outcome == expected


def test_a_judgement_holds_only_for_what_was_judged() -> None:
    hire = profile("DE", **FIXED, probation="P3M")
    judged = {q.id: True for q in check(hire).questions}
    longer = profile("DE", **FIXED, probation="P12M")
    assert finding(check(longer, judged), "probation").outcome == "unknown"


def test_a_country_without_a_pack_is_checked_by_hand() -> None:
    hire = profile("BE", **COMPLETE)
    decision = check(hire)
    assert decision.verdict is Verdict.NEEDS
    [question] = decision.questions
    assert question.owner is Owner.LEGAL
    assert check(hire, {question.id: True}).verdict is Verdict.CLEAR
    assert check(hire, {question.id: False}).verdict is Verdict.BLOCKED
    assert check(profile("BE"), {question.id: True}).verdict is Verdict.NEEDS


def test_a_decision_names_the_text_of_pack_and_rules() -> None:
    version = check(profile("PT")).pack_version
    assert version == f"{LAW.packs['PT'].version}+rules@{LAW.rules_version}"
