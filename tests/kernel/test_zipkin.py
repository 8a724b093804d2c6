"""What Zipkin is told is what OpenTelemetry's own exporter would tell, but for boilerplate."""

import json
from typing import Any, cast

import pytest
from opentelemetry.exporter.zipkin.json.v2 import JsonV2Encoder
from opentelemetry.exporter.zipkin.node_endpoint import NodeEndpoint
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

from libs.common.zipkin import BatchEncoder

SAME_FOR_ALL = ("telemetry.sdk.", "otel.library.", "otel.scope.version", "service.name")


def told(encoder: JsonV2Encoder, span: ReadableSpan) -> dict[str, Any]:
    endpoint = NodeEndpoint()
    endpoint.service_name = "onboarding"
    [said] = json.loads(encoder.serialize([cast("Span", span)], endpoint))
    said["tags"] = {
        name: value for name, value in said["tags"].items() if not name.startswith(SAME_FOR_ALL)
    }
    return {name: value for name, value in said.items() if name != "debug"}


def fail(span: Span) -> None:
    span.set_status(Status(StatusCode.ERROR, "the peer is away"))


def annotate(span: Span) -> None:
    span.add_event("answered", {"status": 503}, timestamp=1_700_000_000_000_500_000)


def describe(span: Span) -> None:
    span.set_attributes({"hire.id": "h-1", "attempt": 2, "late": True, "lanes": ["a", "b"]})


@pytest.mark.parametrize("happens", [fail, annotate, describe], ids=lambda each: each.__name__)
def test_a_span_is_told_as_the_library_tells_it(happens: Any) -> None:
    tracer = TracerProvider().get_tracer("farhand")
    with tracer.start_as_current_span("before", start_time=1_700_000_000_000_000_000):
        span = tracer.start_span("task.closed.v1", kind=SpanKind.CONSUMER, start_time=10**18)
    happens(span)
    span.end(10**18 + 5_000_000)
    assert isinstance(span, ReadableSpan)
    assert told(BatchEncoder(), span) == told(JsonV2Encoder(), span)
