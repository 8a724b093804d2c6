"""What the HR system says, on the topic that all contenders read."""

from uuid import UUID

from bench.workload.hire import Hire
from libs.common.message import Event


class HireReported(Event, name="bench.hire.reported.v1", subject="hire_id"):
    """Somebody is to be hired."""

    hire: Hire

    @property
    def hire_id(self) -> UUID:
        """The key of the event."""
        return self.hire.hire_id
