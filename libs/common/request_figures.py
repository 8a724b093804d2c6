"""How many requests a service answers, how many of them fail, and how long they take."""

import time
from typing import Final

from opentelemetry.trace import get_current_span
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.common import telemetry

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER: Final = "_OTHER"
"""As OpenTelemetry calls a method that nobody has heard of."""
UNMATCHED: Final = "unmatched"
"""Stands for all addresses that are no route's: they may hold anything, and have no end."""
NOT_MEASURED: Final = frozenset({"/health/live", "/health/ready", "/metrics", "/live"})
"""Probes, and streams that stay open."""
BROKEN_OFF: Final = 500


class RequestFigures:
    """Measures each request by the template of its route, and never by its address.

    The trace of a kept request is told beside its duration, as an exemplar.
    """

    def __init__(self, app: ASGIApp, service: str) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        status, began = BROKEN_OFF, time.perf_counter()

        async def tell(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            return await self._app(scope, receive, tell)
        finally:
            self._count(scope, status, time.perf_counter() - began)

    def _count(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", UNMATCHED)
        if route in NOT_MEASURED:
            return
        method = scope["method"] if scope["method"] in METHODS else OTHER
        telemetry.REQUEST_SECONDS.labels(
            self._service, method, route, f"{status // 100}xx"
        ).observe(seconds, _exemplar())


def _exemplar() -> dict[str, str] | None:
    context = get_current_span().get_span_context()
    return {"trace_id": f"{context.trace_id:032x}"} if context.trace_flags.sampled else None
