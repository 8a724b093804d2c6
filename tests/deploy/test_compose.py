"""docker-compose.yml, from nothing to a person who can work, also when a container is killed."""

import asyncio
import json
import re
from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from farhand.credentials import Credentials
from farhand.demo import deliveries, people
from farhand.demo.company import company
from farhand.demo.doors import Doors, doors_of
from farhand.demo.person import DemoHire, Story
from farhand.settings import OFFSETS, Settings
from libs.common.clock import Clock, wall
from tests.deploy.compose import Compose, composed

pytestmark = pytest.mark.timeout(1800)

BEGINS = datetime(2026, 3, 2, 6, tzinfo=UTC)
SPEED = 5_000


@pytest.fixture(scope="module")
def compose() -> Generator[Compose]:
    clock = Clock(BEGINS, wall(), SPEED)
    with composed("plain", "docker-compose.yml", clock=clock) as project:
        yield project


async def test_a_hire_becomes_ready_although_a_container_is_killed(
    compose: Compose, tmp_path: Path
) -> None:
    compose.secrets(tmp_path / "secrets")
    settings = Settings(home=tmp_path, cache=tmp_path, port_base=compose.port_base)
    async with doors_of(settings, Credentials(tmp_path / "secrets")) as doors:
        [hire] = [
            each
            for each in company(1, compose.clock.now(), 40, bamboohr=False)
            if each.story is Story.SMOOTH
        ][:1]
        await doors.deliver("onboarding", next(iter(deliveries.planned(hire))))
        compose("kill", "--signal", "KILL", "compliance")
        compose("start", "compliance")

        seen = await _until_ready(doors, compose.clock, hire)

    assert {task["state"] for task in seen["tasks"] if task["needed_to_work"]} == {"done"}


async def _until_ready(doors: Doors, clock: Clock, hire: DemoHire) -> dict[str, Any]:
    """See the hire through, while people do what is theirs."""
    seen: dict[str, Any] = {}
    try:
        async with asyncio.timeout(600):
            while seen.get("status") not in ("ready", "active"):
                seen = (await doors.hires()).get(hire.hire_id, {})
                await people.confirm_law(doors)
                for deed in people.deeds(hire, seen, clock.now().date()) if seen else ():
                    await doors.post("onboarding", deed.path, dict(deed.body))
                await asyncio.sleep(1)
    except TimeoutError:
        raise TimeoutError(f"the hire is not ready: {seen}") from None
    return seen


def test_an_image_holds_its_bill_of_materials_and_no_shell(compose: Compose) -> None:
    read = "print(open('/sbom.cdx.json').read())"
    bill = json.loads(compose("exec", "-T", "notify", "python", "-c", read).stdout)
    shell = compose("exec", "-T", "notify", "sh", "-c", "true", check=False)

    assert bill["bomFormat"] == "CycloneDX"
    assert {"aiokafka", "aiosmtplib"} <= {each["name"] for each in bill["components"]}
    assert shell.returncode != 0


COUNTED: Final = """
import urllib.request
print(urllib.request.urlopen("http://collector:8889/metrics").read().decode())
"""
CALLS: Final = re.compile(
    r'^farhand_spans_calls\w*{.*service_name="(\w+)".*span_name="([^"]+)"', re.MULTILINE
)


async def test_the_collector_counts_what_every_service_tells(compose: Compose) -> None:
    services = {"onboarding", "compliance", "notify", "metrics", "console"}
    told: set[tuple[str, str]] = set()
    async with asyncio.timeout(60):
        while {service for service, _ in told} != services:
            said = compose("exec", "-T", "notify", "python", "-c", COUNTED).stdout.decode()
            told = set(CALLS.findall(said))
            await asyncio.sleep(1)
    assert ("compliance", "hire.announced.v1") in told


async def test_the_store_keeps_the_trace_of_a_hire(compose: Compose) -> None:
    where = f"http://127.0.0.1:{compose.port_base + OFFSETS['zipkin']}/api/v2"
    async with httpx2.AsyncClient(trust_env=False) as client:
        kept = (await client.get(f"{where}/traces?limit=50&lookback=86400000")).json()
    traces = [{span["localEndpoint"]["serviceName"] for span in trace} for trace in kept]
    assert any({"onboarding", "compliance", "notify"} <= services for services in traces)
