"""What hints missed: the HR system is asked, again and again, which employees have changed since.

One decider with one key for each HR system that can be asked. Whoever changed is looked up as if
a hint had come, unless the hire shows that change already.
"""

from datetime import datetime, timedelta
from typing import Final, TypeAlias

from libs.common.contracts.values import Instant, Value
from libs.common.decider import Decider, Decision, SetTimer
from libs.common.message import Command, Effect, EffectFailed, Reply, Timer

EVERY: Final = timedelta(hours=2)
"""Longer than an HR system goes on to repeat a delivery: BambooHR does so for 75 minutes."""
FIRST_LOOK_BACK: Final = timedelta(days=1)
OVERLAP: Final = timedelta(seconds=1)
"""HR systems tell seconds: another change may have followed within the last one told."""


class ReconcileDue(Timer):
    """It is time to ask again."""


class Reconcile(Command):
    """Somebody wants to know now."""


class ListChanges(Effect):
    """Who changed since a moment, by the HR system's clock, is to be looked up."""

    attempts = 5

    since: Instant


class ChangesListed(Reply):
    """Whoever changed is being looked up; `latest` is when the last of them did, if any did."""

    latest: Instant | None
    changed: int
    asked_at: Instant


class Reconciliation(Value):
    """How far an HR system was asked, by its own clock, and why it could not be, if so."""

    since: Instant
    asked_at: Instant | None = None
    changed: int = 0
    trouble: str | None = None


State: TypeAlias = Reconciliation | None

reconciliation = Decider("reconciliation", Reconciliation)


@reconciliation.on(ReconcileDue)
def ask_when_due(state: State, _timer: ReconcileDue, now: datetime) -> Decision[Reconciliation]:
    """Ask, and come back for the next time."""
    asked = _ask(state, now)
    return Decision(
        asked.state, timers=(SetTimer(now + EVERY, ReconcileDue()),), effects=asked.effects
    )


@reconciliation.on(Reconcile)
def ask_now(state: State, _command: Reconcile, now: datetime) -> Decision[Reconciliation]:
    """Ask once, out of turn."""
    return _ask(state, now)


def _ask(state: State, now: datetime) -> Decision[Reconciliation]:
    known = state or Reconciliation(since=now - FIRST_LOOK_BACK)
    return Decision(known, effects=(ListChanges(since=known.since),))


@reconciliation.on(ChangesListed)
def go_on(state: State, reply: ChangesListed, _now: datetime) -> Decision[Reconciliation]:
    """Ask from there the next time."""
    if state is None:
        return Decision(state)
    since = state.since if reply.latest is None else max(state.since, reply.latest - OVERLAP)
    return Decision(Reconciliation(since=since, asked_at=reply.asked_at, changed=reply.changed))


@reconciliation.on(EffectFailed)
def note_trouble(state: State, failed: EffectFailed, _now: datetime) -> Decision[Reconciliation]:
    """Show why, and ask from the same moment the next time."""
    if state is None:
        return Decision(state)
    return Decision(state.model_copy(update={"trouble": failed.reason}))
