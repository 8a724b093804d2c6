"""What notices tells the others."""

from uuid import UUID

from bench.workload.hire import Hire
from bench.workload.rules import Ruling
from libs.common.message import Event


class NoticeWritten(Event, name="bench.notice.written.v1", subject="hire_id"):
    """A hire was told."""

    hire: Hire
    ruling: Ruling

    @property
    def hire_id(self) -> UUID:
        """The key of the event."""
        return self.hire.hire_id
