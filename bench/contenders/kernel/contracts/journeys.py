"""What journeys tells the others."""

from uuid import UUID

from bench.workload.hire import Hire
from libs.common.message import Event


class JourneyBegun(Event, name="bench.journey.begun.v1", subject="hire_id"):
    """The journey of a hire has begun."""

    hire: Hire

    @property
    def hire_id(self) -> UUID:
        """The key of the event."""
        return self.hire.hire_id
