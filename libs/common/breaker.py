"""The breaker: a release that fails everybody is stopped before it sets everybody aside."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from libs.common.fold import Defective
from libs.common.inbound import Applied, Inbound, Readmission, Result

MAX_DEFECTS: Final = 100
"""So many messages of one type in a row, none of which could be handled for a defect of ours…"""

MAX_KEYS: Final = 50
"""…about so many keys: one broken state alone never stops the others."""


@dataclass(frozen=True, slots=True)
class Streak:
    """Defects of one type of message since the last success."""

    defects: int = 0
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Breaker:
    """Counts by type of message, so that what still works does not hide what does not."""

    streaks: Mapping[str, Streak] = field(default_factory=dict[str, Streak])

    def after(self, outcomes: Iterable[tuple[Inbound, Result]]) -> "Breaker":
        """The count after a batch; what a person replays counts only where it succeeds."""
        streaks = dict(self.streaks)
        for inbound, result in outcomes:
            if isinstance(result, Applied):
                streaks.pop(inbound.type, None)
            elif isinstance(result, Defective) and not isinstance(inbound.claim, Readmission):
                streak = streaks.get(inbound.type, Streak())
                streaks[inbound.type] = Streak(streak.defects + 1, streak.keys | {inbound.key})
        return Breaker(streaks)

    @property
    def tripped(self) -> str | None:
        """The type of message that this release cannot handle, if there is one."""
        return next(
            (
                kind
                for kind, streak in self.streaks.items()
                if streak.defects >= MAX_DEFECTS and len(streak.keys) >= MAX_KEYS
            ),
            None,
        )
