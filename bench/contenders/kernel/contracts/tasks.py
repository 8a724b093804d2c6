"""What tasks tells the others."""

from uuid import UUID

from bench.workload.hire import Hire
from bench.workload.rules import Ruling
from libs.common.message import Event


class TasksDone(Event, name="bench.tasks.done.v1", subject="hire_id"):
    """Both tasks of a hire are done."""

    hire: Hire
    ruling: Ruling

    @property
    def hire_id(self) -> UUID:
        """The key of the event."""
        return self.hire.hire_id
