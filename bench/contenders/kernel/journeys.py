"""The first service: begins the journey of a hire."""

from datetime import date, datetime
from typing import Final

from bench.contenders.kernel.contracts.hires import HireReported
from bench.contenders.kernel.contracts.journeys import JourneyBegun
from libs.common.contracts.values import HireId, Value
from libs.common.decider import Decider, Decision


class Journey(Value):
    """What is kept of a journey."""

    hire_id: HireId
    country: str
    starts_on: date


journey: Final = Decider("journey", Journey, one_trace=True)


@journey.on(HireReported)
def begin(state: Journey | None, reported: HireReported, _now: datetime) -> Decision[Journey]:
    """Begin a journey; one that has begun stays as it is."""
    if state is not None:
        return Decision(state)
    hire = reported.hire
    begun = Journey(hire_id=hire.hire_id, country=hire.country, starts_on=hire.starts_on)
    return Decision(begun, emit=(JourneyBegun(hire=hire),))
