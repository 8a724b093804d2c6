"""The service as it runs, on a real Kafka and PostgreSQL, without and with its HTTP side."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import tests.served
from libs.common.database import Pool
from libs.common.kernel import Kernel
from services.metrics.__main__ import service
from tests.infrastructure import Infrastructure

SOURCES = ("github", "gitlab", "cdevents", "mlflow", "growthbook", "mlops", "pagerduty")
HOOK_SECRET = "what the settings of the sender hold"  # noqa: S105  # of these tests
TOKEN = tests.served.TOKEN


@asynccontextmanager
async def running_kernel(
    infrastructure: Infrastructure, pool: Pool, folder: Path
) -> AsyncGenerator[Kernel]:
    """Metrics, consuming and settling, with a secret for each of its front doors."""
    for source in SOURCES:
        (folder / f"hook_{source}").write_text(HOOK_SECRET + "\n")
    running = tests.served.running_kernel(service, infrastructure, pool, folder, "mlops.inbox")
    async with running as kernel:
        yield kernel


def served(kernel: Kernel) -> AbstractAsyncContextManager[str]:
    """The base URL at which metrics answers over HTTP."""
    return tests.served.served(service, kernel)
