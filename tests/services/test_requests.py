"""Whatever is asked of its API, a service answers as its OpenAPI says, and goes on.

Here are those that need nothing but a database; console, metrics and onboarding have their own.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
import requests

from libs.common.database import Pool
from libs.common.service import Service
from services.compliance.__main__ import service as compliance
from services.compliance.law import load_law
from services.notify.__main__ import service as notify
from services.notify.directory import Directory
from tests.api_requests import DRAWN, Asked
from tests.garbage import swallowed
from tests.infrastructure import Infrastructure
from tests.served import TOKEN, running_kernel, served

OpenPool = Callable[[str], AbstractAsyncContextManager[Pool]]


@pytest.fixture(params=["compliance", "notify"])
def service(request: pytest.FixtureRequest) -> Service:
    return compliance(load_law()) if request.param == "compliance" else notify(Directory())


@DRAWN
@pytest.mark.timeout(180)
async def test_every_request_is_answered_as_documented_and_never_with_5xx(
    service: Service, infrastructure: Infrastructure, service_pool: OpenPool, tmp_path: Path
) -> None:
    async with (
        service_pool(service.name) as pool,
        running_kernel(service, infrastructure, pool, tmp_path) as kernel,
        served(service, kernel) as url,
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
    service: Service, infrastructure: Infrastructure, service_pool: OpenPool, tmp_path: Path
) -> None:
    async with (
        service_pool(service.name) as pool,
        running_kernel(service, infrastructure, pool, tmp_path) as kernel,
    ):
        became = await swallowed(service, kernel)
        assert kernel.alive
        assert kernel.readiness() is None
    print(dict(became))  # noqa: T201
    assert became["Dead"] > became.total() / 4
