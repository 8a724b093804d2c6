"""Tax, registration, lending, rights in the work and personal data: what the company has to do.

Where the pack's fact was not verified, the outcome is the one after legal has confirmed it.
"""

from datetime import date
from typing import Any

import pytest

from tests.compliance.hires import asked, check, outcome, profile


@pytest.mark.parametrize(
    ("engagement", "terms", "expected"),
    [
        pytest.param("employee", {"own_entity": True}, "met", id="an entity is there"),
        pytest.param("employee", {"own_entity": False, "concludes_contracts": True}, "not_met",
                     id="somebody concludes contracts without an entity"),
        pytest.param("employee", {"own_entity": False, "concludes_contracts": False}, "unknown",
                     id="a home office without an entity: a person judges"),
        pytest.param("eor", {"own_entity": False, "concludes_contracts": False}, "met",
                     id="lent staff who conclude nothing"),
        pytest.param("contractor", {"own_entity": False, "concludes_contracts": True}, "not_met",
                     id="a contractor who is an agent"),
        pytest.param("employee", {"own_entity": False}, "unknown", id="what they do is not known"),
        pytest.param("employee", {}, "unknown", id="nothing is known"),
    ],
)  # fmt: skip
def test_permanent_establishment(engagement: str, terms: dict[str, Any], expected: str) -> None:
    hire = profile("PT", engagement=engagement, **terms)
    assert outcome("permanent-establishment", hire) == expected


def test_whether_contracts_are_concluded_is_asked_only_without_an_entity() -> None:
    assert "terms.concludes_contracts" in asked(check(profile("PT", own_entity=False)))
    assert "terms.concludes_contracts" not in asked(check(profile("PT", own_entity=True)))


@pytest.mark.parametrize(
    ("code", "terms", "expected"),
    [
        pytest.param("DE", {"payroll_registered": True}, "met", id="DE registered"),
        pytest.param("DE", {"payroll_registered": False}, "not_met", id="DE not registered"),
        pytest.param("BR", {"payroll_registered": True, "own_entity": False}, "not_met",
                     id="BR asks for an entity"),
        pytest.param("BR", {"payroll_registered": True, "own_entity": True}, "met", id="BR"),
        pytest.param("BR", {"payroll_registered": True}, "unknown", id="BR entity not known"),
    ],
)  # fmt: skip
def test_payroll_registration(code: str, terms: dict[str, Any], expected: str) -> None:
    assert outcome("payroll-registration", profile(code, **terms)) == expected


@pytest.mark.parametrize(
    ("code", "terms", "expected"),
    [
        pytest.param("DE", {"eor_licensed": True, "assignment_ends_on": date(2028, 5, 31)}, "met",
                     id="DE 18 months to the day"),
        pytest.param("DE", {"eor_licensed": True, "assignment_ends_on": date(2028, 6, 1)},
                     "not_met", id="DE a day longer than 18 months"),
        pytest.param("DE", {"eor_licensed": False}, "not_met", id="DE no licence"),
        pytest.param("DE", {"eor_licensed": True}, "unknown", id="DE the end is not known"),
        pytest.param("ES", {"eor_licensed": True}, "met", id="ES licensed, no longest lending"),
        pytest.param("GB", {}, "met", id="GB asks for none"),
    ],
)  # fmt: skip
def test_lending_by_an_employer_of_record(code: str, terms: dict[str, Any], expected: str) -> None:
    assert outcome("eor-licence", profile(code, engagement="eor", **terms)) == expected


@pytest.mark.parametrize("engagement", ["employee", "eor", "contractor"])
@pytest.mark.parametrize(
    ("clause", "expected"), [(True, "met"), (False, "not_met"), (None, "unknown")]
)
def test_intellectual_property(
    engagement: str,
    clause: bool | None,  # noqa: FBT001  # a table row
    expected: str,
) -> None:
    hire = profile("JP", engagement=engagement, ip_clause=clause)
    assert outcome("ip-clause", hire) == expected


@pytest.mark.parametrize(
    ("code", "mechanism", "expected"),
    [
        pytest.param("DE", "none", "met", id="DE the data stay"),
        pytest.param("DE", "standard_clauses", "met", id="DE standard clauses"),
        pytest.param("DE", "consent", "unknown", id="DE consent is narrow: a person judges"),
        pytest.param("DE", "unprotected", "not_met", id="DE unprotected"),
        pytest.param("SG", "adequacy", "unknown", id="SG knows no adequacy: a person judges"),
        pytest.param("BR", "binding_rules", "unknown", id="BR rules need an approval"),
        pytest.param("US-CA", "unprotected", "met", id="US-CA restricts no transfer in general"),
        pytest.param("PT", None, "unknown", id="PT not stated"),
    ],
)
def test_data_transfer(code: str, mechanism: str | None, expected: str) -> None:
    assert outcome("data-transfer", profile(code, data_transfer=mechanism)) == expected


@pytest.mark.parametrize(
    ("code", "place", "expected"),
    [
        pytest.param("AE", "AE", "met", id="AE in the country"),
        pytest.param("AE", "DE", "unknown", id="AE elsewhere: only some data must stay"),
        pytest.param("AE", None, "unknown", id="AE not stated"),
        pytest.param("DE", None, "met", id="DE wants none kept"),
    ],
)
def test_data_residency(code: str, place: str | None, expected: str) -> None:
    assert outcome("data-residency", profile(code, data_stored_in=place)) == expected
