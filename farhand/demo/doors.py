"""The signed front doors and the APIs, as the systems and people of the demo use them."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final
from uuid import UUID

import httpx2

from farhand.credentials import Credentials
from farhand.demo.deliveries import Planned
from farhand.services import HOOK_SOURCES, SERVICES
from farhand.settings import Settings
from farhand.signing import SIGNED

RETRY_SECONDS: Final = 0.5
PATIENCE_SECONDS: Final = 120.0


@dataclass(slots=True)
class Doors:
    """Where deliveries and answers go; each is repeated until it is taken, as real senders do."""

    http: httpx2.AsyncClient
    addresses: dict[str, str]
    secrets: dict[str, str]
    token: str
    answers: Counter[str] = field(default_factory=Counter[str])

    async def deliver(self, service: str, planned: Planned) -> dict[str, Any]:
        """Deliver a signed webhook; returns what the front door answered."""
        url = f"{self.addresses[service]}/hooks/{planned.source}"
        sign = partial(
            SIGNED[planned.source], self.secrets[planned.source], planned.name, planned.body
        )
        answer = await self._until_answered(
            lambda: self.http.post(url, content=planned.body, headers=sign())
        )
        answer.raise_for_status()
        taken: dict[str, Any] = answer.json()
        self.answers[taken["status"]] += 1
        return taken

    async def get(self, service: str, path: str) -> Any:
        """Ask an API."""
        answer = await self._until_answered(
            lambda: self.http.get(self.addresses[service] + path, headers=self._bearer)
        )
        answer.raise_for_status()
        return answer.json()

    async def post(self, service: str, path: str, body: dict[str, Any]) -> httpx2.Response:
        """Tell an API; the caller looks at the status, since a refusal is an answer too."""
        return await self._until_answered(
            lambda: self.http.post(self.addresses[service] + path, json=body, headers=self._bearer)
        )

    @property
    def _bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}

    async def _until_answered(self, send: Any) -> httpx2.Response:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                try:
                    answer: httpx2.Response = await send()
                except httpx2.TransportError:
                    answer = httpx2.Response(503)
                if answer.status_code not in (429, 502, 503, 504):
                    return answer
                await asyncio.sleep(RETRY_SECONDS)

    async def hires(self) -> dict[UUID, dict[str, Any]]:
        """Every hire as onboarding shows it, page after page."""
        found: dict[UUID, dict[str, Any]] = {}
        after = ""
        while True:
            page = await self.get("onboarding", f"/hires?limit=500{after}")
            found |= {UUID(hire["hire_id"]): hire for hire in page["hires"]}
            if page["next"] is None:
                return found
            after = f"&after={page['next']}"


@asynccontextmanager
async def doors_of(settings: Settings, credentials: Credentials) -> AsyncGenerator[Doors]:
    """The front doors and APIs of running services, with their secrets."""
    async with httpx2.AsyncClient(timeout=10) as http:
        yield Doors(
            http,
            {each.name: f"http://127.0.0.1:{settings.port(each.name)}" for each in SERVICES},
            {source: credentials.read(f"hook_{source}") for source in HOOK_SOURCES},
            credentials.read("api_token"),
        )
