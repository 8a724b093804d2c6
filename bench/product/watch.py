"""How far a burst of hires has come, as the database tells it, and what that cost."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from bench import usage
from farhand.services import SERVICES
from farhand.stack import Stack
from libs.common.database import Connection

POLL_SECONDS: Final = 0.5
REST_SECONDS: Final = 3.0
STALLED_SECONDS: Final = 120.0

MOVED: Final = """
select (select coalesce(sum(version), 0) from onboarding.entity)
     + (select coalesce(sum(version), 0) from compliance.entity)
     + (select count(*) from onboarding.effect)
"""
PENDING: Final = "select count(*) from onboarding.effect where type <> 'ListChanges'"
"""Accounts and peers that are still to be made; BambooHR is asked for changes for ever."""
DECIDED: Final = """
select count(*)
  from onboarding.entity
 where decider = 'journey' and jsonb_typeof(state->'ruling') = 'object'
"""
STATUSES: Final = """
select state->>'status' as status, count(*) as hires
  from onboarding.entity
 where decider = 'journey'
 group by 1
"""
Progress = Callable[[Counter[str]], None]


@dataclass(frozen=True, slots=True)
class Watch:
    """Looks at the hires over a connection of its own."""

    conn: Connection
    progress: Progress

    async def statuses(self) -> Counter[str]:
        """How many hires stand where."""
        rows = await self.conn.fetch(STATUSES)
        return Counter({row["status"]: row["hires"] for row in rows})

    async def until_at_rest(self, hires: int) -> tuple[float, float]:
        """Wait until all hires are known and neither law nor access moves any.

        Returns when the last was decided on and when the last moved, in seconds of the monotonic
        clock, to half a second. Raises TimeoutError where not all become known.
        """
        seen, decided, decided_at, moved_at = -1, 0, 0.0, time.monotonic()
        while True:
            now, statuses = int(await self.conn.fetchval(MOVED)), await self.statuses()
            before, decided = decided, int(await self.conn.fetchval(DECIDED))
            decided_at = time.monotonic() if decided != before else decided_at
            self.progress(statuses)
            if now != seen:
                seen, moved_at = now, time.monotonic()
            rested = time.monotonic() - moved_at
            pending = await self.conn.fetchval(PENDING)
            if rested > REST_SECONDS and statuses.total() >= hires and not pending:
                return decided_at, moved_at
            if rested > STALLED_SECONDS:
                raise TimeoutError(f"{statuses.total()} of {hires} hires were announced")
            await asyncio.sleep(POLL_SECONDS)


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds by part: each service with its copies, the infrastructure, the world outside."""

    seconds: Mapping[str, float] = field(default_factory=dict[str, float])

    @classmethod
    def now(cls, stack: Stack) -> "Cost":
        """What every part has used since it started."""
        used = Counter[str]()
        for name in stack.children:
            if (pid := stack.pid(name)) is not None:
                used[_part(name)] += usage.cpu_seconds([pid])  # pyright: ignore[reportArgumentType]  # a Counter counts seconds as well
        return cls(used)

    def since(self, before: "Cost") -> "Cost":
        """What was used after `before`."""
        return Cost({part: used - before.seconds[part] for part, used in self.seconds.items()})

    def of(self, *parts: str) -> float:
        """Of some parts together."""
        return sum(self.seconds.get(part, 0.0) for part in parts)

    @property
    def total(self) -> float:
        """Of all of them."""
        return sum(self.seconds.values())


def _part(name: str) -> str:
    """The service that a copy is of; else the part itself."""
    return next((each.name for each in SERVICES if name.startswith(each.name)), name)
