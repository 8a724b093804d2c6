"""Where traces go, and how a place in a trace is written down: W3C `traceparent`, kept in rows."""

import re
from typing import Final

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio
from opentelemetry.trace import SpanContext, TraceFlags, get_current_span

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
        from libs.common.zipkin import exporter  # noqa: PLC0415  # one of two

        exporters.append(exporter(zipkin))
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
