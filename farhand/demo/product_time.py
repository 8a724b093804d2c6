"""The product's time in the demo: two weeks in two minutes, the same for all processes."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from typing import Final

from libs.common.clock import Clock, wall

BEGINS: Final = datetime(2026, 3, 2, 6, tzinfo=UTC)
"""A Monday; the packs know the law of that year."""

LASTS: Final = timedelta(days=14)


STARTING: Final = timedelta(seconds=5)
"""What the services need to come up; the demo's first morning begins after it."""


def hurried(seconds: float) -> Clock:
    """A clock that begins in a moment and lives through the demo in so many seconds."""
    return Clock(BEGINS, wall() + STARTING, LASTS.total_seconds() / seconds)


async def until(clock: Clock, moment: datetime) -> None:
    """Wait until the product's clock says a moment."""
    left = (moment - clock.now()).total_seconds() / clock.speed
    await asyncio.sleep(max(0.0, left))


if __name__ == "__main__":  # for services that something else starts, such as Docker
    print(hurried(float(sys.argv[1])))
