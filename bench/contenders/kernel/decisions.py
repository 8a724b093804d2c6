"""The second service: rules over a hire."""

from datetime import datetime
from typing import Final

from bench.contenders.kernel.contracts.decisions import HireRuled
from bench.contenders.kernel.contracts.journeys import JourneyBegun
from bench.workload.rules import rule
from libs.common.contracts.values import HireId, Value
from libs.common.decider import Decider, Decision


class Ruled(Value):
    """What was decided on a hire."""

    hire_id: HireId
    verdict: str
    findings: tuple[str, ...]


decision: Final = Decider("decision", Ruled)


@decision.on(JourneyBegun)
def decide(state: Ruled | None, begun: JourneyBegun, _now: datetime) -> Decision[Ruled]:
    """Apply the twenty rules."""
    if state is not None:
        return Decision(state)
    ruling = rule(begun.hire)
    ruled = Ruled(hire_id=begun.hire_id, verdict=ruling.verdict, findings=ruling.findings)
    return Decision(ruled, emit=(HireRuled(hire=begun.hire, ruling=ruling),))
