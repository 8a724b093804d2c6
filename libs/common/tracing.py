"""One trace for all that happens to a key: spans made for a batch, contexts kept in the rows.

Every message is one span, a child of the span that emitted, set or asked for it, over HTTP, Kafka,
timers and effects alike. What comes from outside into a trace already begun joins it as a child of
its first span, with a link to where it came from.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    Span,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    Tracer,
    get_current_span,
    set_span_in_context,
)

from libs.common.contracts import CATALOG
from libs.common.inbound import Applied, Dead, EffectClaim, Inbound, Result, TimerClaim

_TRACEPARENT: Final = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")


def tracer_provider(
    service: str, *, zipkin: str = "", otlp: str = "", ratio: float = 1.0
) -> TracerProvider:
    """A provider that exports in batches, off the hot path, to Zipkin or an OTLP collector."""
    provider = TracerProvider(
        resource=Resource.create({"service.name": service}),
        sampler=ParentBasedTraceIdRatio(ratio),
    )
    for exporter in _exporters(zipkin, otlp):
        provider.add_span_processor(
            BatchSpanProcessor(
                exporter,
                max_queue_size=100_000,
                max_export_batch_size=2_000,
                schedule_delay_millis=500,
            )
        )
    return provider


def _exporters(zipkin: str, otlp: str) -> list[SpanExporter]:
    exporters: list[SpanExporter] = []
    if zipkin:
        from opentelemetry.exporter.zipkin.json import ZipkinExporter  # noqa: PLC0415  # one of two

        exporters.append(ZipkinExporter(endpoint=f"{zipkin.rstrip('/')}/api/v2/spans"))
    if otlp:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )

        exporters.append(OTLPSpanExporter(endpoint=f"{otlp.rstrip('/')}/v1/traces"))
    return exporters


def read_traceparent(text: str | None) -> SpanContext | None:
    """A W3C `traceparent`; None where it is absent or not one, which is never an error."""
    match = _TRACEPARENT.fullmatch(text or "")
    if match is None:
        return None
    context = SpanContext(
        trace_id=int(match[1], 16),
        span_id=int(match[2], 16),
        is_remote=True,
        trace_flags=TraceFlags(int(match[3], 16)),
    )
    return context if context.is_valid else None


def write_traceparent(context: SpanContext) -> str | None:
    """A span context as W3C `traceparent`; None for one that is not valid."""
    if not context.is_valid:
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def current_traceparent() -> str | None:
    """The span that this code runs in, if there is one."""
    return write_traceparent(get_current_span().get_span_context())


@dataclass(frozen=True, slots=True)
class BatchSpans:
    """Opens and closes the spans of a batch."""

    tracer: Tracer

    def open(self, inbound: Inbound, joined: str | None, started: int) -> Span:
        """A span for a message, in the trace of its cause, or in the one that its key `joined`.

        `started` is in nanoseconds since the epoch.
        """
        cause, home = read_traceparent(inbound.traceparent), read_traceparent(joined)
        strayed = home is not None and (cause is None or cause.trace_id != home.trace_id)
        parent = home if strayed else cause
        return self.tracer.start_span(
            inbound.type or "unreadable",
            context=None if parent is None else set_span_in_context(NonRecordingSpan(parent)),
            kind=SpanKind.CONSUMER if inbound.claim is None else SpanKind.INTERNAL,
            attributes=_attributes(inbound),
            links=[Link(cause)] if strayed and cause is not None else (),
            start_time=started,
        )


def _attributes(inbound: Inbound) -> dict[str, str]:
    said = {"subject": inbound.key, "origin": inbound.origin, "message.id": inbound.id}
    if (contract := CATALOG.get(inbound.type)) is not None:
        said[contract.subject_field.replace("_", ".")] = inbound.key
    if isinstance(inbound.claim, TimerClaim):
        said["due"] = inbound.claim.due.isoformat()
    if isinstance(inbound.claim, EffectClaim):
        said["effect.id"] = str(inbound.claim.id)
    return said


def close(traced: Sequence[tuple[Span, Result]]) -> None:
    """End the spans of a batch with what became of each message."""
    for span, result in traced:
        if not isinstance(result, Applied):
            span.set_attribute("result", type(result).__name__.lower())
        if isinstance(result, Dead):
            span.set_status(Status(StatusCode.ERROR, result.reason))
        span.end()
