"""A projection keeps a read model: set-based SQL over a batch, in the batch's own transaction."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeAlias, TypeVar

from libs.common.database import Connection
from libs.common.message import Event, Message

M_co = TypeVar("M_co", bound=Message, covariant=True)


@dataclass(frozen=True, slots=True)
class Received(Generic[M_co]):
    """A message with the id its source gave it and the product's time (UTC) of its recording."""

    id: str
    time: datetime
    message: M_co


Project: TypeAlias = Callable[[Connection, Sequence[Received[Any]]], Awaitable[Sequence[Event]]]
"""Write a batch; what it returns is published after the commit, in order for each subject.

Any error but a transient one sets the message aside that caused it, and only its key.
"""


@dataclass(frozen=True, slots=True)
class Projection:
    """A named read model and the messages it reads."""

    name: str
    messages: frozenset[type[Message]]
    project: Project


def projection(name: str, *messages: type[Message]) -> Callable[[Project], Projection]:
    """Make a projection of the function below."""
    return lambda project: Projection(name, frozenset(messages), project)
