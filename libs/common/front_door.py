"""Take deliveries in: verified, kept raw and sealed before the answer, read once, never dropped."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Literal

from libs.common import clock, ids, quarantine
from libs.common.cloudevents import Record, handed, storable
from libs.common.database import TRANSIENT, Connection
from libs.common.engine import Engine
from libs.common.inbound import Dropped, Inbound, Result
from libs.common.intake import Delivery, Unreadable
from libs.common.message import Command, Event
from libs.common.projection import Received, projection
from libs.common.service import FrontDoor, Tools
from libs.common.tracing import current_traceparent

log = logging.getLogger(__name__)

RETRY_SECONDS: Final = 1.0
MAX_REASON: Final = 2_000
FIRST: Final = "first"

Submit = Callable[[Sequence[Inbound]], Awaitable[list[Result]]]
Status = Literal["accepted", "duplicate", "quarantined"]


class DeliveryTaken(Command):
    """A delivery to be kept as it came: `body` is sealed, `reason` says why it is unreadable.

    `about` are the keys of all that it is about, where those are several.
    """

    source: str
    delivery: str
    reason: str | None
    body: str
    about: tuple[str, ...] = ()


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
        insert into delivery (source, id, status, reason, body, received_at, about)
        select source, id, case when reason is null then 'read' else 'quarantined' end, reason,
               body, received_at, array(select jsonb_array_elements_text(about))
          from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[],
                      $6::jsonb[])
               as d (source, id, reason, body, received_at, about)
        on conflict (source, id) do update
           set status = excluded.status, reason = excluded.reason, body = excluded.body,
               settled_at = excluded.received_at, about = delivery.about || excluded.about
        """,
        [each.message.source for each in batch],
        [each.message.delivery for each in batch],
        [each.message.reason for each in batch],
        [each.message.body for each in batch],
        [each.time for each in batch],
        [json.dumps(each.message.about) for each in batch],
    )
    return ()


class Doors:
    """The front doors of a service."""

    def __init__(self, doors: Sequence[FrontDoor], tools: Tools, engine: Engine) -> None:
        self._doors = {door.source.name: door for door in doors}
        self._tools = tools
        self._engine = engine

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

        Raises KeyError for an unknown source, Unauthorized, SettingsError where its secret is
        missing, and what is transient where it cannot be kept now.
        """
        door = self._doors[source]
        delivery = Delivery(source, {k.lower(): v for k, v in headers.items()}, body)
        secrets = self._tools.settings.live_secrets(f"hook_{source}")
        door.source.verify(delivery, secrets, clock.wall())
        name = door.source.delivery_id(delivery) or f"sha256:{sha256(body).hexdigest()}"
        return await self._take(door, storable(name), body, self._engine.ask)

    def _receiver(self, door: FrontDoor) -> Callable[[Sequence[Record]], Awaitable[None]]:
        async def receive(records: Sequence[Record]) -> None:
            for record in records:
                said = handed(record, door.event_types)
                await self._take_surely(door, said.name, said.body)

        return receive

    async def _take_surely(self, door: FrontDoor, name: str, body: bytes) -> None:
        while True:
            try:
                await self._take(door, name, body, self._engine.submit)
            except TRANSIENT as error:
                log.warning("a delivery waits: %s", type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)
            else:
                return

    async def mend(self, source: str, name: str, body: bytes | None) -> Taken | None:
        """Read a quarantined delivery again, mended if a body is given; None if there is none.

        Raises ErasedError where no body is given and the kept one can no longer be opened.
        """
        kept = await quarantine.sealed_body(self._tools.pool, source, name)
        if kept is None or source not in self._doors:
            return None
        return await self._take(
            self._doors[source],
            name,
            await self._tools.vault.open_bytes(kept) if body is None else body,
            self._engine.ask,
            attempt=str(ids.ordered()),
        )

    async def _take(
        self, door: FrontDoor, name: str, body: bytes, submit: Submit, attempt: str = FIRST
    ) -> Taken:
        source = door.source.name
        messages, reason = await self._admitted(door, name, body)
        keys = sorted({message.key for message in messages})
        alone = keys[0] if len(keys) == 1 else None
        own_key, vault = quarantine.own_key(source, name), self._tools.vault
        taken = DeliveryTaken(
            source=source,
            delivery=name,
            reason=reason,
            body=await vault.seal_bytes(alone or own_key, body),
            about=() if alone else tuple(keys),
        )
        kept = self._inbound(source, f"{name}/{attempt}", f"{source}/{name}", taken)
        results = await submit([kept, *messages])
        if results[0] == Dropped("duplicate"):
            return Taken(name, "duplicate")
        if alone and attempt != FIRST:
            await vault.erase(own_key)  # as it was before it was mended, it opens no more
        return Taken(name, "accepted" if reason is None else "quarantined", reason)

    async def _admitted(
        self, door: FrontDoor, name: str, body: bytes
    ) -> tuple[list[Inbound], str | None]:
        """The commands that a body comes to, or why it comes to none.

        A defect of ours is such a reason too: the delivery is kept, and read again once it is
        mended. Raises only what is transient.
        """
        source = door.source.name
        try:
            commands = [await door.admit(each, self._tools) for each in door.source.read(body)]
            return [
                self._inbound(source, f"{name}#{number}", key, command)
                for number, (key, command) in enumerate(commands)
            ], None
        except Unreadable as unreadable:
            return [], storable(str(unreadable), MAX_REASON)
        except TRANSIENT:
            raise
        except Exception as error:
            log.exception("reading a delivery of %s raised", source)
            return [], f"reading it raised {type(error).__name__}; this is a defect of the reader"

    def _inbound(self, source: str, name: str, key: str, command: Command) -> Inbound:
        return Inbound(
            id=name,
            type=command.type,
            source=f"delivery/{source}",
            key=storable(key),
            body=command.model_dump_json().encode(),
            recorded_at=self._tools.clock.now(),
            origin=f"{source} delivery {name}",
            traceparent=current_traceparent(),
            parsed=command,
        )
