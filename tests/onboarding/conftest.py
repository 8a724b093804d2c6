"""WireGuard servers on a real PostgreSQL, as several processes would have them."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from libs.common import database
from libs.common.database import Pool
from libs.common.sealing import Vault
from services.onboarding import assignments
from services.onboarding.templates import TaskTemplate, task_templates
from services.onboarding.vpn.settings import VpnSettings
from services.onboarding.vpn.wireguard import WireGuard
from tests.conftest import OpenDatabase
from tests.infrastructure import Infrastructure
from tests.onboarding import bed
from tests.onboarding.bed import Company

MASTER_KEY = bytes(range(32))
SMALL_POOL = IPv4Network("10.86.0.0/28")


@pytest.fixture(scope="session")
async def company(
    infrastructure: Infrastructure,
    template: Callable[[str], Awaitable[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncGenerator[Company]:
    """Onboarding and BambooHR, both running, for everybody: a test takes a hire of its own."""
    async with (
        infrastructure.databases.copy_of(await template("onboarding")) as dsn,
        bed.company(infrastructure, dsn, tmp_path_factory.mktemp("company")) as running,
    ):
        yield running


Servers = Callable[..., WireGuard]


@pytest.fixture
def only_laptop_and_vpn(monkeypatch: pytest.MonkeyPatch) -> tuple[TaskTemplate, ...]:
    """A company that gives everybody a laptop and a VPN peer, and no more."""
    few = tuple(each for each in task_templates() if each.key in {"device", "vpn"})
    monkeypatch.setattr(assignments, "task_templates", lambda: few)
    return few


@pytest.fixture
async def pools(databases: OpenDatabase) -> AsyncGenerator[tuple[Pool, Pool]]:
    """Two pools on one database: what two processes have."""
    async with AsyncExitStack() as stack:
        dsn = await stack.enter_async_context(databases("onboarding"))
        first, second = [
            await stack.enter_async_context(
                await database.connect_pool(dsn, application=f"test {number}", size=4)
            )
            for number in (1, 2)
        ]
        yield first, second


@pytest.fixture
def vpn_settings() -> VpnSettings:
    return VpnSettings()


@pytest.fixture
def wireguards(
    pools: tuple[Pool, Pool], tmp_path: Path, vpn_settings: VpnSettings
) -> tuple[WireGuard, WireGuard]:
    """The adapter in two processes that share the database and the home folder."""
    first, second = (
        WireGuard.in_folder(pool, Vault(pool, MASTER_KEY), vpn_settings, tmp_path) for pool in pools
    )
    return first, second


@pytest.fixture
def wireguard(wireguards: tuple[WireGuard, WireGuard]) -> WireGuard:
    return wireguards[0]
