"""The identity provider that `farhand up` starts, in this process, and a bad line to it."""

from collections import Counter
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from farhand.embedded.scim_server import application
from tests.listening import listening

TOKEN = "token-of-the-tests"  # noqa: S105  # no secret
CUT = 503


@dataclass(slots=True)
class BadLine:
    """A real provider behind a line that can be cut, before a request arrives or after it was done.

    `lost` requests never arrive; those of `unanswered` are done, and their answer is lost.
    """

    app: Any
    lost: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    unanswered: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    answers: dict[tuple[str, str], tuple[int, dict[str, str]]] = field(
        default_factory=dict[tuple[str, str], tuple[int, dict[str, str]]]
    )
    asked: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = (scope["method"], scope["path"].split("/")[2])
        self.asked.append(request)
        if request in self.answers:
            await _answer(send, *self.answers[request])
        elif self.lost[request] > 0:
            self.lost[request] -= 1
            await _answer(send, CUT, {})
        elif self.unanswered[request] > 0:
            self.unanswered[request] -= 1
            await self.app(scope, receive, _nobody)
            await _answer(send, CUT, {})
        else:
            await self.app(scope, receive, send)


async def _nobody(_message: Any) -> None: ...


async def _answer(send: Callable[[Any], Any], status: int, headers: dict[str, str]) -> None:
    encoded = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": encoded})
    await send({"type": "http.response.body", "body": b"{}"})


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """A provider that runs, and the administrator's own look at it."""

    url: str
    line: BadLine
    http: httpx2.AsyncClient

    async def users(self) -> list[dict[str, Any]]:
        return (await self.http.get("/Users")).json().get("Resources", [])

    async def members(self) -> dict[str, set[str]]:
        """The members of each group by its name."""
        groups = (await self.http.get("/Groups")).json().get("Resources", [])
        return {
            group["displayName"]: {each["value"] for each in group.get("members", [])}
            for group in groups
        }

    async def add(self, endpoint: str, **body: Any) -> str:
        """Make something by hand; returns its id."""
        schema = f"urn:ietf:params:scim:schemas:core:2.0:{endpoint.removesuffix('s')}"
        answer = await self.http.post(f"/{endpoint}", json={"schemas": [schema], **body})
        answer.raise_for_status()
        return answer.json()["id"]


@asynccontextmanager
async def identity_provider(folder: Path) -> AsyncGenerator[IdentityProvider]:
    headers = {"authorization": f"Bearer {TOKEN}"}
    with application(folder, TOKEN) as app:
        line = BadLine(app)
        async with listening(line) as address:
            url = f"{address}/v2"
            async with httpx2.AsyncClient(base_url=url, headers=headers, trust_env=False) as http:
                yield IdentityProvider(url, line, http)
