"""The operations APIs of all services, asked as an operator would: with the token, over HTTP.

This is the plane of operations, not of anybody's data: what was set aside, why, and how it goes on.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

import httpx2

TIMEOUT_SECONDS: Final = 3.0
SHOWN: Final = 50
SAMPLE: Final = re.compile(r"^(\w+?)(?:_total)?(?:\{([^}]*)\})? (\S+)$", re.MULTILINE)


class OperationsError(Exception):
    """A service does not answer, or refuses; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Health:
    """How one service does; what is None could not be asked."""

    name: str
    ready: bool
    why: str
    figures: Mapping[str, float]
    letters: Sequence[Mapping[str, Any]]
    quarantined: Sequence[Mapping[str, Any]]
    gaps: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Operations:
    """All services that are known here."""

    http: httpx2.AsyncClient
    addresses: Mapping[str, str]

    async def health(self) -> list[Health]:
        """How every service does, asked all at once."""
        return await asyncio.gather(*(self._health(name) for name in self.addresses))

    async def get(self, service: str, path: str) -> Any:
        """Ask a service; raises OperationsError."""
        answer = await self._send("GET", service, path)
        return answer.json()

    async def post(self, service: str, path: str, body: Mapping[str, Any]) -> Any:
        """Tell a service; raises OperationsError with what it says."""
        answer = await self._send("POST", service, path, dict(body))
        return answer.json()

    async def _health(self, name: str) -> Health:
        try:
            ready = await self.http.get(f"{self.addresses[name]}/health/ready")
            metrics = await self._send("GET", name, "/metrics")
            lists = [await self.get(name, f"/{each}?limit={SHOWN}") for each in LISTS]
        except (OperationsError, httpx2.HTTPError) as error:
            why = str(error) if isinstance(error, OperationsError) else "it does not answer"
            return Health(name, False, why, {}, (), (), ())  # noqa: FBT003  # not ready
        told = ready.json()
        return Health(name, told["ready"], told.get("why", ""), read_figures(metrics.text), *lists)

    async def _send(
        self, method: str, service: str, path: str, body: dict[str, Any] | None = None
    ) -> httpx2.Response:
        if service not in self.addresses:
            raise OperationsError(f"there is no service {service}")
        try:
            answer = await self.http.request(method, self.addresses[service] + path, json=body)
        except httpx2.HTTPError as error:
            raise OperationsError(f"{service} does not answer") from error
        if answer.is_error:
            raise OperationsError(f"{service} answers {answer.status_code}: {_detail(answer)}")
        return answer


LISTS: Final = ("dead-letters", "quarantine", "gaps")


def path_of(*parts: str) -> str:
    """A path of parts, in which nothing of a part can be taken for a separator."""
    return "/" + "/".join(quote(part, safe="") for part in parts)


def _detail(answer: httpx2.Response) -> str:
    try:
        return str(answer.json()["detail"])[:300]
    except (ValueError, KeyError, TypeError):
        return "nothing more"


def read_figures(text: str) -> dict[str, float]:
    """The samples of Prometheus' text format, summed by their names."""
    found: dict[str, float] = {}
    for name, _, value in SAMPLE.findall(text):
        if name.startswith("farhand_") and not name.endswith(("_bucket", "_created")):
            found[name] = found.get(name, 0.0) + float(value)
    return found
