"""How every page answers: security headers, and errors as pages that a person can read."""

from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi import HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from services.console.settings import ConsoleSettings
from services.console.web.render import page

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
    401: "Please sign in",
    403: "Not for you to do",
    404: "Nothing here",
    409: "That cannot be done now",
    413: "That is too much",
    422: "That does not make sense yet",
    429: "Too many tries",
    502: "A service has not done it",
    503: "Just a moment",
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
                response = _error(422, _said(error))
            except HTTPException as error:
                response = _error(error.status_code, str(error.detail), error.headers)
            secure = STRICT if ConsoleSettings().is_secure else {}
            for name, value in (HEADERS | secure).items():
                response.headers.setdefault(name, value)
            return response

        return answer


def _said(error: RequestValidationError) -> str:
    # `input` is left out: a person typed it.
    return "; ".join(f"{each['loc'][-1]}: {each['msg']}" for each in error.errors())


def _error(status: int, detail: str, headers: Any = None) -> Response:
    title = TITLES.get(status, "Something went wrong")
    response = page("error.html", status, title=title, detail=detail, status=status)
    response.headers.update(dict(headers or {}))
    return response
