"""One service of the line, in memory: its deciders, and the tables the kernel would keep for it."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from libs.common.cursors import Cursor, CursorKey, admit
from libs.common.decider import Decider, SetTimer
from libs.common.fold import Entity, EntityKey, Folded, fold, read, targets
from libs.common.inbound import Dead, Dropped, Inbound
from libs.common.message import Effect, Event, Message

TimerName = tuple[str, str, str, str]
"""The decider, key, type and slot of a timer."""
Lane = tuple[str, str, str]
"""The decider, key and lane of effects that are tried one after the other."""


@dataclass(slots=True)
class Desk:
    """A service whose every message goes through the kernel's own fold."""

    name: str
    deciders: Sequence[Decider[Any]]
    entities: dict[EntityKey, Entity] = field(default_factory=dict[EntityKey, Entity])
    cursors: dict[CursorKey, Cursor] = field(default_factory=dict[CursorKey, Cursor])
    timers: dict[TimerName, SetTimer] = field(default_factory=dict[TimerName, SetTimer])
    lanes: dict[Lane, deque[Effect]] = field(default_factory=dict[Lane, deque[Effect]])

    def reads(self, topic: str) -> bool:
        """Whether the service consumes a topic: that of any event it has a rule for."""
        return any(
            issubclass(rule.message, Event) and rule.message.topic == topic
            for decider in self.deciders
            for rule in decider.rules.values()
        )

    def state(self, decider: str, key: str) -> Any:
        return self.entities.get((decider, key), Entity()).state

    def take(self, inbound: Inbound, now: datetime) -> Folded | None:
        """Decide a message as the kernel does; None where it drops it, as a duplicate or unhandled.

        What the kernel would set aside as a dead letter, or park behind a gap, is a failure here.
        """
        if inbound.sequence is not None:
            [verdict], moved = admit([inbound], self.cursors, frozenset())
            if isinstance(verdict, Dropped):
                return None
            assert verdict is None, f"{inbound.type} left a gap"
            self.cursors |= moved
        contract = self._contract(inbound.type)
        if contract is None:
            return None
        message = read(inbound, contract)
        assert isinstance(message, Message), message
        aimed = targets(self.deciders, inbound, message)
        names = [(target.decider.name, target.key) for target in aimed]
        loaded = {name: self.entities[name] for name in names if name in self.entities}
        folded = fold(self.name, [(inbound, message, aimed)], loaded, now)
        [result] = folded.results
        assert not isinstance(result, Dead), result.reason
        self._store(folded)
        return folded

    def _contract(self, type_: str) -> type[Message] | None:
        known = (d.rules[type_].message for d in self.deciders if type_ in d.rules)
        return next(known, None)

    def _store(self, folded: Folded) -> None:
        for name, entity in folded.entities.items():
            if entity.state is not None:
                stored = entity.state.model_dump_json()
                assert type(entity.state).model_validate_json(stored) == entity.state
            self.entities[name] = entity
        for each in folded.timers:
            change = each.change
            slot = change.timer.slot if isinstance(change, SetTimer) else change.slot
            name = (each.decider, each.key, change.timer.type, slot)
            if isinstance(change, SetTimer):
                self.timers[name] = change
            else:
                self.timers.pop(name, None)
