"""The benchmark's readers do what browsers with a live board do."""

import asyncio

import pytest

pytest.importorskip("playwright.async_api")

from bench.product.readers import reading
from libs.common.contracts.onboarding import HireStatus
from services.console import accounts
from tests.console.conftest import PASSWORD, Console, tell
from tests.console.hires import NOW, announced, stands
from tests.listening import listening


async def test_readers_are_told_of_changes_and_look_again(live: Console) -> None:
    await accounts.ensure_first(live.pool, PASSWORD, NOW)
    await tell(live, announced())
    async with listening(live.app) as url, asyncio.timeout(60), reading(url, PASSWORD, 3) as looks:
        while len(looks.seconds) < 3:
            await asyncio.sleep(0.05)
        before = len(looks.seconds)
        await tell(live, stands(HireStatus.READY))
        while len(looks.seconds) < before + 3:
            await asyncio.sleep(0.05)
    assert 0 < looks.share(0.5) <= looks.share(1.0)
