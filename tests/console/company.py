"""A company that hires: onboarding, compliance and the console in one process, on the real stack.

What people ask for in the console is decided by those who own it, over Kafka, as in production.
Product time stands still, so that what a page says of a day is the same in every run.
"""

import secrets
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx2
from fastapi import FastAPI
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import NoOpTracer

from farhand.demo.places import PLACES, terms
from farhand.embedded.scim_server import application
from libs.common import ids
from libs.common.clock import Clock
from libs.common.contracts import CATALOG
from libs.common.contracts.values import Engagement, Profile, Terms
from libs.common.database import Pool, connect_pool
from libs.common.http_app import create_app
from libs.common.kafka import TopicSpec, declare_topics
from libs.common.kernel import Kernel
from libs.common.rate_limit import RateLimit
from libs.common.running import Running
from libs.common.sealing import Vault
from libs.common.service import Service, Tools
from libs.common.settings import Settings
from services.compliance.__main__ import service as compliance_of
from services.compliance.law import load_law
from services.compliance.law_question import AnswerLaw
from services.console.__main__ import service as console
from services.console.operations import Operations
from services.console.web import operations_page, pages
from services.onboarding.__main__ import service as onboarding
from services.onboarding.commands import ReportHire
from tests.console.conftest import MASTER_KEY, Console
from tests.console.hires import NOW
from tests.infrastructure import Infrastructure
from tests.listening import listening

START: Final = date(2026, 12, 15)
SECRETS: Final = {"api_token": "token", "master_key": MASTER_KEY, "scim_token": "token"}
CLOSE: Final = [("Connection", "close")]
"""So that whoever asked keeps no connection, which nobody would close."""


@dataclass(frozen=True, slots=True)
class Company:
    """The console that people look at, and the onboarding that HR reports hires to."""

    console: Console
    onboarding: Kernel
    compliance: Kernel
    vault: Vault

    async def hire(self, jurisdiction: str = "PT", *, role: str, **told: Any) -> UUID:
        """HR reports somebody new, with terms that the law allows but for those that are told.

        A term that is told to be None is left out.
        """
        hire_id = ids.ordered()
        name = f"{secrets.token_hex(4)}"
        worker = {"name": f"Noor H{name}", "email": f"noor.{name}@people.example"}
        lead = {"name": f"Lea L{name}", "email": f"lead-of-{role}@company.example".lower()}
        agreed = {k: v for k, v in (terms(jurisdiction, START) | told).items() if v is not None}
        profile = Profile(
            jurisdiction=jurisdiction,
            timezone=PLACES[jurisdiction].timezone,
            role=role,
            engagement=Engagement.EMPLOYEE,
            starts_on=START,
            worker=await self.vault.seal(str(hire_id), worker),
            manager=await self.vault.seal(str(hire_id), lead),
            terms=Terms.model_validate(agreed),
        )
        reported = ReportHire(
            hire_id=hire_id, source="test", profile=profile, reported_at=NOW - timedelta(hours=1)
        )
        await self.onboarding.submit(reported, key=str(hire_id), id=ids.ordered())
        return hire_id

    async def confirm_law(self, jurisdiction: str, *, but: int = 0) -> None:
        """Legal says that all which is in doubt of a place holds, but for so many questions."""
        asked = "select matter from law_question where answer is null and matter like $1 || '.%'"
        matters = [row["matter"] for row in await self.console.pool.fetch(asked, jurisdiction)]
        for matter in matters[but:]:
            answer = AnswerLaw(holds=True, by="legal-1")
            await self.compliance.submit(answer, key=matter, id=ids.ordered())

    @staticmethod
    def lead_of(role: str) -> str:
        """The address of whoever leads the people of a role."""
        return f"lead-of-{role}@company.example".lower()


@asynccontextmanager
async def company(
    infrastructure: Infrastructure, dsns: Mapping[str, str], folder: Path
) -> AsyncGenerator[Company]:
    """Everybody at work; `dsns` are the databases of the services by name."""
    for name, secret in SECRETS.items():
        (folder / name).write_text(secret)
    with application(folder, SECRETS["scim_token"]) as provider:
        async with listening(provider, headers=CLOSE) as scim:
            settings = _settings(infrastructure, folder, scim)
            async with _at_work(settings, dsns) as everybody:
                yield everybody


def _settings(infrastructure: Infrastructure, folder: Path, scim: str) -> Settings:
    return Settings(
        kafka=infrastructure.kafka,
        postgres="-",
        keys="-",
        secrets=folder,
        home=folder,
        scim=f"{scim}/v2",
        partitions=1,
        topic_prefix=f"{secrets.token_hex(4)}.",
    )


@asynccontextmanager
async def _at_work(settings: Settings, dsns: Mapping[str, str]) -> AsyncGenerator[Company]:
    topics = {each.topic for each in CATALOG.values()}
    topics |= {door.topic for door in onboarding.front_doors if door.topic}
    specs = [TopicSpec(settings.topic_prefix + name, 1) for name in sorted(topics)]
    await declare_topics(settings.kafka, specs)
    async with AsyncExitStack() as stack:
        pools = {name: await _pool(stack, dsn) for name, dsn in dsns.items()}
        vault = Vault.with_master_key(pools["onboarding"], MASTER_KEY)
        started: dict[str, Running] = {}
        for each in (console, onboarding, compliance_of(load_law())):
            tools = Tools(settings, pools[each.name], vault, Clock(NOW, NOW, 0.0))
            started[each.name] = await _started(stack, each, tools)
        app = FastAPI()
        app.include_router(pages.router)
        app.state.running = started["console"]
        app.dependency_overrides[operations_page.asked] = await _operations(stack, started)
        own = Console(app, pools["console"])
        onboards, complies = (started[name].kernel for name in ("onboarding", "compliance"))
        yield Company(own, onboards, complies, vault)


async def _pool(stack: AsyncExitStack, dsn: str) -> Pool:
    pool = await connect_pool(dsn, application="test", size=8)
    stack.push_async_callback(pool.close)
    return pool


async def _started(stack: AsyncExitStack, service: Service, tools: Tools) -> Running:
    if service is not console:  # whose first account needs a password that nobody uses here
        await service.prepare(tools)
    kernel = Kernel(service, tools, NoOpTracer())
    await stack.enter_async_context(kernel.running())
    return Running(kernel, tools, RateLimit(""))


async def _operations(stack: AsyncExitStack, started: Mapping[str, Running]) -> Any:
    """The operations API of each service, asked without a network."""
    http = await stack.enter_async_context(
        httpx2.AsyncClient(
            headers={"Authorization": "Bearer token"},
            mounts={f"http://{name}": _api(each) for name, each in started.items()},
        )
    )
    return lambda: Operations(http, {name: f"http://{name}" for name in started})


def _api(running: Running) -> httpx2.ASGITransport:
    app = create_app(running.kernel.service, "token", TracerProvider())
    app.state.running = running
    return httpx2.ASGITransport(app=app)
