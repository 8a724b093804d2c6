"""The five kinds of message that reach a decider, and the base class of each.

| kind      | says                                            | lives in                         |
|-----------|-------------------------------------------------|----------------------------------|
| `Event`   | something happened; everyone may know           | a Kafka topic, a contract        |
| `Command` | somebody asks this service for something        | an HTTP request, a delivery      |
| `Timer`   | a moment that a decider asked for has come      | the `timer` table                |
| `Effect`  | the outside world is to be changed              | the `effect` table               |
| `Reply`   | what became of an effect                        | the transaction that removes it  |
"""

from typing import Any, ClassVar, Final, Self, Unpack

from pydantic import BaseModel, ConfigDict
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

TOPIC_PREFIX: Final = "farhand."


class Message(BaseModel):
    """A frozen value that a decider can be given."""

    # `extra` is ignored so that a consumer still reads what a newer emitter has added.
    # Inputs stay out of error texts: they may hold personal data.
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    type: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Unpack[ConfigDict]) -> None:
        super().__init_subclass__(**kwargs)
        if "type" not in cls.__dict__:
            cls.type = cls.__name__

    def evolve(self, **changes: Any) -> Self:
        """Return a copy with some fields changed, validated anew."""
        return type(self).model_validate({**dict(self), **changes})


class Command(Message):
    """A request to one service; it can be refused."""


class Timer(Message):
    """A moment a decider asked for.

    `slot` tells two timers of one type and one key apart, such as the task each reminds of.
    Setting a timer whose type and slot are already set moves it.
    """

    slot: str = ""


class Effect(Message):
    """A change to make in the outside world, at least once, under one idempotency key.

    Effects of one key and one `lane` are tried strictly one after the other, oldest first, so
    that a revocation can never overtake the grant before it.
    """

    lane: ClassVar[str] = ""
    attempts: ClassVar[int] = 12


class Reply(Message):
    """What became of an effect."""


class EffectFailed(Reply):
    """An effect was given up: refused for good, or still failing after its last attempt.

    `body` is the effect as JSON text.
    """

    effect: str
    reason: str
    body: str


class Event(Message):
    """A fact on Kafka, named in the past tense: `class HireReady` is `hire.ready.v1` on the wire.

    The module that holds the class names the emitter, and with it the topic:
    `libs.common.contracts.onboarding` goes to `farhand.onboarding`. `subject` names the field that
    keys the event; all events of one key are read in the order in which they were decided.
    """

    emitter: ClassVar[str]
    topic: ClassVar[str]
    subject_field: ClassVar[str]
    example: ClassVar[dict[str, Any]]

    def __init_subclass__(  # the parameters are explained above
        cls, *, name: str, subject: str, **kwargs: Unpack[ConfigDict]
    ) -> None:
        super().__init_subclass__(**kwargs)
        cls.type = name
        cls.subject_field = subject
        cls.emitter = cls.__module__.rpartition(".")[2]
        cls.topic = TOPIC_PREFIX + cls.emitter
        if CATALOG.setdefault(name, cls) is not cls:
            raise TypeError(f"{name} is already the name of {CATALOG[name].__qualname__}")

    @property
    def subject(self) -> str:
        """The key of this event: pseudonymous, never personal data."""
        return str(getattr(self, self.subject_field))

    @classmethod
    def json_schema(cls) -> JsonSchemaValue:
        """The contract as JSON Schema, with its example."""
        schema = cls.model_json_schema(schema_generator=_ContractSchema)
        return schema | {"title": cls.type, "examples": [cls.example]}


CATALOG: Final[dict[str, type[Event]]] = {}
"""Every event on the wire by its name; importing `libs.common.contracts` fills it."""


class _ContractSchema(GenerateJsonSchema):
    def generate(self, schema: Any, mode: Any = "validation") -> JsonSchemaValue:
        return {"$schema": self.schema_dialect, **super().generate(schema, mode)}
