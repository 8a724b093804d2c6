"""What decisions tells the others."""

from uuid import UUID

from bench.workload.hire import Hire
from bench.workload.rules import Ruling
from libs.common.message import Event


class HireRuled(Event, name="bench.hire.ruled.v1", subject="hire_id"):
    """The rules were applied to a hire."""

    hire: Hire
    ruling: Ruling

    @property
    def hire_id(self) -> UUID:
        """The key of the event."""
        return self.hire.hire_id
