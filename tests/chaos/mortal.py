# pyright: reportPrivateUsage=false
"""Run a service that kills itself with -9 at a named point of the kernel, once it is told to.

`python -m tests.chaos.mortal services.onboarding`; the order is a file, FARHAND_CHAOS_ORDER, that
holds the name of a point. Whoever comes by there removes it and dies. Another, FARHAND_CHAOS_CLOCK,
holds by how many seconds its clock is wrong. The product knows nothing of this: its functions are
wrapped here, before the service starts.
"""

import os
import runpy
import signal
import sys
from asyncio import Future
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from libs.common import timers
from libs.common.consumer import KafkaConsumer
from libs.common.effect_loop import EffectLoop
from libs.common.handoff import Handoff
from libs.common.kernel import Kernel
from libs.common.transaction import Transaction
from tests.chaos.false_clock import falsify
from tests.chaos.faults import Point

ORDER: Final = "FARHAND_CHAOS_ORDER"
CLOCK: Final = "FARHAND_CHAOS_CLOCK"

Coming = Callable[..., Awaitable[Any]]


def die_if_told(point: Point) -> None:
    """Die here, if that is the order."""
    order = Path(os.environ[ORDER])
    with suppress(OSError):
        if order.exists() and order.read_text() == point:
            order.unlink()
            os.kill(os.getpid(), signal.SIGKILL)


def _before(point: Point, function: Coming) -> Coming:
    async def wrapped(*args: Any, **kwargs: Any) -> Any:
        die_if_told(point)
        return await function(*args, **kwargs)

    return wrapped


def _after(point: Point, function: Coming) -> Coming:
    """Once it returned something: nothing claimed is nothing to die over."""

    async def wrapped(*args: Any, **kwargs: Any) -> Any:
        result = await function(*args, **kwargs)
        if result:
            die_if_told(point)
        return result

    return wrapped


def _offer(offer: Callable[[Handoff, Sequence[Any]], None]) -> Any:
    def wrapped(handoff: Handoff, rows: Sequence[Any]) -> None:
        if rows:
            die_if_told(Point.COMMITTED)
        offer(handoff, rows)

    return wrapped


def _settle(settle: Callable[[Handoff, int, "Future[Any]"], None]) -> Any:
    def wrapped(handoff: Handoff, position: int, sent: "Future[Any]") -> None:
        if not sent.cancelled() and sent.exception() is None:
            die_if_told(Point.PUBLISHED)
        settle(handoff, position, sent)

    return wrapped


def make_mortal() -> None:
    """Wrap what the points are named after."""
    wraps: Mapping[tuple[Any, str], Callable[[Any], Any]] = {
        (Kernel, "_receive"): lambda f: _before(Point.POLLED, f),
        (Transaction, "settle"): lambda f: _after(Point.BEFORE_COMMIT, f),
        (Handoff, "offer"): _offer,
        (Handoff, "_settle"): _settle,
        (KafkaConsumer, "_commit"): lambda f: _before(Point.BEFORE_OFFSETS, f),
        (EffectLoop, "_perform"): lambda f: _after(
            Point.AFTER_EFFECT, _before(Point.BEFORE_EFFECT, f)
        ),
        (timers, "claim_due"): lambda f: _after(Point.TIMER_CLAIMED, f),
    }
    for (owner, name), wrap in wraps.items():
        setattr(owner, name, wrap(getattr(owner, name)))


if __name__ == "__main__":
    make_mortal()
    falsify(Path(os.environ[CLOCK]))
    runpy.run_module(sys.argv[1], run_name="__main__", alter_sys=True)
