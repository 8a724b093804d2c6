"""How much a request may bring: refused before it is kept, and before anybody is asked who it is.

A form is read before any dependency of a route runs, so a limit within a route comes too late.
"""

from typing import Final

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PAGE_BYTES: Final = 256 * 1024
"""The largest form of a page."""

API_BYTES: Final = 1024 * 1024
"""The largest body of an API."""

HOOKS: Final = "/hooks/"
"""Front doors count for themselves, and answer in the words of their own contract."""

APIS: Final = ("/dead-letters/", "/quarantine/", "/gaps/")
"""Operations, which mend whole messages, at a service whose other paths are pages."""


class BodyLimit:
    """Answers 413 to a body that is larger than `largest`, by its announced or its counted length.

    Raised where the body is read, so that each route answers in its own way.
    """

    def __init__(self, app: ASGIApp, largest: int) -> None:
        self._app = app
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(HOOKS):
            return await self._app(scope, receive, send)
        largest = max(self._largest, API_BYTES if scope["path"].startswith(APIS) else 0)
        announced, read = _announced(scope), 0

        async def counted() -> Message:
            nonlocal read
            if announced <= largest:
                message = await receive()
                read += len(message.get("body", b""))
                if read <= largest:
                    return message
            raise HTTPException(413, f"a request may bring {largest} bytes at most")

        return await self._app(scope, counted, send)


def _announced(scope: Scope) -> int:
    """The length that the headers tell; 0 where they tell none."""
    told = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    return int(told) if told.isdigit() else 0
