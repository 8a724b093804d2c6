"""What one transaction does with a batch: admit, load, decide, project, write."""

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from libs.common import (
    admission,
    cursors,
    dead_letters,
    effect_queue,
    entities,
    outbox,
    parking,
    telemetry,
    timers,
)
from libs.common.admission import Admission, Item
from libs.common.clock import Clock
from libs.common.contracts import CATALOG
from libs.common.cursors import RaceLostError
from libs.common.database import TRANSIENT, Connection
from libs.common.decider import Decider
from libs.common.fold import (
    ContractError,
    Defective,
    EffectAsked,
    Emitted,
    Entity,
    EntityKey,
    Folded,
    fold,
    read,
    targets,
)
from libs.common.inbound import Dead, Dropped, EffectClaim, Inbound, Parked, Result
from libs.common.message import Message
from libs.common.numbering import number
from libs.common.outbox import OutboxRow
from libs.common.projection import Projection, Received
from libs.common.spans import OpenSpan, Spans

log = logging.getLogger(__name__)


class Poison(Exception):  # noqa: N818  # a finding about a message
    """Some message of the batch makes the whole of it fail, and would do so again."""


@dataclass(frozen=True, slots=True)
class Committed:
    """What a transaction leaves to be done once it is committed.

    Where it `moves_effects`, one was asked for or answered: there may be one to try now.
    """

    results: list[Result]
    rows: Sequence[OutboxRow]
    traced: Sequence[tuple[OpenSpan, Result]]
    moves_effects: bool


@dataclass(frozen=True)
class Transaction:
    """The deciders and projections of a service, applied to a batch in one transaction."""

    service: str
    owner: UUID
    deciders: Sequence[Decider[Any]]
    projections: Sequence[Projection]
    clock: Clock
    spans: Spans

    @cached_property
    def by_name(self) -> dict[str, Decider[Any]]:
        """The deciders by name."""
        return {decider.name: decider for decider in self.deciders}

    @cached_property
    def messages(self) -> dict[str, type[Message]]:
        """Every type of message that this service does something about."""
        decided = {t: rule.message for d in self.deciders for t, rule in d.rules.items()}
        return decided | {m.type: m for p in self.projections for m in p.messages}

    async def settle(
        self, conn: Connection, batch: Sequence[Inbound], started: int, poison: str | None = None
    ) -> Committed:
        """Settle a batch in the caller's transaction.

        `started` is when the batch began, in nanoseconds since the epoch. With `poison`, its
        messages are not tried again but set aside for that reason. Raises Poison where a message
        is at fault, else what is transient.
        """
        try:
            return await self._settle(conn, batch, started, poison)
        except (*TRANSIENT, RaceLostError):
            raise
        except Exception as error:
            says = f": {error}" if isinstance(error, ContractError) else ""
            raise Poison(f"handling it raised {type(error).__name__}{says}") from error

    async def _settle(
        self, conn: Connection, batch: Sequence[Inbound], started: int, poison: str | None
    ) -> Committed:
        admitted = await admission.admit(conn, batch)
        for item in admitted.open:
            self._read(item, poison)
        loaded = await entities.load(
            conn,
            [(t.decider.name, t.key) for item in admitted.open for t in item.aimed],
            self.by_name,
        )
        await admission.claim(conn, admitted.items)
        traced, rows, asked = await self._decide(conn, admitted, loaded, started)
        answered = any(isinstance(inbound.claim, EffectClaim) for inbound in batch)
        return Committed(admitted.results_for(batch), rows, traced, bool(asked or answered))

    def _read(self, item: Item, poison: str | None) -> None:
        inbound = item.inbound
        contract = self.messages.get(inbound.type)
        if poison is not None:
            item.message = Defective(poison)
        elif contract is not None or inbound.defect is not None:
            item.message = read(inbound, contract or Message)
        elif inbound.type in CATALOG:
            item.result = Dropped("unhandled")
        else:
            item.message = Dead(
                f"the type {inbound.type!r} is unknown to this release; replay it after an "
                "upgrade, or discard it",
                holds_key=False,
            )
        if isinstance(item.message, Message):
            item.aimed = targets(self.deciders, inbound, item.message)

    async def _decide(
        self,
        conn: Connection,
        admitted: Admission,
        loaded: Mapping[EntityKey, Entity],
        started: int,
    ) -> tuple[list[tuple[OpenSpan, Result]], list[OutboxRow], Sequence[EffectAsked]]:
        now = self.clock.now()
        items = admitted.open
        spans, traceparents, born = self._open_spans(items, loaded, started)
        began = time.perf_counter()
        folded = fold(
            self.service,
            [(item.inbound, item.message or Dead("unread"), item.aimed) for item in items],
            loaded,
            now,
        )
        telemetry.DECISION_SECONDS.labels(self.service).observe(time.perf_counter() - began)
        for item, result in zip(items, folded.results, strict=True):
            item.result = result
        projected = await self._project(conn, items, folded, now)
        told = [
            (cause, dead_letters.told(self.service, inbound, dead, now))
            for cause, inbound, dead in _dead(items)
        ]
        buried = await number(conn, self.service, dead_letters.EMITTER, told, now)
        changed = {
            key: entity
            if entity.version
            else Entity(0, entity.sequence, entity.state, born.get(key))
            for key, entity in folded.entities.items()
        }
        await entities.save(conn, changed, now)
        await timers.save(conn, folded.timers, traceparents)
        causes = [item.inbound for item in items]
        await effect_queue.save(conn, folded.effects, causes, traceparents)
        emitted = [*folded.emitted, *projected, *buried]
        rows = await outbox.put(conn, self.owner, emitted, traceparents, now)
        await self._set_aside(conn, admitted)
        await cursors.save(conn, admitted.before, admitted.after)
        return list(zip(spans, folded.results, strict=True)), rows, folded.effects

    def _open_spans(
        self, items: Sequence[Item], loaded: Mapping[EntityKey, Entity], started: int
    ) -> tuple[list[OpenSpan], list[str | None], dict[EntityKey, str | None]]:
        """A span for each message; where a new state is born, its trace begins there."""
        spans: list[OpenSpan] = []
        born: dict[EntityKey, str | None] = {}
        for item in items:
            homes = [
                loaded[name].traceparent if name in loaded else born.get(name)
                for target in item.aimed
                if target.decider.one_trace
                for name in [(target.decider.name, target.key)]
            ]
            home = next((each for each in homes if each is not None), None)
            span = self.spans.open(item.inbound, home, started)
            spans.append(span)
            for target in item.aimed:
                name = (target.decider.name, target.key)
                if name not in loaded:
                    born.setdefault(name, span.traceparent)
        return spans, [span.traceparent for span in spans], born

    async def _project(
        self, conn: Connection, items: Sequence[Item], folded: Folded, now: datetime
    ) -> list[Emitted]:
        emitted: list[Emitted] = []
        for projection in self.projections:
            mine = [
                (cause, message)
                for cause, message in folded.messages
                if type(message) in projection.messages
            ]
            if not mine:
                continue
            received = [
                Received(items[cause].inbound.id, items[cause].inbound.recorded_at, message)
                for cause, message in mine
            ]
            last, _ = mine[-1]
            events = [(last, event) for event in await projection.project(conn, received)]
            emitted += await number(conn, self.service, projection.name, events, now)
        return emitted

    @staticmethod
    async def _set_aside(conn: Connection, admitted: Admission) -> None:
        dead = [(inbound, result) for _, inbound, result in _dead(admitted.items)]
        parked: list[tuple[Inbound, parking.Cause]] = [
            (item.inbound, item.result.cause)
            for item in admitted.items
            if isinstance(item.result, Parked)
        ]
        await dead_letters.bury(conn, dead)
        await parking.park(conn, parked)


def _dead(items: Sequence[Item]) -> list[tuple[int, Inbound, Dead]]:
    """The messages that became dead letters, each with its place."""
    return [
        (place, item.inbound, item.result)
        for place, item in enumerate(items)
        if isinstance(item.result, Dead)
    ]
