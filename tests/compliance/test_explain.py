"""A decision as a lawyer reads it."""

from hypothesis import given

from libs.common.contracts.values import Profile
from services.compliance.explain import explain
from services.compliance.printed import WIDTH
from tests.compliance.hires import check, profile
from tests.compliance.test_decision_properties import PROFILES

PORTUGUESE = """\
Hire 0b8f6c1e-5d0a-5e43-9a51-2f6f0c0a7b11, decision 1
Verdict:    BLOCKED, a rule is not met
Law of:     PT, as of the start on 2026-12-01
"""

PROBATION = """\
. probation: NOT MET
              The probation of 6 months ends on 2027-05-31, but the law allows 180 days
              (technical complexity, trust, special skill; first job, long-term unemployed),
              until 2027-05-29.
   Law        CT arts. 111-114 (contract.probation_max)
   In force   from a day that was not researched to no known end
   Relied on  verified, confidence high, as of 2025-06-01
"""


def test_a_lawyer_can_follow_a_decision_to_the_law() -> None:
    hire = profile("PT", contract_kind="open_ended", position="technical", probation="P6M")
    told = explain(check(hire))
    assert told.startswith(PORTUGUESE)
    assert PROBATION in told
    assert "   It says    statutory = yes; max (technical complexity, trust, special" in told
    assert "position = technical; probation = 6 months" in told
    assert "Way out    Agree on a probation that ends no later than the law's longest" in told
    assert "To         legal, for the rule annual-leave" in told


@given(PROFILES)
def test_every_finding_and_question_is_told_within_the_page(hire: Profile) -> None:
    decision = check(hire)
    told = explain(decision)
    assert all(len(line) <= WIDTH for line in told.splitlines())
    for found in decision.findings:
        assert f". {found.rule}: " in told
    for question in decision.questions:
        assert question.id in told
    for doubt in decision.awaits:
        assert doubt.matter in told
