"""The line under a virtual clock: the real deciders, with latencies, repeats and faults by chance.

What takes time in the world takes a random while here. Events of one key keep their order, and any
may be delivered again; effects are tried one after the other, some twice, some in vain. The same
seed gives the same run.
"""

import random
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from typing import Any, Final

from libs.common.decider import Refused, SetTimer
from libs.common.effects import Transient
from libs.common.fold import Emitted, Folded
from libs.common.inbound import Inbound, Result
from libs.common.message import Effect, EffectFailed, Message, Reply
from tests.simulation.desk import Desk, Lane, TimerName

Perform = Callable[[Any, datetime], Reply]
"""An adapter of the simulated world; it may raise Transient or Refused."""
Watcher = Callable[[str, str, Message, Folded], None]
"""Is told after each decision: the decider, the key, the message, and what came of it."""

BACK_OFF: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Envelope:
    """Where a message comes from; events are numbered, timers and replies are for one decider."""

    source: str
    sequence: int | None = None
    decider: str | None = None


FROM_OUTSIDE: Final = Envelope("outside")


@dataclass(slots=True)
class Line:
    """Several services, the world outside them, and the time of both."""

    desks: Mapping[str, Desk]
    adapters: Mapping[type[Effect], Perform]
    now: datetime
    chance: random.Random
    watchers: list[Watcher] = field(default_factory=list[Watcher])
    under_way: Counter[str] = field(default_factory=Counter[str])
    decided: int = 0
    _agenda: list[tuple[datetime, int, Callable[[], None]]] = field(
        default_factory=list[tuple[datetime, int, Callable[[], None]]]
    )
    _count: int = 0
    _arrives: dict[tuple[str, str, str], datetime] = field(
        default_factory=dict[tuple[str, str, str], datetime]
    )

    def at(self, due: datetime, action: Callable[[], None]) -> None:
        """Do something at a moment; what is due at the same one is done in the order asked."""
        self._count += 1
        heappush(self._agenda, (max(due, self.now), self._count, action))

    def soon(self, key: str, action: Callable[[], None], *, after: timedelta) -> None:
        """Do something for a key before long: it is under way until then."""

        def act() -> None:
            self.under_way[key] -= 1
            action()

        self.under_way[key] += 1
        self.at(self.now + after, act)

    def run_until(self, then: datetime) -> None:
        """Live on to a moment."""
        while self._agenda and self._agenda[0][0] <= then:
            self.now, _, action = heappop(self._agenda)
            action()
        self.now = then

    def tell(
        self, service: str, key: str, message: Message, envelope: Envelope = FROM_OUTSIDE
    ) -> Result | None:
        """Hand a message to a service now; None if it was dropped."""
        self.decided += 1
        desk = self.desks[service]
        inbound = Inbound(
            id=f"message {self.decided}",
            type=message.type,
            source=envelope.source,
            key=key,
            body=message.model_dump_json().encode(),
            recorded_at=self.now,
            origin="simulation",
            sequence=envelope.sequence,
            decider=envelope.decider,
        )
        folded = desk.take(inbound, self.now)
        if folded is None:
            return None
        for each in folded.emitted:
            self._publish(each)
        for change in folded.timers:
            if isinstance(change.change, SetTimer):
                due, timer = change.change.due, change.change.timer
                timer_name = (change.decider, change.key, timer.type, timer.slot)
                self.at(due, partial(self._fire, service, timer_name, change.change))
        for asked in folded.effects:
            lane = (asked.decider, asked.key, asked.effect.lane)
            self._ask(service, lane, asked.effect)
        for watch in self.watchers:
            for decider in desk.deciders:
                watch(decider.name, key, message, folded)
        return folded.results[0]

    def _publish(self, emitted: Emitted) -> None:
        for service, desk in self.desks.items():
            if desk.reads(emitted.event.topic):
                envelope = Envelope(emitted.source, sequence=emitted.sequence)
                deliver = partial(self.tell, service, emitted.key, emitted.event, envelope)
                about = str(getattr(emitted.event, "hire_id", emitted.key))
                way = (service, emitted.source, emitted.key)
                self._deliver(way, about, deliver)
                if self.chance.random() < 0.1:
                    self._deliver(way, about, deliver)

    def _deliver(self, way: tuple[str, str, str], about: str, deliver: Callable[[], Any]) -> None:
        """In the order of the key, after a while that is mostly short; `about` some hire or key."""
        arrives = self.now + timedelta(seconds=self.chance.expovariate(1 / 30))
        self._arrives[way] = max(arrives, self._arrives.get(way, arrives))
        self.soon(about, deliver, after=self._arrives[way] - self.now)

    def _fire(self, service: str, name: TimerName, set_: SetTimer) -> None:
        timers = self.desks[service].timers
        if timers.get(name) is set_:
            del timers[name]
            self.tell(service, name[1], set_.timer, Envelope("timer", decider=name[0]))

    def _ask(self, service: str, lane: Lane, effect: Effect) -> None:
        queue = self.desks[service].lanes.setdefault(lane, deque())
        queue.append(effect)
        if len(queue) == 1:
            self._try(service, lane, attempt=1)

    def _try(self, service: str, lane: Lane, *, attempt: int) -> None:
        wait = timedelta(seconds=self.chance.expovariate(1 / 60)) + BACK_OFF * (attempt - 1)
        self.soon(lane[1], partial(self._perform, service, lane, attempt), after=wait)

    def _perform(self, service: str, lane: Lane, attempt: int) -> None:
        queue = self.desks[service].lanes[lane]
        effect = queue[0]
        try:
            reply = self.adapters[type(effect)](effect, self.now)
            if self.chance.random() < 0.1:  # a crash before the reply was kept
                reply = self.adapters[type(effect)](effect, self.now)
        except Transient as trouble:
            if attempt < effect.attempts:
                self._try(service, lane, attempt=attempt + 1)
                return
            reply = _failed(effect, str(trouble))
        except Refused as refusal:
            reply = _failed(effect, str(refusal))
        queue.popleft()
        if queue:
            self._try(service, lane, attempt=1)
        self.tell(service, lane[1], reply, Envelope("effect", decider=lane[0]))


def _failed(effect: Effect, reason: str) -> EffectFailed:
    return EffectFailed(effect=effect.type, reason=reason, body=effect.model_dump_json())
