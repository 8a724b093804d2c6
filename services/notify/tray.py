"""The nouns of a digest: what waits for a mailbox, and what is on its way to it."""

from collections.abc import Iterator
from typing import Any, Self
from uuid import UUID

from libs.common.contracts.notify import MessageWritten
from libs.common.contracts.values import HireId, Instant, Owner, Sealed, Value
from services.notify.digest_mail import Entry
from services.notify.letter import Ask


class Gathered(Value):
    """A message that waits for the next digest."""

    message_id: UUID
    hire_id: HireId
    asks: tuple[Ask, ...]
    about: str
    link: str
    held: bool
    worker: Sealed | None

    @classmethod
    def of(cls, event: MessageWritten) -> Self:
        """The part of a message that a digest needs."""
        return cls(
            message_id=event.message_id,
            hire_id=event.hire_id,
            asks=tuple(Ask(**dict(each)) for each in event.asks),
            about=event.about,
            link=event.link,
            held=event.held is not None,
            worker=event.worker,
        )

    @property
    def entries(self) -> Iterator[Entry]:
        """Each of its asks, with what it is about."""
        for ask in self.asks:
            yield Entry(ask=ask, about=self.about, worker=self.worker)


class Carried(Value):
    """A digest that was given to the mail adapter and has no receipt yet."""

    id: UUID
    messages: tuple[tuple[HireId, UUID], ...]


class Tray(Value):
    """What waits for the readers of a mailbox; `count` is how many digests there ever were."""

    reader: Owner
    waiting: tuple[Gathered, ...] = ()
    due: Instant | None = None
    sent_at: Instant | None = None
    carried: tuple[Carried, ...] = ()
    count: int = 0

    def evolve(self, **changes: Any) -> Self:
        """A copy with some fields changed."""
        return self.model_copy(update=changes)
