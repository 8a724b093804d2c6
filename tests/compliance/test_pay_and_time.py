"""Working time, overtime, notice and minimum wage: each case names the law it stands for.

Where the pack's fact was not verified, the outcome is the one after legal has confirmed it.
"""

from datetime import date
from typing import Any

import pytest

from tests.compliance.hires import asked, check, outcome, profile

SPRING = date(2026, 5, 4)


@pytest.mark.parametrize(
    ("code", "hours", "expected"),
    [
        pytest.param("DE", "40", "met", id="DE 40 of 48"),
        pytest.param("DE", "50", "unknown", id="DE over 48 only on average: a person judges"),
        pytest.param("DE", "61", "not_met", id="DE over 60 never"),
        pytest.param("FR", "39", "unknown", id="FR over 35 is overtime: a person judges"),
        pytest.param("FR", "35", "met", id="FR 35"),
        pytest.param("GB", "48", "met", id="GB no normal week, 48 at most"),
        pytest.param("GB", "50", "unknown", id="GB more by opting out"),
        pytest.param("US-CA", "45", "unknown", id="US-CA no longest week is stated"),
        pytest.param("BR", "45", "not_met", id="BR 44 is the longest"),
        pytest.param("CA-ON", "50", "unknown", id="CA-ON more by agreement"),
        pytest.param("PT", None, "unknown", id="PT not stated"),
    ],
)
def test_working_time(code: str, hours: str | None, expected: str) -> None:
    assert outcome("working-time", profile(code, weekly_hours=hours)) == expected


@pytest.mark.parametrize(
    ("code", "terms", "expected"),
    [
        pytest.param("PT", {"overtime_multiplier": "1.25", "position": "general"}, "met",
                     id="PT a quarter more"),
        pytest.param("PT", {"overtime_multiplier": "1", "position": "general"}, "not_met",
                     id="PT nothing more, a general post"),
        pytest.param("PT", {"overtime_multiplier": "0", "position": "management"}, "unknown",
                     id="PT management may be exempt: a person judges"),
        pytest.param("PT", {"overtime_multiplier": "0"}, "unknown", id="PT the post is not known"),
        pytest.param("ES", {"overtime_multiplier": "1", "position": "general"}, "met",
                     id="ES the ordinary rate is enough"),
        pytest.param("DE", {}, "met", id="DE the law sets none"),
    ],
)  # fmt: skip
def test_overtime(code: str, terms: dict[str, Any], expected: str) -> None:
    assert outcome("overtime", profile(code, **terms)) == expected


@pytest.mark.parametrize(
    ("code", "agreed", "expected"),
    [
        pytest.param("DE", "P4W", "met", id="DE four weeks"),
        pytest.param("DE", "P1M", "met", id="DE a month from 1 December is longer"),
        pytest.param("DE", "P14D", "not_met", id="DE two weeks"),
        pytest.param("PL", "P28D", "not_met", id="PL 28 days from 1 December are no month"),
        pytest.param("BR", "P30D", "met", id="BR thirty days"),
        pytest.param("AE", "P1M", "met", id="AE at least 30 days"),
        pytest.param("AU", "P1W", "not_met", id="AU more than a year asks for two weeks"),
        pytest.param("AU", "P2W", "met", id="AU two weeks"),
        pytest.param("US-CA", None, "met", id="US-CA at will"),
        pytest.param("SE", None, "unknown", id="SE not stated"),
    ],
)
def test_notice(code: str, agreed: str | None, expected: str) -> None:
    assert outcome("notice", profile(code, employer_notice=agreed)) == expected


@pytest.mark.parametrize(
    ("code", "day", "pay", "hours", "expected"),
    [
        pytest.param("ES", SPRING, "17094", "40", "met", id="ES 14 payments of 1221"),
        pytest.param("ES", SPRING, "14652", "40", "not_met", id="ES 12 payments are too few"),
        pytest.param("PT", SPRING, "12880", "40", "met", id="PT 14 payments of 920"),
        pytest.param("DE", SPRING, "29100", "40", "met", id="DE 13.90 an hour, 40 hours"),
        pytest.param("DE", SPRING, "29000", "40", "not_met", id="DE a little less"),
        pytest.param("DE", date(2027, 1, 4), "29100", "40", "not_met", id="DE the rate of 2027"),
        pytest.param("US-NY", SPRING, "34000", "40", "unknown",
                     id="US-NY enough upstate, not in the city: a person judges"),
        pytest.param("US-NY", SPRING, "36000", "40", "met", id="US-NY enough everywhere"),
        pytest.param("JP", SPRING, "90000", "35", "unknown", id="JP in another currency"),
        pytest.param("IN", SPRING, "90000", "40", "unknown", id="IN the pack knows no rate"),
        pytest.param("SE", SPRING, None, None, "met", id="SE the law sets none"),
        pytest.param("FR", SPRING, "21000", None, "unknown", id="FR the hours are not known"),
    ],
)  # fmt: skip
def test_minimum_wage(
    code: str, day: date, pay: str | None, hours: str | None, expected: str
) -> None:
    currency = {"US-NY": "USD", "IN": "INR"}.get(code, "EUR")
    hire = profile(code, day, yearly_pay_floor=pay, pay_currency=currency, weekly_hours=hours)
    assert outcome("minimum-wage", hire) == expected


def test_without_its_currency_pay_says_nothing() -> None:
    hire = profile("DE", SPRING, yearly_pay_floor="1", weekly_hours="40")
    assert outcome("minimum-wage", hire) == "unknown"
    assert "terms.pay_currency" in asked(check(hire))
