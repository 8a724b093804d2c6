"""Take deliveries in: verified, kept raw and sealed before the answer, read once, never dropped."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from libs.common import clock, ids, quarantine
from libs.common.cloudevents import Record, storable, tolerant
from libs.common.database import TRANSIENT, Connection
from libs.common.inbound import Dropped, Inbound, Result
from libs.common.intake import Delivery, Unreadable
from libs.common.message import Command, Event
from libs.common.projection import Received, projection
from libs.common.service import FrontDoor, Tools
from libs.common.tracing import current_traceparent

log = logging.getLogger(__name__)

RETRY_SECONDS: Final = 1.0

Submit = Callable[[Sequence[Inbound]], Awaitable[list[Result]]]
Status = Literal["accepted", "duplicate", "quarantined"]


class DeliveryTaken(Command):
    """A delivery to be kept as it came: `body` is sealed, `reason` says why it is unreadable."""

    source: str
    delivery: str
    reason: str | None
    body: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a delivery, and its name for later questions."""

    delivery: str
    status: Status
    reason: str | None = None


@projection("deliveries", DeliveryTaken)
async def deliveries(conn: Connection, batch: Sequence[Received[DeliveryTaken]]) -> Sequence[Event]:
    """Keep deliveries; one that is taken again was mended, and takes the place of the old."""
    await conn.execute(
        """
        insert into delivery (source, id, status, reason, body, received_at)
        select source, id, case when reason is null then 'read' else 'quarantined' end, reason,
               body, received_at
          from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
               as d (source, id, reason, body, received_at)
        on conflict (source, id) do update
           set status = excluded.status, reason = excluded.reason, body = excluded.body,
               settled_at = excluded.received_at
        """,
        [each.message.source for each in batch],
        [each.message.delivery for each in batch],
        [each.message.reason for each in batch],
        [each.message.body for each in batch],
        [each.time for each in batch],
    )
    return ()


class Doors:
    """The front doors of a service."""

    def __init__(self, doors: Sequence[FrontDoor], tools: Tools, submit: Submit) -> None:
        self._doors = {door.source.name: door for door in doors}
        self._tools = tools
        self._submit = submit

    @property
    def sources(self) -> tuple[str, ...]:
        """The names under which deliveries are taken."""
        return tuple(self._doors)

    def accepted_status(self, source: str) -> int:
        """The HTTP status that tells this sender that its delivery is kept."""
        return self._doors[source].source.accepted_status

    @property
    def topics(self) -> Mapping[str, Callable[[Sequence[Record]], Awaitable[None]]]:
        """What to do with the records of each topic that is a front door."""
        return {
            door.topic: self._receiver(door)
            for door in self._doors.values()
            if door.topic is not None
        }

    async def take_request(self, source: str, headers: Mapping[str, str], body: bytes) -> Taken:
        """Take a signed webhook; returns once it is kept.

        Raises KeyError for an unknown source, and Unauthorized.
        """
        door = self._doors[source]
        delivery = Delivery(source, {k.lower(): v for k, v in headers.items()}, body)
        secrets = self._tools.settings.live_secrets(f"hook_{source}")
        door.source.verify(delivery, secrets, clock.wall())
        return await self._take(door, storable(door.source.delivery_id(delivery)), body)

    def _receiver(self, door: FrontDoor) -> Callable[[Sequence[Record]], Awaitable[None]]:
        async def receive(records: Sequence[Record]) -> None:
            for record in records:
                said = tolerant(record.headers)
                name = said.get("ce_id") or f"{record.topic}/{record.partition}@{record.offset}"
                await self._take_surely(door, name, record.value or b"")

        return receive

    async def _take_surely(self, door: FrontDoor, name: str, body: bytes) -> None:
        while True:
            try:
                await self._take(door, name, body)
            except TRANSIENT as error:
                log.warning("a delivery waits: %s", type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return

    async def mend(self, source: str, name: str, body: bytes | None) -> Taken | None:
        """Read a quarantined delivery again, mended if a body is given; None if there is none."""
        kept = await quarantine.sealed_body(self._tools.pool, source, name)
        if kept is None or source not in self._doors:
            return None
        return await self._take(
            self._doors[source],
            name,
            await self._tools.vault.open_bytes(kept) if body is None else body,
            attempt=str(ids.ordered()),
        )

    async def _take(self, door: FrontDoor, name: str, body: bytes, attempt: str = "first") -> Taken:
        source = door.source.name
        readings, reason = _read(door, body)
        commands = [await door.admit(reading, self._tools) for reading in readings]
        keys = {key for key, _ in commands}
        owner = keys.pop() if len(keys) == 1 else str(ids.derived("delivery", source, name))
        sealed = await self._tools.vault.seal_bytes(owner, body)
        taken = DeliveryTaken(source=source, delivery=name, reason=reason, body=sealed)
        results = await self._submit(
            [
                self._inbound(source, f"{name}/{attempt}", f"{source}/{name}", taken),
                *(
                    self._inbound(source, f"{name}#{number}", key, command)
                    for number, (key, command) in enumerate(commands)
                ),
            ]
        )
        if results[0] == Dropped("duplicate"):
            return Taken(name, "duplicate")
        return Taken(name, "accepted" if reason is None else "quarantined", reason)

    def _inbound(self, source: str, name: str, key: str, command: Command) -> Inbound:
        return Inbound(
            id=name,
            type=command.type,
            source=f"delivery/{source}",
            key=key,
            body=b"",
            recorded_at=self._tools.clock.now(),
            origin=f"{source} delivery {name}",
            traceparent=current_traceparent(),
            parsed=command,
        )


def _read(door: FrontDoor, body: bytes) -> tuple[Sequence[Any], str | None]:
    """What a body says, or why it cannot be read; a defect of the reader is such a reason too."""
    try:
        return door.source.read(body), None
    except Unreadable as unreadable:
        return (), str(unreadable)
    except Exception as error:
        log.exception("reading a delivery of %s raised", door.source.name)
        return (), f"reading it raised {type(error).__name__}; this is a defect of the reader"
