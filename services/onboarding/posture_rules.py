"""What a device manager reports of a person's device; access follows in `Advance`."""

from datetime import datetime
from typing import TypeAlias

from libs.common.decider import Decision, Refused
from services.onboarding.advance import Advance
from services.onboarding.commands import PostureRunsOut, ReportPosture
from services.onboarding.model import Journey
from services.onboarding.posture import Posture

State: TypeAlias = Journey | None


def report(state: State, told: ReportPosture, now: datetime) -> Decision[Journey]:
    """Take the newest report in; one from the future counts as of its arrival."""
    if state is None:
        raise Refused("there is no such hire")
    observed_at = min(told.observed_at, now)
    if state.posture is not None and observed_at < state.posture.observed_at:
        return Decision(state)
    posture = Posture(shown=told.shown, observed_at=observed_at, valid_until=told.valid_until)
    if posture == state.posture:
        return Decision(state)
    return Advance(state.evolve(posture=posture), now).decision()


def run_out(state: State, _timer: PostureRunsOut, now: datetime) -> Decision[Journey]:
    """The newest report may be relied on no longer: nobody knows how the device is."""
    return Decision(state) if state is None else Advance(state, now).decision()
