"""From a batch of events to what people look at: hires folded, their stories, a call to look."""

from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from libs.common.contracts import CATALOG
from libs.common.database import Connection
from libs.common.message import Event
from libs.common.projection import Received, projection
from services.console import store
from services.console.folds import fold
from services.console.hire import Hire
from services.console.live import EVERYTHING
from services.console.store import Told

OF_A_HIRE: Final = tuple(
    event
    for event in CATALOG.values()
    if event.subject_field == "hire_id"
    and event.emitter in ("onboarding", "compliance", "notify", "console")
)
"""Every event about a hire: whatever is told of one is part of its story."""

CONTACTS: Final = {"profile": {"worker", "manager"}, "worker": True}
MANY: Final = 40
"""More hires than this in one batch are told as 'everything': a notice has a limit of length."""


@projection("hires", *OF_A_HIRE)
async def follow_hires(conn: Connection, batch: Sequence[Received[Any]]) -> Sequence[Event]:
    """Fold a batch into its hires, append it to their stories, and wake who looks at them."""
    ids = [_hire_id(each.message) for each in batch]
    await store.lock_hires(conn, ids)
    known = await store.load_hires(conn, ids)
    hires = folded(known, batch)
    await store.save_hires(conn, list(hires.values()))
    await store.tell(conn, [_told(each) for each in batch])
    await store.wake(conn, notice(hires))
    return ()


def folded(known: dict[UUID, Hire], batch: Iterable[Received[Any]]) -> dict[UUID, Hire]:
    """Those hires that the batch is about, after it."""
    after: dict[UUID, Hire] = {}
    for each in batch:
        hire_id = _hire_id(each.message)
        before = after.get(hire_id) or known.get(hire_id)
        after[hire_id] = fold(before, each.message, each.time)
    return after


def notice(hires: Iterable[UUID]) -> str:
    """What browsers are told to look at again."""
    topics = [str(hire_id) for hire_id in hires]
    return " ".join(["hires", *topics]) if len(topics) <= MANY else EVERYTHING


def _hire_id(event: Any) -> UUID:
    return event.hire_id


def _told(received: Received[Any]) -> Told:
    event: Event = received.message
    return Told(
        id=received.id,
        hire_id=_hire_id(event),
        at=received.time,
        type=event.type,
        body=event.model_dump(mode="json", exclude=CONTACTS),
        contacts={n: v for n, v in event.model_dump(mode="json", include=CONTACTS).items() if v},
    )
