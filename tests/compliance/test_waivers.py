"""A named role lets a hire go on in spite of a finding, for a reason and until a day."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from libs.common.contracts.compliance import HIRE, CheckDecided, Outcome, Verdict, WaiverRefused
from libs.common.contracts.console import Asked, WaiverRequested
from libs.common.contracts.values import Owner
from libs.common.decider import CancelTimer, Decision, Refused, SetTimer
from services.compliance.check_state import Check
from services.compliance.explain import explain
from services.compliance.waiving import WaiveFinding, WaiverLapses, WithdrawWaiver
from tests.compliance.hires import finding, profile, stated
from tests.compliance.test_check import CANCELLED, announced, changed, settle_law, tell
from tests.compliance.test_decisions import COMPLETE

UNTIL = date(2027, 1, 31)
LATE = stated(COMPLETE, contract_signed_on=date(2026, 12, 24))


def waive(**changes: Any) -> WaiveFinding:
    asked: dict[str, Any] = {
        "rule": "written-contract",
        "role": "legal",
        "by": "legal-1",
        "reason": "The signature follows by courier; the terms are agreed by mail.",
        "until": UNTIL,
    }
    return WaiveFinding.model_validate(asked | changes)


def blocked(timezone: str = "UTC") -> Check:
    hire = profile("PT", **LATE).model_copy(update={"timezone": timezone})
    state = tell(None, announced(hire)).state
    assert state is not None
    state = settle_law(state)
    assert state.decided is not None
    assert state.decided.verdict is Verdict.BLOCKED
    return state


def waived() -> Check:
    state = tell(blocked(), waive()).state
    assert state is not None
    return state


def decision_of(decision: Decision[Check]) -> CheckDecided:
    [event] = decision.emit
    assert isinstance(event, CheckDecided)
    return event


def test_a_waived_finding_stands_in_nobodys_way() -> None:
    decided = decision_of(tell(blocked(), waive()))
    assert decided.verdict is Verdict.CLEAR
    found = finding(decided, "written-contract")
    assert (found.outcome, found.stands_in_the_way) == (Outcome.NOT_MET, False)
    assert found.waiver is not None
    assert (found.waiver.by, found.waiver.until) == ("legal-1", UNTIL)


def test_a_lawyer_reads_who_waived_it_why_and_until_when() -> None:
    told = explain(decision_of(tell(blocked(), waive())))
    assert "Waived     by legal-1 (legal) until the end of 2027-01-31" in told
    assert "The signature follows by courier" in told


@pytest.mark.parametrize(
    ("zone", "due"),
    [
        pytest.param("UTC", datetime(2027, 2, 1, tzinfo=UTC), id="in UTC"),
        pytest.param("Asia/Tokyo", datetime(2027, 1, 31, 15, tzinfo=UTC), id="in Tokyo"),
        pytest.param("America/Los_Angeles", datetime(2027, 2, 1, 8, tzinfo=UTC), id="in L.A."),
    ],
)
def test_it_lapses_when_its_last_day_is_over_where_the_person_is(zone: str, due: datetime) -> None:
    timers = tell(blocked(zone), waive()).timers
    assert timers == (SetTimer(due, WaiverLapses(slot="written-contract")),)


def test_a_lapsed_waiver_lets_the_finding_stand_in_the_way_again() -> None:
    decided = decision_of(tell(waived(), WaiverLapses(slot="written-contract")))
    assert decided.verdict is Verdict.BLOCKED


def test_a_waiver_can_be_taken_back() -> None:
    decision = tell(waived(), WithdrawWaiver(rule="written-contract"))
    assert decision_of(decision).verdict is Verdict.BLOCKED
    assert decision.timers == (CancelTimer(WaiverLapses, "written-contract"),)


def test_a_waiver_is_good_for_exactly_the_finding_that_was_waived() -> None:
    later = profile("PT", **stated(LATE, contract_signed_on=date(2027, 1, 20)))
    decided = decision_of(tell(waived(), changed(later)))
    assert decided.verdict is Verdict.BLOCKED


def test_a_waiver_of_what_is_unknown_asks_nobody_about_it() -> None:
    hire = profile("PT", **stated(COMPLETE, contract_signed_on=None))
    state = tell(None, announced(hire)).state
    assert state is not None
    decided = decision_of(tell(settle_law(state), waive()))
    assert decided.verdict is Verdict.CLEAR
    assert decided.questions == ()


def test_a_cancelled_hire_forgets_its_waivers() -> None:
    decision = tell(waived(), CANCELLED)
    assert decision.timers == (CancelTimer(WaiverLapses, "written-contract"),)
    assert decision.state is not None
    assert decision.state.waivers == ()


@pytest.mark.parametrize(
    ("command", "why"),
    [
        pytest.param(waive(role=Owner.HR), "only legal may waive", id="no right to"),
        pytest.param(waive(rule="probation"), "there is no finding", id="what is met"),
        pytest.param(waive(rule="coffee"), "there is no finding", id="no such rule"),
        pytest.param(waive(until=date(2026, 11, 22)), "from today on", id="a day that is over"),
        pytest.param(waive(until=date(2028, 1, 1)), "within a year", id="for longer than a year"),
        pytest.param(WithdrawWaiver(rule="probation"), "no waiver of", id="nothing to take back"),
    ],
)
def test_what_cannot_be_waived_is_refused(command: WaiveFinding | WithdrawWaiver, why: str) -> None:
    with pytest.raises(Refused, match=why):
        tell(blocked(), command)


def test_nobody_is_waived_before_they_are_known() -> None:
    with pytest.raises(Refused, match="no such hire"):
        tell(None, waive())


def requested(**changes: Any) -> WaiverRequested:
    """A waiver that an account of the console asks for."""
    asked = Asked(
        request_id=UUID(int=1), account=UUID(int=2), asked_at=datetime(2026, 12, 1, tzinfo=UTC)
    )
    told: dict[str, Any] = {
        "hire_id": HIRE,
        "asked": asked,
        "rule": "written-contract",
        "role": "legal",
        "why": "The signature follows by courier.",
        "until": UNTIL,
    }
    return WaiverRequested.model_validate(told | changes)


def test_a_waiver_asked_for_in_the_console_is_given_under_that_account() -> None:
    decided = decision_of(tell(blocked(), requested()))
    waiver = finding(decided, "written-contract").waiver
    assert waiver is not None
    assert (waiver.by, waiver.until) == (str(UUID(int=2)), UNTIL)


@pytest.mark.parametrize(
    ("request_of", "why"),
    [
        pytest.param(requested(role="hr"), "only legal", id="another role"),
        pytest.param(requested(rule="tax"), "no finding", id="no such finding"),
        pytest.param(requested(until=date(2030, 1, 1)), "within a year", id="for ever"),
    ],
)
def test_a_waiver_that_cannot_be_given_is_refused_in_an_event(
    request_of: WaiverRequested, why: str
) -> None:
    state = blocked()
    decision = tell(state, request_of)
    [refused] = decision.emit
    assert isinstance(refused, WaiverRefused)
    assert why in refused.why
    assert (refused.request_id, decision.state) == (UUID(int=1), state)
