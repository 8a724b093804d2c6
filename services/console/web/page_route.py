"""How every page answers: security headers, and errors as pages that a person can read."""

import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException  # Starlette's forms raise it too
from starlette.requests import ClientDisconnect

from libs.common.database import TRANSIENT
from services.console.names import field_name
from services.console.plain_faults import in_words
from services.console.reader import language_of
from services.console.settings import ConsoleSettings
from services.console.web.render import page, theme_of
from services.console.wording import worded

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
STRICT: Final = {"Strict-Transport-Security": "max-age=31536000"}
"""A year without plain HTTP, where people reach the console over TLS."""

TITLES: Final = {
    401: worded("Please sign in"),
    403: worded("Not for you to do"),
    404: worded("Nothing here"),
    409: worded("That cannot be done now"),
    413: worded("That is too much"),
    422: worded("That does not make sense yet"),
    429: worded("Too many tries"),
    500: worded("That is a defect of ours"),
    502: worded("A service has not done it"),
    503: worded("Just a moment"),
}


LATER: Final = worded("Something that this page needs is busy or away. Try again in a moment.")
DEFECT: Final = worded("Nothing was done. It is written in the log, where operations find it.")

log = logging.getLogger(__name__)


class SignInNeeded(Exception):  # noqa: N818  # an answer, not an error
    """Nobody is signed in; `back` is where they wanted to go."""

    def __init__(self, back: str) -> None:
        super().__init__(back)
        self.back = back


class PageRoute(APIRoute):
    """A route whose answers are pages."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the handler that FastAPI makes."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                response = await handle(request)
            except SignInNeeded as needed:
                response = RedirectResponse(f"/sign-in?next={needed.back}", 303)
            except RequestValidationError as error:
                response = _error(request, 422, _said(error))
            except HTTPException as error:
                response = _error(request, error.status_code, error.detail, error.headers)
            except ClientDisconnect:
                raise
            except TRANSIENT as error:
                log.warning("a page has to be asked for again: %s", type(error).__name__)
                response = _error(request, 503, LATER, {"Retry-After": "5"})
            except Exception:
                log.exception("a page raised")
                response = _error(request, 500, DEFECT)
            secure = STRICT if ConsoleSettings().is_secure else {}
            for name, value in (HEADERS | secure).items():
                response.headers.setdefault(name, value)
            return response

        return answer


def _said(error: RequestValidationError) -> tuple[str, ...]:
    # `input` is left out: a person typed it.
    return tuple(
        worded("{field}: {says}.", field=field_name(str(each["loc"][-1])), says=in_words(each))
        for each in error.errors()
    )


def _error(
    request: Request, status: int, detail: str | tuple[str, ...], headers: Any = None
) -> Response:
    title = TITLES.get(status, worded("Something went wrong"))
    accepts = request.headers.get("accept-language", "")
    response = page(
        "error.html",
        status,
        language=getattr(request.state, "language", None) or language_of(accepts),
        theme=theme_of(request),
        title=title,
        details=(detail,) if isinstance(detail, str) else detail,
        status=status,
    )
    response.headers.update(dict(headers or {}))
    return response
