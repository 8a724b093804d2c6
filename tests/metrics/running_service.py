"""The service as it runs, on a real Kafka and PostgreSQL, without and with its HTTP side."""

import asyncio
import secrets
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from opentelemetry.sdk.trace import TracerProvider

from libs.common.clock import Clock
from libs.common.database import Pool
from libs.common.http_app import create_app
from libs.common.kafka import TopicSpec, declare_topics
from libs.common.kernel import Kernel
from libs.common.rate_limit import RateLimit
from libs.common.running import Running
from libs.common.sealing import Vault
from libs.common.service import Tools
from libs.common.settings import Settings
from services.metrics.__main__ import service
from tests.infrastructure import Infrastructure

MASTER_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
SOURCES = ("github", "gitlab", "cdevents", "mlflow", "growthbook", "mlops", "pagerduty")
HOOK_SECRET = "what the settings of the sender hold"  # noqa: S105  # of these tests
TOKEN = "of these tests"  # noqa: S105


@asynccontextmanager
async def running_kernel(
    infrastructure: Infrastructure, pool: Pool, folder: Path
) -> AsyncGenerator[Kernel]:
    """Metrics, consuming and settling, with a secret for each of its front doors."""
    for source in SOURCES:
        (folder / f"hook_{source}").write_text(HOOK_SECRET + "\n")
    settings = Settings(
        kafka=infrastructure.kafka,
        postgres="",
        keys="",
        secrets=folder,
        topic_prefix=f"{secrets.token_hex(4)}.",
    )
    topics = ("farhand.metrics", "mlops.inbox", *service.topics)
    await declare_topics(
        settings.kafka, [TopicSpec(settings.topic_prefix + name, 3) for name in topics]
    )
    tools = Tools(settings, pool, Vault.with_master_key(pool, MASTER_KEY), Clock.real())
    await service.prepare(tools)
    kernel = Kernel(service, tools, TracerProvider().get_tracer("test"))
    async with kernel.running():
        yield kernel


@asynccontextmanager
async def served(kernel: Kernel) -> AsyncGenerator[str]:
    """The base URL at which a running service answers over HTTP."""
    app = create_app(service, TOKEN, TracerProvider())
    limit = RateLimit("")
    app.state.running = Running(kernel, kernel.tools, limit)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
        serving = asyncio.create_task(server.serve([listening]))
        while not server.started:
            await asyncio.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            await serving
            await limit.close()
