"""docker-compose.yml, from nothing to a person who can work, although every container is killed."""

import asyncio
import json
import re
import subprocess
from collections.abc import AsyncGenerator, Generator
from datetime import UTC, datetime
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
LARGEST_IMAGE: Final = 150_000_000
"""In bytes, unpacked."""


@pytest.fixture(scope="module")
def compose() -> Generator[Compose]:
    clock = Clock(BEGINS, wall(), SPEED)
    with composed("plain", "docker-compose.yml", clock=clock) as project:
        yield project


@pytest.fixture(scope="module")
async def doors(
    compose: Compose, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Doors]:
    home = tmp_path_factory.mktemp("home")
    compose.secrets(home / "secrets")
    settings = Settings(home=home, cache=home, port_base=compose.port_base)
    async with doors_of(settings, Credentials(home / "secrets")) as doors:
        yield doors


async def _announce(doors: Doors, clock: Clock, number: int) -> DemoHire:
    """Send a hire of whom nothing is missing; another number is another hire."""
    hired = company(1, clock.now(), 40, bamboohr=False)
    hire = [each for each in hired if each.story is Story.SMOOTH][number]
    await doors.deliver("onboarding", next(iter(deliveries.planned(hire))))
    return hire


async def test_a_hire_becomes_ready_although_every_container_is_killed(
    compose: Compose, doors: Doors
) -> None:
    hire = await _announce(doors, compose.clock, number=0)
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.to_thread(compose.crash, *_all_parts(compose)))
        seen = await _until_ready(doors, compose.clock, hire)

    assert {task["state"] for task in seen["tasks"] if task["needed_to_work"]} == {"done"}


def _all_parts(compose: Compose) -> list[str]:
    return compose("ps", "--services").stdout.decode().split()


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


async def test_the_collector_counts_what_every_service_tells(
    compose: Compose, doors: Doors
) -> None:
    # What was told before the collector was killed is gone.
    await _announce(doors, compose.clock, number=1)
    services = {"onboarding", "compliance", "notify", "metrics", "console"}
    told: set[tuple[str, str]] = set()
    async with asyncio.timeout(90):
        while not (services | {"hire.announced.v1"} <= {word for call in told for word in call}):
            said = compose("exec", "-T", "notify", "python", "-c", COUNTED).stdout.decode()
            told = set(CALLS.findall(said))
            await asyncio.sleep(1)


async def test_the_store_keeps_the_trace_of_a_hire(compose: Compose) -> None:
    where = f"http://127.0.0.1:{compose.port_base + OFFSETS['zipkin']}/api/v2"
    wanted = {"onboarding", "compliance", "notify"}
    together: list[set[str]] = []
    async with httpx2.AsyncClient(trust_env=False) as client, asyncio.timeout(90):
        while not any(wanted <= services for services in together):
            kept = (await client.get(f"{where}/traces?limit=50&lookback=86400000")).json()
            together = [{span["localEndpoint"]["serviceName"] for span in each} for each in kept]
            await asyncio.sleep(1)


@pytest.mark.parametrize("service", ["onboarding", "compliance", "notify", "metrics", "console"])
def test_an_image_is_small(compose: Compose, service: str) -> None:
    asked = ["docker", "image", "inspect", "--format", "{{.Size}}", f"farhand/{service}"]
    told = subprocess.run(asked, capture_output=True, check=True)  # noqa: S603  # of this file

    assert compose.project
    assert int(told.stdout) < LARGEST_IMAGE


GERMAN: Final = """
from services.console.reader import language_of
from babel.numbers import format_decimal
print(language_of("de-AT,en;q=0.5"), format_decimal(1234.5, locale="de_AT"))
"""


def test_the_console_speaks_all_its_languages_in_its_image(compose: Compose) -> None:
    said = compose("exec", "-T", "console", "python", "-c", GERMAN).stdout.decode()

    assert said.split() == ["de", "1.234,5"]
