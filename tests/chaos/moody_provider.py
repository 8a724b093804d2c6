"""The identity provider behind a proxy that has moods, and counts what the provider made."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import httpx2
import uvicorn

from tests.chaos.faults import Mood

HANG_SECONDS: Final = 6.0
"""Longer than Farhand waits for an answer."""

CREATED: Final = 201
UNASKED: Final = ("host", "content-length", "transfer-encoding", "connection", "content-encoding")


@dataclass(slots=True)
class Provider:
    """An ASGI application that hands requests on, as its mood lets it."""

    upstream: str
    http: httpx2.AsyncClient
    mood: Mood = Mood.WELL
    made: Counter[str] = field(default_factory=Counter[str])
    """the accounts that were made, by their externalId, whether or not the answer arrived"""
    at: int = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = await _body(receive)
        match self.mood:
            case Mood.BROKEN:
                await _answer(send, 500, [], b"{}")
            case Mood.BUSY:
                await _answer(send, 429, [(b"retry-after", b"1")], b"{}")
            case Mood.SILENT:
                await asyncio.sleep(HANG_SECONDS)
                await _answer(send, 503, [], b"{}")
            case Mood.FORGETFUL:
                await self._hand_on(scope, body)
                await asyncio.sleep(HANG_SECONDS)
                await _answer(send, 503, [], b"{}")
            case Mood.WELL:
                await _answer(send, *await self._hand_on(scope, body))

    async def _hand_on(
        self, scope: Any, body: bytes
    ) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        query = scope["query_string"].decode()
        path = scope["raw_path"].decode() + (f"?{query}" if query else "")
        told = {k.decode(): v.decode() for k, v in scope["headers"] if k.decode() not in UNASKED}
        try:
            answer = await self.http.request(
                scope["method"], self.upstream + path, content=body, headers=told
            )
        except httpx2.TransportError:
            return 502, [], b"{}"
        if scope["method"] == "POST" and answer.status_code == CREATED and path.endswith("/Users"):
            self.made[str(json.loads(body).get("externalId"))] += 1
        headers = [
            (name.encode(), value.encode())
            for name, value in answer.headers.items()
            if name not in UNASKED
        ]
        return answer.status_code, headers, answer.content


async def _body(receive: Any) -> bytes:
    parts: list[bytes] = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


async def _answer(send: Any, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals to whoever runs this."""
        yield


@asynccontextmanager
async def moody_provider(upstream: str) -> AsyncGenerator[Provider]:
    """A proxy before a SCIM server at `upstream`, scheme and host, on a port of its own."""
    async with httpx2.AsyncClient(timeout=30) as http:
        made = Provider(upstream, http)
        config = uvicorn.Config(
            made,
            port=0,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
        server = _Server(config)
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        made.at = server.servers[0].sockets[0].getsockname()[1]
        try:
            yield made
        finally:
            server.should_exit = True
            await serving
