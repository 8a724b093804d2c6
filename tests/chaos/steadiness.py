"""When is all well again? Samples of a running Farhand, judged; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

STEADY_WITHIN: Final = 30.0
"""So many seconds after the end of a fault all has to be steady."""

BEHIND_SECONDS: Final = 5.0
"""A group that commits once a second and lags no more than this keeps up."""

STAYS_SECONDS: Final = BEHIND_SECONDS + 1
"""So long all has to be well: who lags shows it only once it is that far behind."""

OVERDUE_SECONDS: Final = 2.0
"""A lease that ended may not have been noticed yet."""


@dataclass(frozen=True, slots=True)
class Behind:
    """How old the oldest event is that some service has not settled, in seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Sample:
    """How things stood at a moment of the event loop's clock."""

    at: float
    down: tuple[str, ...]
    """processes that are being started"""
    behind: Behind | None
    """None while Kafka or PostgreSQL could not be asked"""
    overdue: float
    """the longest wait beyond a lease, in seconds"""

    @property
    def is_steady(self) -> bool:
        """Everything is up, everybody keeps up, and nothing waits for who is dead."""
        return (
            not self.down
            and self.behind is not None
            and self.behind.seconds <= BEHIND_SECONDS
            and self.overdue <= OVERDUE_SECONDS
        )


def steady_from(samples: Sequence[Sample], since: float) -> float | None:
    """From which moment on all was well for long enough, after `since`; None if not yet."""
    begin: float | None = None
    for sample in samples:
        if sample.at < since:
            continue
        begin = (sample.at if begin is None else begin) if sample.is_steady else None
        if begin is not None and sample.at - begin >= STAYS_SECONDS:
            return begin
    return None
