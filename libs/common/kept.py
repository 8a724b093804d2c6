"""How a message is kept in a table, whole, and read back as it came."""

from collections.abc import Sequence
from typing import Any, Final

from libs.common.inbound import Inbound

ENVELOPE: Final = "source, key, message_id, type, sequence, recorded_at, traceparent, origin, body"
"""The columns of a kept message, in the order of `columns`."""


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
        [
            inbound.body if inbound.parsed is None else inbound.parsed.model_dump_json().encode()
            for inbound in batch
        ],
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
    )
