"""The training behind a version: asked for once, and again until the run has ended."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from libs.common.contracts.values import Value
from libs.common.decider import Decider, Decision, SetTimer
from libs.common.ids import derived
from libs.common.message import Effect, EffectFailed, Reply, Timer
from services.metrics.observations import ModelAliasMoved, ModelVersionRegistered, Moment, Name

FIRST_LOOK: Final = timedelta(minutes=1)
LOOKS: Final = 12
"""A run that has not ended is looked at so often, each time after twice the wait: for days."""


class FetchTraining(Effect):
    """Ask MLflow for the run behind a version; without `run`, first for the version itself."""

    model: str
    version: str
    run: str | None


class TrainingEnded(Reply):
    """The run is over; `metrics` are those of it that are numbers."""

    model: Name
    version: Name
    run: Name
    ended_at: Moment
    metrics: Mapping[Name, Decimal]


class TrainingUnderWay(Reply):
    """The run goes on."""


class TrainingUnknown(Reply):
    """The registry knows of no run behind this version."""


class LookAgain(Timer):
    """It is time to see whether the run has ended."""


class Training(Value):
    """What is known of the training of one version; `trouble` says why it could not be asked."""

    model: str
    version: str
    run: str | None = None
    looks: int = 1
    known: bool = False
    trouble: str | None = None

    @property
    def fetch(self) -> FetchTraining:
        """The question to ask."""
        return FetchTraining(model=self.model, version=self.version, run=self.run)


training = Decider("training", Training)


def key_of(entity: str, version: str) -> str:
    """One key for each version of a model."""
    return str(derived("model version", entity, version))


def _key_of_version(event: ModelVersionRegistered) -> str:
    return key_of(event.entity, event.version)


def _key_of_move(event: ModelAliasMoved) -> str:
    return key_of(event.entity, event.version or "")


@training.on(ModelVersionRegistered, key=_key_of_version)
def ask_for_new(
    state: Training | None, event: ModelVersionRegistered, _now: datetime
) -> Decision[Training]:
    """Ask for the run of a version that is new here."""
    return _ask(state, event.entity, event.version, event.run)


@training.on(ModelAliasMoved, key=_key_of_move)
def ask_for_served(
    state: Training | None, event: ModelAliasMoved, _now: datetime
) -> Decision[Training]:
    """A version went into production whose registration was never told here."""
    if event.version is None or not event.production:
        return Decision(state)
    return _ask(state, event.entity, event.version, None)


def _ask(state: Training | None, entity: str, version: str, run: str | None) -> Decision[Training]:
    """Ask, unless it was asked already and nothing stood in the way."""
    if state is not None and state.trouble is None:
        return Decision(state)
    model = entity.partition("/")[2]
    asking = Training(model=model, version=version, run=run or (state.run if state else None))
    return Decision(asking, effects=(asking.fetch,))


@training.on(TrainingEnded)
def note_ended(state: Training | None, _reply: TrainingEnded, _now: datetime) -> Decision[Training]:
    """The figures take it from here."""
    return Decision(state and state.model_copy(update={"known": True}))


@training.on(TrainingUnknown)
def note_unknown(
    state: Training | None, _reply: TrainingUnknown, _now: datetime
) -> Decision[Training]:
    """There is nothing to wait for."""
    return Decision(state and state.model_copy(update={"known": True}))


@training.on(TrainingUnderWay)
def wait(state: Training | None, _reply: TrainingUnderWay, now: datetime) -> Decision[Training]:
    """Look again, later each time, and not for ever."""
    if state is None or state.looks >= LOOKS:
        return Decision(state and state.model_copy(update={"trouble": "the run never ended"}))
    due = now + FIRST_LOOK * 2 ** (state.looks - 1)
    return Decision(
        state.model_copy(update={"looks": state.looks + 1}), timers=(SetTimer(due, LookAgain()),)
    )


@training.on(LookAgain)
def look_again(state: Training | None, _timer: LookAgain, _now: datetime) -> Decision[Training]:
    """Ask once more."""
    return Decision(state, effects=() if state is None else (state.fetch,))


@training.on(EffectFailed)
def note_trouble(state: Training | None, reply: EffectFailed, _now: datetime) -> Decision[Training]:
    """Keep why; the next event of the version asks again."""
    return Decision(state and state.model_copy(update={"trouble": reply.reason}))
