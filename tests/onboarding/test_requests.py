"""Whatever is asked of its API, onboarding answers as its OpenAPI says, and goes on."""

import asyncio

import pytest
import requests

from tests.api_requests import DRAWN, Asked
from tests.onboarding.bed import Company


@DRAWN
@pytest.mark.timeout(180)
async def test_every_request_is_answered_as_documented_and_never_with_5xx(
    company: Company,
) -> None:
    url = str(company.onboarding.base_url).rstrip("/")
    with requests.Session() as http:
        asked = Asked(url, {"authorization": company.onboarding.headers["authorization"]}, http)
        await asyncio.to_thread(asked.ask_everything)
    print(asked)  # noqa: T201
    assert asked.failed == []
    assert asked.undocumented == set()
    assert asked.answers.total() >= 100
    assert (await company.onboarding.get("/health/ready")).is_success
