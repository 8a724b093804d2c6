"""The fourth service: tells the hire."""

from datetime import datetime
from typing import Final

from bench.contenders.kernel.contracts.notices import NoticeWritten
from bench.contenders.kernel.contracts.tasks import TasksDone
from bench.workload.steps import notice
from libs.common.contracts.values import HireId, Value
from libs.common.decider import Decider, Decision


class Notice(Value):
    """What was written to whom."""

    hire_id: HireId
    recipient: str
    notice: str


notices: Final = Decider("notice", Notice)


@notices.on(TasksDone)
def write(state: Notice | None, done: TasksDone, _now: datetime) -> Decision[Notice]:
    """Write once."""
    if state is not None:
        return Decision(state)
    written = Notice(
        hire_id=done.hire_id, recipient=done.hire.email, notice=notice(done.hire, done.ruling)
    )
    return Decision(written, emit=(NoticeWritten(hire=done.hire, ruling=done.ruling),))
