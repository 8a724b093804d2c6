"""The service itself over real PostgreSQL, Kafka and Redis, and the HR system it fetches from."""

import asyncio
import os
import secrets
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2

from farhand import probes
from farhand.credentials import Credentials
from farhand.demo.bamboohr import HrDepartment, hire_of
from farhand.embedded import bamboohr
from farhand.supervisor import answers
from libs.common.clock import Clock, wall
from tests.infrastructure import ROOT, Infrastructure

Http = httpx2.AsyncClient

SPEED = 30.0
"""A fetch that is repeated after half a minute is repeated after a second."""

NOOR: dict[str, Any] = {
    "status": "Active",
    "firstName": "Noor",
    "lastName": "Haverkamp",
    "homeEmail": "noor@example.net",
    "jobTitle": "ML Engineer",
    "employmentHistoryStatus": "Full-Time",
    "location": "Porto, Portugal",
    "supervisor": "Ana Pires",
    "supervisorEmail": "ana.pires@lumen-orchard.example",
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class Company:
    """Onboarding's HTTP side, and the HR department that changes employees."""

    onboarding: Http
    hr: HrDepartment
    secrets: Credentials
    topic_prefix: str
    home: Path
    employee_id: str = ""
    changes: int = 0

    def moment(self) -> datetime:
        """When the next change is: BambooHR tells seconds only, and each is to be another."""
        self.changes += 1
        return wall() + timedelta(seconds=self.changes)

    @staticmethod
    def new_employee() -> str:
        """The id of an employee that there is not yet."""
        return str(secrets.randbelow(10**9) + 1)

    async def hire(self, **fields: Any) -> UUID:
        """A new employee, told by a signed webhook; returns the id of the hire."""
        self.employee_id = self.new_employee()
        return await self.change(**NOOR | fields)

    async def change(self, **fields: Any) -> UUID:
        assert await self.hr.put(self.employee_id, fields, at=self.moment())
        return hire_of(self.employee_id)

    async def seen(self, hire_id: UUID) -> dict[str, Any]:
        """The hire as the API shows it; empty where there is none."""
        answer = await self.onboarding.get(f"/hires/{hire_id}")
        return answer.json() if answer.is_success else {}

    async def until(self, hire_id: UUID, **expected: object) -> dict[str, Any]:
        """Wait until the API shows a hire so; says what it showed last if it never does."""
        seen: dict[str, Any] = {}
        for _ in range(300):
            seen = await self.seen(hire_id)
            if all(seen.get(name) == value for name, value in expected.items()) and seen:
                return seen
            await asyncio.sleep(0.05)
        raise AssertionError(f"{expected} was expected, and the hire is {seen}")

    async def fetch(self, hire_id: UUID) -> dict[str, Any]:
        answer = await self.onboarding.get(f"/fetches/{hire_id}")
        return answer.json() if answer.is_success else {}

    async def until_fetch(self, hire_id: UUID, outcome: str) -> dict[str, Any]:
        fetch: dict[str, Any] = {}
        for _ in range(300):
            fetch = await self.fetch(hire_id)
            if fetch.get("outcome") == outcome:
                return fetch
            await asyncio.sleep(0.05)
        raise AssertionError(f"a fetch {outcome} was expected, and it is {fetch}")


@asynccontextmanager
async def company(
    infrastructure: Infrastructure, dsn: str, folder: Path
) -> AsyncGenerator[Company]:
    """Onboarding and the simulated BambooHR as processes, each told of the other."""
    credentials = Credentials(folder / "secrets")
    credentials.generate(["onboarding"])
    token = credentials.read("api_token")
    address, hr = f"http://127.0.0.1:{free_port()}", free_port()
    part = bamboohr.part(
        folder=folder / "bamboohr",
        port=hr,
        secrets=credentials.folder,
        hook=f"{address}/hooks/bamboohr",
    )
    environment = {
        "FARHAND_SERVICE": "onboarding",
        "FARHAND_HOME": str(folder),
        "FARHAND_SECRETS": str(credentials.folder),
        "FARHAND_HTTP_PORT": address.rpartition(":")[2],
        "FARHAND_KAFKA": infrastructure.kafka,
        "FARHAND_POSTGRES": dsn,
        "FARHAND_KEYS": dsn,
        "FARHAND_REDIS": infrastructure.redis,
        "FARHAND_TOPIC_PREFIX": f"{secrets.token_hex(4)}.",
        "FARHAND_BAMBOOHR_URL": bamboohr.base_url(hr),
        "FARHAND_CLOCK": str(Clock(wall(), wall(), SPEED)),
    }
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(process(part.command, {}, f"{part.url}/health"))
        command = (sys.executable, "-m", "services.onboarding")
        await stack.enter_async_context(process(command, environment, f"{address}/health/ready"))
        http = await stack.enter_async_context(
            Http(
                base_url=address,
                headers={"authorization": f"Bearer {token}"},
                timeout=20,
                trust_env=False,
            )
        )
        prefix = environment["FARHAND_TOPIC_PREFIX"]
        yield Company(http, HrDepartment(http, part.url, token), credentials, prefix, folder)


@asynccontextmanager
async def process(
    command: tuple[str, ...], environment: dict[str, str], ready: str
) -> AsyncGenerator[None]:
    """A part as a process of its own, from when it is ready; it ends with the test."""
    begun = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=os.environ | environment)
    try:
        async with asyncio.timeout(60):
            while not await answers(lambda: probes.http(ready)):
                assert begun.returncode is None, f"{command} ended"
                await asyncio.sleep(0.1)
        yield
    finally:
        if begun.returncode is None:
            begun.terminate()
        await begun.wait()
