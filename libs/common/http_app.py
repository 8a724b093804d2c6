"""The HTTP side of every service: health, metrics, front doors, operations, and its own API."""

import hmac
import logging
import os
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.trace import Span
from prometheus_client import REGISTRY
from prometheus_client.exposition import choose_encoder
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from libs.common import api_pages, hooks_api, operations_api, refusals
from libs.common.body_limit import API_BYTES, PAGE_BYTES, BodyLimit
from libs.common.database import TRANSIENT
from libs.common.kernel import Unready
from libs.common.request_figures import RequestFigures
from libs.common.running import Running, running
from libs.common.service import Service

log = logging.getLogger(__name__)

UNTRACED: Final = "/health/.*,/metrics,/live"
"""Probes, and streams that stay open."""

_CONVENTIONS: Final = ("OTEL_SEMCONV_STABILITY_OPT_IN", "http")
"""Has OpenTelemetry name what a request was by its stable conventions, unless told otherwise."""
_URLS: Final = ("http.url", "http.target", "url.full", "url.query")
"""Where a span may quote the address of a request, by the old conventions and the stable ones."""
_PEERS: Final = ("net.peer.ip", "client.address")
"""Where a span may tell from where somebody asks, which is personal data."""

_bearer = HTTPBearer(auto_error=False, description="The content of the secret `api_token`")


def require_token(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> None:
    """Let a request in only with the API token; compared in constant time."""
    expected: str = request.app.state.api_token
    given = credentials.credentials if credentials else ""
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise HTTPException(
            401,
            "send the API token as 'Authorization: Bearer …'; it is the secret api_token",
            headers={"WWW-Authenticate": "Bearer"},
        )


def create_app(service: Service, token: str, tracing: TracerProvider) -> FastAPI:
    """The application of a service; until its kernel runs, all but health answers 503."""
    app = FastAPI(
        title=service.title,
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    app.state.api_token = token
    app.state.running = None
    app.include_router(_health)
    app.include_router(hooks_api.router)
    app.include_router(api_pages.router(service))
    guarded = APIRouter(dependencies=[Depends(require_token)], responses=refusals.GUARDED)
    guarded.include_router(_metrics)
    guarded.include_router(operations_api.router)
    if service.api is not None:
        guarded.include_router(service.api)
    app.include_router(guarded)
    if service.pages is not None:
        app.include_router(service.pages)
    app.add_middleware(BodyLimit, largest=PAGE_BYTES if service.pages else API_BYTES)
    app.add_middleware(_Answered)
    app.add_middleware(RequestFigures, service=service.name)
    os.environ.setdefault(*_CONVENTIONS)
    FastAPIInstrumentor.instrument_app(
        app,
        tracer_provider=tracing,
        excluded_urls=UNTRACED,
        server_request_hook=_forget_persons,
        exclude_spans=["receive", "send"],
    )
    return app


def _forget_persons(span: Span, _scope: Scope) -> None:
    """Leave out of a trace what people search for, which may name a person, and where they are."""
    if not isinstance(span, ReadableSpan):
        return
    known = span.attributes or {}
    for name in _URLS:
        address = known.get(name)
        if isinstance(address, str):
            span.set_attribute(name, "" if name == "url.query" else address.partition("?")[0])
    for name in _PEERS:
        if name in known:
            span.set_attribute(name, "")


class _Answered:
    """Turns what a request raised into an answer, before a trace or a log can quote its text."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def tell(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            return await self._app(scope, receive, tell)
        except ClientDisconnect:
            return None
        except TRANSIENT as error:
            log.warning("a request has to be repeated: %s", type(error).__name__)
            answer = JSONResponse(
                {"detail": "not possible now; try again"}, 503, {"Retry-After": "5"}
            )
        except Exception:
            log.exception("a request raised")
            answer = JSONResponse({"detail": "this is a defect of the service"}, 500)
        if begun:
            raise ConnectionAbortedError("an answer broke off")
        return await answer(scope, receive, send)


_health = APIRouter(
    prefix="/health", tags=["health"], responses={503: {"description": "No; `why` says more."}}
)


@_health.get("/live", summary="Is the process alive, or does only a restart help?")
def live(request: Request, response: Response) -> dict[str, Any]:
    """200 while the loop turns."""
    state: Running | None = request.app.state.running
    alive = state is None or state.kernel.alive
    response.status_code = 200 if alive else 503
    return {"alive": alive}


@_health.get("/ready", summary="May it get traffic?")
def ready(request: Request, response: Response) -> dict[str, Any]:
    """200 once migrated, connected and assigned; else 503 with the reason."""
    state: Running | None = request.app.state.running
    unready = Unready("starting") if state is None else state.kernel.readiness()
    response.status_code = 200 if unready is None else 503
    return {"ready": unready is None} | ({} if unready is None else {"why": unready.why})


_metrics = APIRouter(tags=["operations"])


@_metrics.get("/metrics", summary="Figures for Prometheus", response_class=Response)
def metrics(request: Request, _: Annotated[Running, Depends(running)]) -> Response:
    """All metrics of this process, in Prometheus' text format or, where asked for, OpenMetrics.

    The second alone tells of traces that a figure was seen in (exemplars).
    """
    encode, media_type = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(REGISTRY), media_type=media_type)
