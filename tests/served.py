"""A service as it runs, on a real Kafka and PostgreSQL, and its HTTP side on a port."""

import secrets
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from opentelemetry.sdk.trace import TracerProvider

from libs.common.clock import Clock
from libs.common.database import Pool
from libs.common.http_app import create_app
from libs.common.kafka import TopicSpec, declare_topics
from libs.common.kernel import Kernel
from libs.common.rate_limit import RateLimit
from libs.common.running import Running
from libs.common.sealing import Vault
from libs.common.service import Service, Tools
from libs.common.settings import Settings
from tests.infrastructure import Infrastructure
from tests.listening import listening

MASTER_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
TOKEN = "of these tests"  # noqa: S105


@asynccontextmanager
async def running_kernel(
    service: Service, infrastructure: Infrastructure, pool: Pool, folder: Path, *topics: str
) -> AsyncGenerator[Kernel]:
    """A service on topics of its own, and on these more; `folder` holds its secrets."""
    settings = Settings(
        kafka=infrastructure.kafka,
        postgres="",
        keys="",
        secrets=folder,
        topic_prefix=f"{secrets.token_hex(4)}.",
    )
    names = {f"farhand.{service.name}", *service.topics, *topics}
    await declare_topics(
        settings.kafka, [TopicSpec(settings.topic_prefix + name, 3) for name in sorted(names)]
    )
    tools = Tools(settings, pool, Vault.with_master_key(pool, MASTER_KEY), Clock.real())
    await service.prepare(tools)
    kernel = Kernel(service, tools, TracerProvider().get_tracer("test"))
    async with kernel.running():
        yield kernel


@asynccontextmanager
async def served(service: Service, kernel: Kernel) -> AsyncGenerator[str]:
    """The base URL at which a running service answers over HTTP."""
    app = create_app(service, TOKEN, TracerProvider())
    limit = RateLimit("")
    app.state.running = Running(kernel, kernel.tools, limit)
    try:
        async with listening(app, log_config=None) as url:
            yield url
    finally:
        await limit.close()
