"""The console's pages over a real PostgreSQL, and people who are signed in to it."""

import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx2
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from opentelemetry.trace import NoOpTracer

from libs.common import ids
from libs.common.clock import Clock, wall
from libs.common.database import Pool
from libs.common.inbound import Inbound
from libs.common.kafka import TopicSpec, declare_topics
from libs.common.kernel import Kernel
from libs.common.message import Event
from libs.common.rate_limit import RateLimit
from libs.common.running import Running
from libs.common.sealing import Vault
from libs.common.service import Tools
from libs.common.settings import Settings
from services.console import accounts, sessions
from services.console.__main__ import service
from services.console.role import Account, Role
from services.console.sessions import csrf_of
from services.console.web import hire_actions, pages
from services.console.web.visit import COOKIE
from tests.console.hires import NOW
from tests.infrastructure import Infrastructure

MASTER_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
PASSWORD = "correct horse battery"  # noqa: S105  # of nobody


@pytest.fixture
async def pool(
    service_pool: Callable[[str], AbstractAsyncContextManager[Pool]],
) -> AsyncGenerator[Pool]:
    async with service_pool("console") as pool:
        yield pool


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 with parameters that cost nothing."""
    monkeypatch.setattr(accounts, "HASHER", PasswordHasher(1, 8, parallelism=1))


@dataclass(slots=True)
class Browser:
    """A browser of somebody who is signed in."""

    http: httpx2.AsyncClient
    account: Account
    csrf: str

    async def get(self, path: str) -> httpx2.Response:
        return await self.http.get(path)

    async def post(self, path: str, /, **fields: str) -> httpx2.Response:
        """Send a form of this session."""
        return await self.http.post(path, data={"csrf": self.csrf, **fields})


@dataclass(slots=True)
class Console:
    """The pages of a console whose product time stands still."""

    app: FastAPI
    pool: Pool

    def browser(self, token: str = "") -> httpx2.AsyncClient:
        return httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=self.app),
            base_url="http://console",
            cookies={COOKIE: token} if token else {},
        )

    async def add(
        self, *roles: Role, manager: str | None = None, hire_id: UUID | None = None
    ) -> Account:
        login = f"{'-'.join(roles)}-{ids.ordered().hex[-6:]}"
        account = Account(ids.ordered(), login, "Ada", frozenset(roles), manager, hire_id)
        async with self.pool.acquire() as conn:
            assert await accounts.add(conn, account, PASSWORD, NOW)
        return account

    async def signed_in(
        self, *roles: Role, manager: str | None = None, hire_id: UUID | None = None
    ) -> Browser:
        account = await self.add(*roles, manager=manager, hire_id=hire_id)
        async with self.pool.acquire() as conn:
            token = await sessions.begin(conn, account.id, "Firefox on Linux", wall())
        return Browser(self.browser(token), account, csrf_of(token))


@pytest.fixture
async def console(pool: Pool, tmp_path: Path) -> Console:
    for name, secret in {"api_token": "token", "master_key": MASTER_KEY}.items():
        (tmp_path / name).write_text(secret)
    settings = Settings(kafka="127.0.0.1:1", postgres="-", keys="-", secrets=tmp_path)
    clock = Clock(NOW, NOW, 0.0)
    tools = Tools(settings, pool, Vault.with_master_key(pool, MASTER_KEY), clock)
    app = FastAPI()
    app.include_router(pages.router)
    kernel = Kernel(service, tools, NoOpTracer())
    app.state.running = Running(kernel, tools, RateLimit(""))
    return Console(app, pool)


@pytest.fixture
async def live(
    infrastructure: Infrastructure,
    service_pool: Callable[[str], AbstractAsyncContextManager[Pool]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncGenerator[Console]:
    """A console whose kernel runs, over a real Kafka and PostgreSQL."""
    monkeypatch.setattr(hire_actions, "PATIENCE_SECONDS", 0.2)
    for name, secret in {"api_token": "token", "master_key": MASTER_KEY}.items():
        (tmp_path / name).write_text(secret)
    prefix = f"{secrets.token_hex(4)}."
    names = {*service.topics, "farhand.console", "farhand.operations"}
    await declare_topics(infrastructure.kafka, [TopicSpec(prefix + name, 1) for name in names])
    async with service_pool("console") as pool:
        settings = Settings(
            kafka=infrastructure.kafka,
            postgres="-",
            keys="-",
            secrets=tmp_path,
            partitions=1,
            topic_prefix=prefix,
        )
        tools = Tools(settings, pool, Vault.with_master_key(pool, MASTER_KEY), Clock(NOW, NOW, 0.0))
        app = FastAPI()
        app.include_router(pages.router)
        kernel = Kernel(service, tools, NoOpTracer())
        async with kernel.running():
            app.state.running = Running(kernel, tools, RateLimit(""))
            yield Console(app, pool)


async def tell(console: Console, *events: Event) -> None:
    """Let the kernel of the console take events as from Kafka."""
    kernel: Kernel = console.app.state.running.kernel
    await kernel.engine.submit([inbound(event) for event in events])


def inbound(event: Event) -> Inbound:
    return Inbound(
        id=secrets.token_hex(8),
        type=event.type,
        source="test",
        key=event.subject,
        body=event.model_dump_json().encode(),
        recorded_at=NOW,
        origin="test",
    )
