"""A contractor is told from an employee by the country's own signs; a person weighs the rest."""

from datetime import date
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.common.contracts.compliance import Outcome
from services.compliance.facts.company import MisclassificationTest
from services.compliance.misclassification import Leaning, contractor_share, score
from tests.compliance.hires import LAW, check, finding, law_confirmed, profile

DAY = date(2026, 12, 1)
CODES = sorted(LAW.packs)


def signs_of(code: str) -> MisclassificationTest:
    fact = LAW.packs[code].fact("contractor.misclassification_test", DAY)
    return cast("MisclassificationTest", fact.value)


def of_side(code: str, side: str) -> list[str]:
    return [
        factor.id
        for factor in signs_of(code).factors
        if factor.points_to == side and not factor.id.startswith("exempt_")
    ]


@pytest.mark.parametrize("code", CODES)
def test_who_shows_every_sign_of_one_side_is_that(code: str) -> None:
    assert score(signs_of(code), of_side(code, "employee")).leaning is Leaning.EMPLOYEE
    contractor = score(signs_of(code), of_side(code, "contractor"))
    assert contractor.leaning is Leaning.CONTRACTOR


@pytest.mark.parametrize("code", CODES)
def test_who_shows_no_sign_at_all_is_called_a_contractor_by_no_weighing(code: str) -> None:
    leaning = score(signs_of(code), []).leaning
    assert leaning is not Leaning.CONTRACTOR or signs_of(code).combine == "count"


@pytest.mark.parametrize(
    ("code", "signs", "leaning"),
    [
        pytest.param("US-CA", ["a_free_from_control", "c_independent_trade"], "employee",
                     id="ABC: one of three is missing"),
        pytest.param("US-CA", ["a_free_from_control", "exempt_b2b"], "unclear",
                     id="ABC: an exemption leads to Borello"),
        pytest.param("BR", ["pessoalidade", "nao_eventualidade", "onerosidade", "subordinacao",
                            "own_risk", "several_clients"], "employee",
                     id="BR: all four make an employee, whatever else holds"),
        pytest.param("BR", ["pessoalidade", "onerosidade", "subordinacao", "own_risk"],
                     "contractor", id="BR: one of four is missing"),
        pytest.param("GB", ["mutual_obligation", "personal_service", "control",
                            "genuine_substitution"], "contractor",
                     id="GB: a substitute in fact decides"),
        pytest.param("GB", ["mutual_obligation", "control", "financial_risk"], "contractor",
                     id="GB: no personal service"),
        pytest.param("GB", ["mutual_obligation", "personal_service", "control",
                            "financial_risk", "own_equipment"], "unclear",
                     id="GB: the minimum is there, the rest points elsewhere"),
        pytest.param("PT", ["client_tools"], "unclear", id="PT: one sign raises no presumption"),
        pytest.param("PT", ["client_tools", "fixed_hours"], "employee",
                     id="PT: two signs raise the presumption"),
        pytest.param("PT", [], "contractor", id="PT: no sign raises none"),
        pytest.param("IE", ["wage_for_work", "personal_service", "own_business"], "contractor",
                     id="IE: the third filter is not passed"),
        pytest.param("US-NY", ["control_results_means", "free_other_work"], "employee",
                     id="US-NY: control of results and means decides"),
        pytest.param("DE", ["bound_by_instructions", "integrated", "own_premises_tools",
                            "result_based_pay"], "unclear", id="DE: something of both"),
        pytest.param("DE", ["own_staf"], "unclear", id="a misspelt sign"),
    ],
)  # fmt: skip
def test_signs_are_combined_as_the_country_does(code: str, signs: list[str], leaning: str) -> None:
    assert score(signs_of(code), signs).leaning == leaning


@given(st.sampled_from([code for code in CODES if of_side(code, "employee")]), st.data())
def test_one_more_sign_of_an_employee_never_makes_a_contractor(
    code: str, data: st.DataObject
) -> None:
    test = signs_of(code)
    signs = data.draw(st.lists(st.sampled_from([f.id for f in test.factors]), unique=True))
    more = data.draw(st.sampled_from(of_side(code, "employee")))
    before, after = score(test, signs), score(test, {*signs, more})
    share = contractor_share(test.factors, signs)
    assert contractor_share(test.factors, {*signs, more}) <= share
    if before.leaning is Leaning.EMPLOYEE:
        assert after.leaning is Leaning.EMPLOYEE


@pytest.mark.parametrize(
    ("signs", "outcome"),
    [
        pytest.param(["own_staff", "own_premises_tools", "result_based_pay"], Outcome.MET,
                     id="a contractor"),
        pytest.param(["bound_by_instructions", "integrated", "no_entrepreneurial_risk",
                      "single_client"], Outcome.NOT_MET,
                     id="an employee in truth"),
        pytest.param(["integrated", "own_staff"], Outcome.UNKNOWN, id="for a person to weigh"),
    ],
)  # fmt: skip
def test_a_finding_says_which_signs_led_there(signs: list[str], outcome: Outcome) -> None:
    hire = profile("DE", engagement="contractor", contractor_signs=signs)
    found = finding(check(hire, law_confirmed(hire)), "contractor-status")
    assert found.outcome is outcome
    assert found.inputs["terms.contractor_signs"] == "; ".join(signs)
    if outcome is not Outcome.UNKNOWN:
        assert f"{signs[0]} holds" in found.says
        assert "points of 100 for a contractor" in found.says
    else:
        [question] = [q for q in check(hire).questions if q.rule == "contractor-status"]
        assert "own_staff holds (contractor, strong)" in question.detail


def test_signs_that_were_not_stated_are_asked_of_the_manager() -> None:
    hire = profile("DE", engagement="contractor")
    [question] = [q for q in check(hire).questions if q.id == "terms.contractor_signs"]
    assert question.owner == "manager"
    assert "own_staff: employs others who are insured" in question.detail
