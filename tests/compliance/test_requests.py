"""Whatever is asked of its API, compliance answers as its OpenAPI says, and goes on."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
import requests

from libs.common.database import Pool
from services.compliance.__main__ import service
from services.compliance.law import load_law
from tests.api_requests import DRAWN, Asked
from tests.garbage import swallowed
from tests.infrastructure import Infrastructure
from tests.served import TOKEN, running_kernel, served

OpenPool = Callable[[str], AbstractAsyncContextManager[Pool]]


@DRAWN
@pytest.mark.timeout(180)
async def test_every_request_is_answered_as_documented_and_never_with_5xx(
    infrastructure: Infrastructure, service_pool: OpenPool, tmp_path: Path
) -> None:
    compliance = service(load_law())
    async with (
        service_pool("compliance") as pool,
        running_kernel(compliance, infrastructure, pool, tmp_path) as kernel,
        served(compliance, kernel) as url,
    ):
        with requests.Session() as http:
            asked = Asked(url, {"authorization": f"Bearer {TOKEN}"}, http)
            await asyncio.to_thread(asked.ask_everything)
        assert kernel.alive
        assert kernel.readiness() is None
    print(asked)  # noqa: T201
    assert asked.failed == []
    assert asked.undocumented == set()
    assert asked.answers.total() >= 100


@pytest.mark.timeout(180)
async def test_garbage_of_every_contract_is_settled_and_stops_nobody(
    infrastructure: Infrastructure, service_pool: OpenPool, tmp_path: Path
) -> None:
    compliance = service(load_law())
    async with (
        service_pool("compliance") as pool,
        running_kernel(compliance, infrastructure, pool, tmp_path) as kernel,
    ):
        became = await swallowed(compliance, kernel)
        assert kernel.alive
        assert kernel.readiness() is None
    print(dict(became))  # noqa: T201
    assert became["Dead"] > became.total() / 4
