"""Waiting for what other processes do."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

T = TypeVar("T")

POLL_SECONDS: Final = 0.1


async def eventually(look: Callable[[], Awaitable[T]], within: float = 15) -> T:
    """What is seen once it is there, or true; raises TimeoutError with what was seen last."""
    seen: T | None = None
    try:
        async with asyncio.timeout(within):
            while not (seen := await look()):
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError:
        raise TimeoutError(f"not in {within:g} s; the last that was seen is {seen!r}") from None
    return seen
