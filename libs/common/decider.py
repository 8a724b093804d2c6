"""A decider owns one keyed state and answers every message with a decision, purely."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Generic, TypeAlias, TypeVar

from pydantic import BaseModel

from libs.common.message import Effect, Event, Message, Timer

S = TypeVar("S", bound=BaseModel)
M = TypeVar("M", bound=Message)


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Wake this key with `timer` at `due` (UTC); the same type and slot moves, never doubles."""

    due: datetime
    timer: Timer


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """Forget a timer; cancelling one that is not set does nothing."""

    timer: type[Timer]
    slot: str = ""


@dataclass(frozen=True, slots=True)
class Decision(Generic[S]):
    """What follows from one message: the next state, and all that leaves this key with it."""

    state: S | None
    emit: tuple[Event, ...] = ()
    timers: tuple[SetTimer | CancelTimer, ...] = ()
    effects: tuple[Effect, ...] = ()


class Refused(Exception):  # noqa: N818  # an answer, not an error
    """A command cannot be done now; the text tells the person why, and what to do instead.

    Raised for an event or a timer it is a defect, and the message becomes a dead letter.
    """


Decide: TypeAlias = Callable[[S | None, M, datetime], Decision[S]]
KeyOf: TypeAlias = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Rule(Generic[S]):
    """How one type of message is decided, and which key it belongs to."""

    message: type[Message]
    decide: Decide[S, Any]
    key: KeyOf | None


@dataclass(slots=True)
class Decider(Generic[S]):
    """A named, keyed state and the rules that move it.

    Each rule is `(state, message, now) -> Decision`: pure, synchronous and total. Messages of one
    key are folded in order. With `one_trace`, all that ever happens to a key is told in the trace
    that its first message began; what arrives in another trace is linked to it.
    """

    name: str
    state: type[S]
    one_trace: bool = False
    _rules: dict[str, Rule[S]] = field(default_factory=dict[str, Rule[S]])

    def on(
        self, message: type[M], *, key: Callable[[M], str] | None = None
    ) -> Callable[[Decide[S, M]], Decide[S, M]]:
        """Decide messages of this type; without `key`, the state is that of the subject."""

        def register(decide: Decide[S, M]) -> Decide[S, M]:
            if message.type in self._rules:
                raise TypeError(f"{self.name} already decides {message.type}")
            self._rules[message.type] = Rule(message, decide, key)
            return decide

        return register

    @property
    def rules(self) -> Mapping[str, Rule[S]]:
        """Every rule by the type of message it decides."""
        return MappingProxyType(self._rules)
