"""Whatever is asked of its API, metrics answers as its OpenAPI says, and goes on."""

import asyncio
from pathlib import Path

import pytest
import requests

from libs.common.database import Pool
from tests.api_requests import DRAWN, Asked
from tests.infrastructure import Infrastructure
from tests.metrics.running_service import TOKEN, running_kernel, served


@DRAWN
@pytest.mark.timeout(180)
async def test_every_request_is_answered_as_documented_and_never_with_5xx(
    infrastructure: Infrastructure, pool: Pool, tmp_path: Path
) -> None:
    async with running_kernel(infrastructure, pool, tmp_path) as kernel, served(kernel) as url:
        with requests.Session() as http:
            asked = Asked(url, {"authorization": f"Bearer {TOKEN}"}, http)
            await asyncio.to_thread(asked.ask_everything)
        assert kernel.alive
        assert kernel.readiness() is None
    print(asked)  # noqa: T201
    assert asked.failed == []
    assert asked.undocumented == set()
    assert asked.answers.total() >= 100
