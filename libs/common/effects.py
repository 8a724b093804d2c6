"""Effects on the outside world: how an adapter is written, and what it may answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias, TypeVar

from libs.common.message import Effect, Reply

E = TypeVar("E", bound=Effect)


@dataclass(frozen=True, slots=True)
class Call:
    """One try of one effect.

    `idempotency_key` is the same on every try, also after a crash; `attempt` counts from 1; `now`
    is the product's time, in UTC.
    """

    idempotency_key: str
    attempt: int
    key: str
    now: datetime


class Transient(Exception):  # noqa: N818  # an answer, not an error
    """The peer cannot do it now; it is tried again with back-off, not before `retry_after`."""

    def __init__(self, reason: str, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


Perform: TypeAlias = Callable[[E, Call], Awaitable[Reply]]
"""Change the outside world, read it back, and reply.

May raise `Transient` to be tried again, or `Refused` to be given up; anything else that it raises
counts as transient. What is given up reaches the decider as `EffectFailed`.
"""


@dataclass(frozen=True, slots=True)
class Adapter:
    """How one type of effect is performed."""

    effect: type[Effect]
    perform: Perform[Any]


def adapter(effect: type[E], perform: Perform[E]) -> Adapter:
    """Tie an effect to the function that performs it, types checked."""
    return Adapter(effect, perform)
