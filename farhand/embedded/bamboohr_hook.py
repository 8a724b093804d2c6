"""The webhook of the simulated BambooHR: signed, and repeated until it is taken."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import httpx2

from farhand.signing import bamboohr

PAUSES: Final = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
"""Seconds before each next try; the real one waits for minutes."""
COMPANY: Final = "48213"


class Webhook:
    """Delivers what happened to employees; `url` may be changed at any time."""

    def __init__(self, url: str, secret: str) -> None:
        self.url = url
        self._secret = secret
        self._http = httpx2.AsyncClient(timeout=10, trust_env=False)
        self._trying: set[asyncio.Task[None]] = set()

    async def tell(self, kind: str, employee_id: str, at: datetime, changed: list[str]) -> bool:
        """Deliver an event; where it is not taken at once, it is tried again meanwhile."""
        body = body_of(kind, employee_id, at, changed)
        if await self._deliver(body):
            return True
        task = asyncio.create_task(self._insist(body))
        self._trying.add(task)
        task.add_done_callback(self._trying.discard)
        return False

    async def close(self) -> None:
        """Give up what was not taken."""
        for task in list(self._trying):
            task.cancel()
        await self._http.aclose()

    async def _insist(self, body: bytes) -> None:
        for pause in PAUSES:
            await asyncio.sleep(pause)
            if await self._deliver(body):
                return

    async def _deliver(self, body: bytes) -> bool:
        headers: Mapping[str, str] = bamboohr(self._secret, "", body)
        try:
            answer = await self._http.post(
                self.url, content=body, headers={"content-type": "application/json", **headers}
            )
        except httpx2.HTTPError:
            return False
        return answer.is_success


def body_of(kind: str, employee_id: str, at: datetime, changed: list[str]) -> bytes:
    """An event-based body: ids, and the names of what changed."""
    data = {"companyId": COMPANY, "employeeId": employee_id}
    more = {"changedFields": changed} if kind == "employee.updated" else {}
    timestamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
    return json.dumps({"type": kind, "timestamp": timestamp, "data": data | more}).encode()
