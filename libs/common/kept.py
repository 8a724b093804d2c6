"""How a message is kept in a table, whole, and read back as it came."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from libs.common import ids
from libs.common.inbound import Inbound

ENVELOPE: Final = (
    "source, key, message_id, type, sequence, recorded_at, traceparent, origin, body, decider"
)
"""The columns of a kept message, in the order of `columns`."""


def identity(inbound: Inbound) -> UUID:
    """What names a message among all: of a numbered one also its number, for ids may repeat."""
    return ids.derived(inbound.source, inbound.key, inbound.id, inbound.sequence or "")


def columns(batch: Sequence[Inbound]) -> tuple[list[Any], ...]:
    """The columns of `ENVELOPE`, one list each."""
    return (
        [inbound.source for inbound in batch],
        [inbound.key for inbound in batch],
        [inbound.id for inbound in batch],
        [inbound.type for inbound in batch],
        [inbound.sequence for inbound in batch],
        [inbound.recorded_at for inbound in batch],
        [inbound.traceparent for inbound in batch],
        [inbound.origin for inbound in batch],
        [inbound.body for inbound in batch],
        [inbound.decider for inbound in batch],
    )


def from_row(row: Any) -> Inbound:
    """A kept message as it came."""
    return Inbound(
        id=row["message_id"],
        type=row["type"],
        source=row["source"],
        key=row["key"],
        body=row["body"],
        recorded_at=row["recorded_at"],
        origin=row["origin"],
        sequence=row["sequence"],
        traceparent=row["traceparent"],
        decider=row["decider"],
    )
