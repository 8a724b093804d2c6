"""One trace for all that happens to a key: spans made for a batch.

Every message is one span, a child of the span that emitted, set or asked for it, over HTTP, Kafka,
timers and effects alike. What comes from outside into a trace already begun joins it as a child of
its first span, with a link to where it came from.
"""

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor
from opentelemetry.sdk.trace import Tracer as SdkTracer
from opentelemetry.sdk.trace.id_generator import IdGenerator, RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, Sampler
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.semconv._incubating.attributes.messaging_attributes import (
    MESSAGING_DESTINATION_NAME,
    MESSAGING_DESTINATION_PARTITION_ID,
    MESSAGING_KAFKA_OFFSET,
    MESSAGING_MESSAGE_ID,
    MESSAGING_OPERATION_NAME,
    MESSAGING_OPERATION_TYPE,
    MESSAGING_SYSTEM,
    MessagingOperationTypeValues,
    MessagingSystemValues,
)
from opentelemetry.trace import (
    Link,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    Tracer,
)

from libs.common.contracts import CATALOG
from libs.common.effect_queue import Leased
from libs.common.inbound import Applied, Dead, EffectClaim, Inbound, Result, TimerClaim
from libs.common.tracing import read_traceparent, write_traceparent

SAMPLED: Final = TraceFlags(TraceFlags.SAMPLED)
UNSAMPLED: Final = TraceFlags(TraceFlags.DEFAULT)
WELL: Final = Status(StatusCode.UNSET)
SCOPE: Final = InstrumentationScope("farhand")
PARTITION: Final = re.compile(r"(\S+)/(\d+)")
"""A topic and a partition, as `libs.common.cloudevents` writes them in the origin of a record."""
PROCESSED: Final = MessagingOperationTypeValues.PROCESS.value


@dataclass(frozen=True, slots=True)
class OpenSpan:
    """A span that has begun, `started` nanoseconds after the epoch.

    `traceparent` is written beside all that follows from it.
    """

    name: str
    kind: SpanKind
    context: SpanContext
    traceparent: str | None
    parent: SpanContext | None
    started: int
    attributes: Mapping[str, str | int]
    links: Sequence[Link] = ()


@dataclass(frozen=True, slots=True)
class Spans:
    """Opens and closes spans, and hands those of a kept trace to the exporters of OpenTelemetry.

    The SDK's own spans guard each attribute by a lock, since anybody may still write to them; that
    took a third of a busy service's time. Ours are written once, when they are closed.
    """

    sampler: Sampler = ALWAYS_OFF
    processor: SpanProcessor = field(default_factory=SpanProcessor)
    resource: Resource = field(default_factory=Resource.get_empty)
    ids: IdGenerator = field(default_factory=RandomIdGenerator)

    @classmethod
    def of(cls, tracer: Tracer) -> "Spans":
        """With the sampler, resource and exporters of a tracer; a disabled one has none."""
        if not isinstance(tracer, SdkTracer):
            return cls()
        return cls(tracer.sampler, tracer.span_processor, tracer.resource, tracer.id_generator)

    def open(self, inbound: Inbound, joined: str | None, started: int) -> OpenSpan:
        """A span for a message, in the trace of its cause, or in the one that its key `joined`."""
        cause, home = read_traceparent(inbound.traceparent), read_traceparent(joined)
        strayed = home is not None and (cause is None or cause.trace_id != home.trace_id)
        name, parent = inbound.type or "unreadable", home if strayed else cause
        context = self._begin(name, parent)
        return OpenSpan(
            name,
            SpanKind.CONSUMER if inbound.claim is None else SpanKind.INTERNAL,
            context,
            write_traceparent(context),
            parent,
            started,
            _attributes(inbound) if context.trace_flags.sampled else {},
            (Link(cause),) if strayed and cause is not None else (),
        )

    def open_effect(self, leased: Leased) -> OpenSpan:
        """A span for one try of an effect, which begins now."""
        cause = read_traceparent(leased.traceparent)
        context = self._begin(leased.type, cause)
        return OpenSpan(
            leased.type,
            SpanKind.CLIENT,
            context,
            write_traceparent(context),
            cause,
            time.time_ns(),
            {"subject": leased.key, "attempt": leased.attempt},
        )

    def _begin(self, name: str, parent: SpanContext | None) -> SpanContext:
        """A new place in a trace: kept if its parent is; of a new trace, the sampler decides."""
        if parent is not None:
            trace_id, sampled = parent.trace_id, parent.trace_flags.sampled
        else:
            trace_id = self.ids.generate_trace_id()
            sampled = self.sampler.should_sample(None, trace_id, name).decision.is_sampled()
        flags = SAMPLED if sampled else UNSAMPLED
        return SpanContext(trace_id, self.ids.generate_span_id(), False, flags)  # noqa: FBT003  # is_remote

    def close(
        self, span: OpenSpan, result: Result | None = None, trouble: str | None = None
    ) -> None:
        """End a span now, with what became of it; one that is not kept costs nothing."""
        if not span.context.trace_flags.sampled:
            return
        attributes = span.attributes
        if not isinstance(result, Applied | None):
            attributes = {**attributes, "result": type(result).__name__.lower()}
        if isinstance(result, Dead):
            trouble = result.reason
        self.processor.on_end(
            ReadableSpan(
                name=span.name,
                context=span.context,
                parent=span.parent,
                resource=self.resource,
                attributes=attributes,
                links=span.links,
                kind=span.kind,
                status=WELL if trouble is None else Status(StatusCode.ERROR, trouble),
                start_time=span.started,
                end_time=time.time_ns(),
                instrumentation_scope=SCOPE,
            )
        )


def _attributes(inbound: Inbound) -> dict[str, str | int]:
    claim = inbound.claim
    said: dict[str, str | int]
    said = _place(inbound) if claim is None else {"origin": inbound.origin}
    said["subject"] = inbound.key
    said[MESSAGING_MESSAGE_ID] = inbound.id
    if (contract := CATALOG.get(inbound.type)) is not None:
        said[contract.subject_field.replace("_", ".")] = inbound.key
    if claim is None:
        return said
    if isinstance(claim, TimerClaim):
        said["due"] = claim.due.isoformat()
    if isinstance(claim, EffectClaim):
        said["effect.id"] = str(claim.id)
    return said


def _place(inbound: Inbound) -> dict[str, str | int]:
    """Where a message came from: of a record as OpenTelemetry's conventions for Kafka name it.

    How many were settled with it is no tag: the conventions keep `messaging.batch.message_count`
    for spans of a whole batch, and a span here is of one message.
    """
    place, _, offset = inbound.origin.rpartition("@")
    if not offset.isdecimal() or (known := _partition(place)) is None:
        return {"origin": inbound.origin}
    said = known.copy()
    said[MESSAGING_KAFKA_OFFSET] = int(offset)
    return said


@lru_cache(maxsize=4096)
def _partition(place: str) -> dict[str, str | int] | None:
    """What is said of every record of a partition; None if this is none."""
    if (found := PARTITION.fullmatch(place)) is None:
        return None
    return {
        MESSAGING_SYSTEM: MessagingSystemValues.KAFKA.value,
        MESSAGING_OPERATION_NAME: PROCESSED,
        MESSAGING_OPERATION_TYPE: PROCESSED,
        MESSAGING_DESTINATION_NAME: found[1],
        MESSAGING_DESTINATION_PARTITION_ID: found[2],
    }
