import asyncio
from collections.abc import Callable


async def until(condition: Callable[[], bool], within: float = 10) -> None:
    """Raises TimeoutError."""
    async with asyncio.timeout(within):
        while not condition():
            await asyncio.sleep(0.01)
