"""`farhand rebuild metrics`, asked of the service while it runs."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from farhand.errors import StackError
from farhand.rebuild import rebuild
from farhand.settings import OFFSETS
from libs.common.database import Pool
from tests.infrastructure import Infrastructure
from tests.metrics.observed import deployed
from tests.metrics.running_service import TOKEN, running_kernel, served
from tests.metrics.test_projection import deliver


@pytest.fixture
async def address(
    infrastructure: Infrastructure, pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncGenerator[str]:
    """Where metrics answers, which is also where the command looks for it."""
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "api_token").write_text(TOKEN)
    async with running_kernel(infrastructure, pool, tmp_path) as kernel, served(kernel) as url:
        port = urlsplit(url).port or 0
        monkeypatch.setenv("FARHAND_HOME", str(tmp_path))
        monkeypatch.setenv("FARHAND_PORT_BASE", str(port - OFFSETS["metrics"]))
        yield url


async def said(capsys: pytest.CaptureFixture[str]) -> str:
    await asyncio.to_thread(rebuild, "metrics")
    return capsys.readouterr().out


@pytest.mark.usefixtures("address")
async def test_it_says_that_nothing_differs_or_what_was_put_right(
    pool: Pool, capsys: pytest.CaptureFixture[str]
) -> None:
    await deliver(pool, deployed("a"))
    assert "equal to what stood" in await said(capsys)
    await pool.execute("update kpi_value set value = 41 where dimension = 'all'")
    assert "put right" in await said(capsys)
    assert "equal to what stood" in await said(capsys)


async def test_a_service_that_is_none_is_refused_with_those_there_are() -> None:
    with pytest.raises(StackError, match=r"there are onboarding, .*metrics"):
        rebuild("billing")
