"""For each test a database of its own, with the migrated schema of metrics."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager

import pytest

from libs.common.database import Pool


@pytest.fixture
async def pool(
    service_pool: Callable[[str], AbstractAsyncContextManager[Pool]],
) -> AsyncGenerator[Pool]:
    async with service_pool("metrics") as pool:
        yield pool
