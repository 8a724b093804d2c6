"""Ctrl-C: the first asks to stop, the second does not wait."""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine
from typing import Any, Final

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(work: Coroutine[Any, Any, None], say: Callable[[str], None]) -> None:
    """Run until it is done, or stopped by a signal; either way what it opened is closed again."""
    asyncio.run(_interruptible(work, say))


async def _interruptible(work: Coroutine[Any, Any, None], say: Callable[[str], None]) -> None:
    task = asyncio.create_task(work)

    def stop() -> None:
        say("Killing what is left" if task.cancelling() else "Stopping; once more does not wait")
        task.cancel()

    for sig in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(sig, stop)
    with contextlib.suppress(asyncio.CancelledError):
        await task
