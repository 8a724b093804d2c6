"""Garbage at every front door and of every contract: answered or set aside."""

from pathlib import Path

import httpx2
import pytest

from libs.common.database import Pool
from services.metrics.__main__ import service
from tests.garbage import Fuzzed, swallowed
from tests.infrastructure import Infrastructure
from tests.metrics.running_service import HOOK_SECRET, SOURCES, running_kernel, served
from tests.metrics.test_front_doors import DOORS, body_of

TIMES = 6


@pytest.mark.timeout(180)
async def test_garbage_is_answered_or_set_aside_and_stops_nobody(
    infrastructure: Infrastructure, pool: Pool, tmp_path: Path
) -> None:
    async with running_kernel(infrastructure, pool, tmp_path) as kernel, served(kernel) as url:
        async with httpx2.AsyncClient(base_url=url, trust_env=False) as http:
            fuzzed = Fuzzed(http)
            for source in SOURCES:
                good = [body_of(path) for path, door in DOORS if door == source]
                await fuzzed.knock(source, HOOK_SECRET, good, TIMES)
        became = await swallowed(service, kernel)
        assert kernel.alive
        assert kernel.readiness() is None
    print(dict(fuzzed.answers), dict(became))  # noqa: T201
    assert fuzzed.wrong == []
    assert fuzzed.answers["401"] >= len(SOURCES) * TIMES / 2
    assert became["Dead"] > became.total() / 4
