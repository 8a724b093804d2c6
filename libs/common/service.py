"""A service, declared: its deciders, projections, adapters, front doors and HTTP API."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from fastapi import APIRouter

from libs.common.clock import Clock
from libs.common.database import Pool
from libs.common.decider import Decider
from libs.common.effects import Adapter
from libs.common.intake import Source
from libs.common.message import Command, Event, Message
from libs.common.projection import Projection
from libs.common.rebuilding import Comparison
from libs.common.sealing import Vault
from libs.common.settings import Settings


@dataclass(frozen=True, slots=True)
class Tools:
    """What an adapter or a front door may use; made once, when the service starts."""

    settings: Settings
    pool: Pool
    vault: Vault
    clock: Clock


Admit: TypeAlias = Callable[[Any, Tools], Awaitable[tuple[str, Command]]]
"""Turn one reading of a source into the key it is about and a command, its personal data sealed."""

Rebuild: TypeAlias = Callable[[Tools], Awaitable[Comparison]]
"""Make the read model anew from its log and put it in place; raises RebuildRunningError."""

MakeAdapters: TypeAlias = Callable[[Tools], Sequence[Adapter]]


@dataclass(frozen=True, slots=True)
class FrontDoor:
    """A source that a service listens to: by signed webhook, and, with `topic`, on Kafka too.

    Of `event_types`, a record's value may be the data alone of a CloudEvent in binary mode; the
    source reads it as one in structured mode.
    """

    source: Source
    admit: Admit
    topic: str | None = None
    event_types: frozenset[str] = frozenset()


async def nothing_to_prepare(_tools: Tools) -> None:
    """For a service that needs no more than its tables."""


async def nothing_to_measure(_tools: Tools) -> None:
    """For a service with no figures of its own for Prometheus."""


def no_adapters(_tools: Tools) -> Sequence[Adapter]:
    """For a service that changes nothing outside."""
    return ()


@dataclass(frozen=True, slots=True)
class Service:
    """All that the kernel needs to run a service; its topics follow from what it handles.

    `prepare` runs at each start, after the migrations and before anything is consumed. `api` asks
    for the API token; `pages` are for people, and guard themselves. `measure` is called every few
    seconds while the service runs. `rebuild` is for a service with a read model that a log makes.
    """

    name: str
    title: str
    deciders: Sequence[Decider[Any]] = ()
    projections: Sequence[Projection] = ()
    adapters: MakeAdapters = no_adapters
    front_doors: Sequence[FrontDoor] = ()
    api: APIRouter | None = None
    pages: APIRouter | None = None
    migrations: Path | None = None
    prepare: Callable[[Tools], Awaitable[None]] = nothing_to_prepare
    measure: Callable[[Tools], Awaitable[None]] = nothing_to_measure
    rebuild: Rebuild | None = None

    @property
    def handled(self) -> frozenset[type[Message]]:
        """Every type of message that a decider or a projection of it reads."""
        decided = {rule.message for each in self.deciders for rule in each.rules.values()}
        return frozenset(decided.union(*(each.messages for each in self.projections)))

    @property
    def consumed(self) -> tuple[type[Event], ...]:
        """The contracts it reads, by name."""
        events = [message for message in self.handled if issubclass(message, Event)]
        return tuple(sorted(events, key=lambda event: event.type))

    @property
    def topics(self) -> tuple[str, ...]:
        """The topics it must read."""
        return tuple(sorted({event.topic for event in self.consumed}))
