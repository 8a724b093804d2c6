"""The pure heart of the kernel: fold a batch of messages through the deciders, in memory."""

import re
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from traceback import walk_tb
from typing import Any, Final, cast

from pydantic import BaseModel, ValidationError
from pydantic.errors import PydanticInvalidForJsonSchema

from libs.common.decider import CancelTimer, Decider, Decision, Refused, SetTimer
from libs.common.inbound import Applied, Dead, Inbound, Parked, Result, Turned
from libs.common.message import Command, Effect, Event, Message

EntityKey = tuple[str, str]
"""The name of a decider, and a key of it."""

QUOTING: Final = frozenset({"value_error", "assertion_error", "union_tag_invalid"})
"""Kinds of validation error whose text may quote the value that was given."""

FIELD_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Entity:
    """The state of one key of one decider, as stored; `version` 0 is a key never seen."""

    version: int = 0
    sequence: int = 0
    state: BaseModel | None = None
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Defective(Dead):
    """Set aside because a decision or a projection raised: the fault may be this release's."""


@dataclass(frozen=True, slots=True)
class Emitted:
    """An event to publish: its number within its source and key, and the message it follows."""

    event: Event
    source: str
    key: str
    sequence: int
    cause: int


@dataclass(frozen=True, slots=True)
class TimerChange:
    """A timer set or cancelled, for a key of a decider."""

    decider: str
    key: str
    change: SetTimer | CancelTimer
    cause: int


@dataclass(frozen=True, slots=True)
class EffectAsked:
    """An effect asked for; `ordinal` tells apart those that one message asked of one key."""

    decider: str
    key: str
    effect: Effect
    ordinal: int
    cause: int


@dataclass(slots=True)
class Folded:
    """What a batch comes to. `results` has one entry for each message, in order."""

    results: list[Result] = field(default_factory=list[Result])
    entities: dict[EntityKey, Entity] = field(default_factory=dict[EntityKey, Entity])
    emitted: list[Emitted] = field(default_factory=list[Emitted])
    timers: list[TimerChange] = field(default_factory=list[TimerChange])
    effects: list[EffectAsked] = field(default_factory=list[EffectAsked])
    messages: list[tuple[int, Message]] = field(default_factory=list[tuple[int, Message]])


@dataclass(frozen=True, slots=True)
class Target:
    """One decider that a message is meant for, and the key of the state it moves."""

    decider: Decider[Any]
    key: str
    decide: Callable[[Any, Any, datetime], Decision[Any]]


def targets(
    deciders: Iterable[Decider[Any]], inbound: Inbound, message: Message
) -> tuple[Target, ...]:
    """The deciders that have a rule for a message, each with the key it is decided under."""
    return tuple(
        Target(decider, rule.key(message) if rule.key else inbound.key, rule.decide)
        for decider in deciders
        if (rule := decider.rules.get(inbound.type)) is not None
        and inbound.decider in (None, decider.name)
    )


def read(inbound: Inbound, contract: type[Message]) -> Message | Dead:
    """Validate a body once, from its bytes; what is wrong is told without any value of it."""
    if inbound.defect is not None:
        return Dead(inbound.defect, holds_key=False)
    if inbound.parsed is not None:
        return inbound.parsed
    try:
        return contract.model_validate_json(inbound.body)
    except ValidationError as error:
        return Dead(f"the body does not match {inbound.type}: {describe(error, contract)}")


def describe(
    error: ValidationError, model: type[BaseModel] | None = None, *, trusted: bool = False
) -> str:
    """What is wrong and where, without the input, which may be personal data.

    The key of a mapping is input as well: with `model`, only names that it declares are told, and
    without, only what looks like one. What the operator set is `trusted`: there the texts of our
    own checks are kept, though they may quote the value.
    """
    return "; ".join(
        f"{_place(each['loc'], model) or 'body'}: "
        + ("not a valid value" if each["type"] in QUOTING and not trusted else each["msg"])
        for each in error.errors(include_url=False, include_input=False, include_context=False)[:5]
    )


def _place(loc: tuple[int | str, ...], model: type[BaseModel] | None) -> str:
    declared = None if model is None else _declared(model)
    return ".".join(
        str(part)
        if isinstance(part, int)
        or (FIELD_NAME.fullmatch(part) if declared is None else part in declared)
        else "*"
        for part in loc
    )


@cache
def _declared(model: type[BaseModel]) -> frozenset[str]:
    """Every name of a field that a model, or a part of it, declares."""
    try:
        return frozenset(_properties(model.model_json_schema()))
    except PydanticInvalidForJsonSchema:
        return frozenset(model.model_fields)


def _properties(schema: object) -> Generator[str]:
    if isinstance(schema, list):
        for each in cast("list[object]", schema):
            yield from _properties(each)
    if isinstance(schema, dict):
        parts = cast("dict[str, object]", schema)
        declared = parts.get("properties")
        if isinstance(declared, dict):
            yield from cast("dict[str, object]", declared)
        for part in parts.values():
            yield from _properties(part)


def fold(
    service: str,
    batch: Sequence[tuple[Inbound, Message | Dead, tuple[Target, ...]]],
    entities: Mapping[EntityKey, Entity],
    now: datetime,
) -> Folded:
    """Decide every message in order; one that fails takes only its own key aside."""
    folded = Folded(entities=dict(entities))
    held: set[str] = set()
    for index, (inbound, message, aimed) in enumerate(batch):
        result = _fold_one(service, folded, (index, inbound, message, aimed), held, now)
        if isinstance(result, Dead) and result.holds_key:
            held.add(inbound.key)
        folded.results.append(result)
    folded.entities = {
        key: entity for key, entity in folded.entities.items() if entity is not entities.get(key)
    }
    return folded


def _fold_one(
    service: str,
    folded: Folded,
    item: tuple[int, Inbound, Message | Dead, tuple[Target, ...]],
    held: set[str],
    now: datetime,
) -> Result:
    index, inbound, message, aimed = item
    if inbound.key in held and inbound.defect is None:
        return Parked("dead_letter")
    if isinstance(message, Dead):
        return message
    staged = _Staged(folded, index)
    try:
        for target in aimed:
            staged.take(service, target, message, now)
    except Refused as refusal:
        if isinstance(message, Command):
            return Turned(str(refusal))
        return Defective(f"{inbound.type} was refused: {refusal}")
    except Exception as error:  # noqa: BLE001  # a defect in a decision holds one key, no more
        return Defective(_defect(inbound, error))
    staged.settle()
    folded.messages.append((index, message))
    return Applied()


def _defect(inbound: Inbound, error: Exception) -> str:
    # The text of a foreign exception may quote personal data: only our own texts are kept.
    ours = [
        (frame.f_code.co_qualname, line)
        for frame, line in walk_tb(error.__traceback__)
        if "site-packages" not in frame.f_code.co_filename
    ]
    place = " at {}:{}".format(*ours[-1]) if ours else ""
    says = f": {error}" if isinstance(error, ContractError) else ""
    return f"deciding {inbound.type} raised {type(error).__name__}{place}{says}"


class ContractError(TypeError):
    """A decision breaks a rule of the kernel; the text names the rule."""


@dataclass(slots=True)
class _Staged:
    """All that one message changes, kept apart until every decider has agreed."""

    folded: Folded
    cause: int
    entities: dict[EntityKey, Entity] = field(default_factory=dict[EntityKey, Entity])
    emitted: list[Emitted] = field(default_factory=list[Emitted])
    timers: list[TimerChange] = field(default_factory=list[TimerChange])
    effects: list[EffectAsked] = field(default_factory=list[EffectAsked])

    def take(self, service: str, target: Target, message: Message, now: datetime) -> None:
        name, key = target.decider.name, target.key
        entity = self.entities.get((name, key)) or self.folded.entities.get((name, key), Entity())
        decision = target.decide(entity.state, message, now)
        for event in decision.emit:
            if event.subject != key:
                raise ContractError(f"{event.type} of {event.subject} was emitted under {key}")
        for change in decision.timers:
            if isinstance(change, SetTimer) and change.due.tzinfo is None:
                raise ContractError(f"{change.timer.type} was set to a moment without a zone")
        source = f"{service}/{name}"
        self.emitted += [
            Emitted(event, source, key, entity.sequence + number, self.cause)
            for number, event in enumerate(decision.emit, start=1)
        ]
        self.timers += [TimerChange(name, key, change, self.cause) for change in decision.timers]
        self.effects += [
            EffectAsked(name, key, effect, ordinal, self.cause)
            for ordinal, effect in enumerate(decision.effects)
        ]
        if decision.emit or decision.state is not entity.state:
            self.entities[name, key] = Entity(
                entity.version,
                entity.sequence + len(decision.emit),
                decision.state,
                entity.traceparent,
            )

    def settle(self) -> None:
        self.folded.entities.update(self.entities)
        self.folded.emitted += self.emitted
        self.folded.timers += self.timers
        self.folded.effects += self.effects
