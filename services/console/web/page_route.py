"""How every page answers: security headers, and errors as pages that a person can read."""

from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from services.console.reader import language_of
from services.console.settings import ConsoleSettings
from services.console.web.render import page
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
    502: worded("A service has not done it"),
    503: worded("Just a moment"),
}


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
            secure = STRICT if ConsoleSettings().is_secure else {}
            for name, value in (HEADERS | secure).items():
                response.headers.setdefault(name, value)
            return response

        return answer


def _said(error: RequestValidationError) -> str:
    # `input` is left out: a person typed it.
    return "; ".join(f"{each['loc'][-1]}: {each['msg']}" for each in error.errors())


def _error(request: Request, status: int, detail: str, headers: Any = None) -> Response:
    title = TITLES.get(status, worded("Something went wrong"))
    language = language_of(request.headers.get("accept-language", ""))
    response = page(
        "error.html", status, language=language, title=title, detail=detail, status=status
    )
    response.headers.update(dict(headers or {}))
    return response
