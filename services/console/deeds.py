"""What people ask of hires, written into the audit log: a projection of the console's own events.

An entry is written in the transaction that reads the event, so exactly once, and only for what was
really asked.
"""

from collections.abc import Sequence
from typing import Any, Final

from libs.common.contracts.console import Asked
from libs.common.database import Connection
from libs.common.message import Event
from libs.common.projection import Received, projection
from services.console import audit
from services.console.audit import Deed
from services.console.desk import REQUESTS

NOT_KEPT: Final = {"hire_id", "matter", "asked", "worker"}
"""What an entry has in fields of its own, and contacts."""


@projection("deeds", *REQUESTS.values())
async def follow_deeds(conn: Connection, batch: Sequence[Received[Any]]) -> Sequence[Event]:
    """Write a batch of requests down, each under who asked it."""
    for each in batch:
        event: Event = each.message
        asked: Asked = each.message.asked
        detail = event.model_dump(mode="json", exclude=NOT_KEPT)
        action = event.type.removesuffix(".v1")
        await audit.write(conn, Deed(asked.account, action, event.subject, detail), asked.asked_at)
    return ()
