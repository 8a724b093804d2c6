"""How much a sender may send, counted in Redis; without Redis only what must be is held back."""

import logging
from collections import Counter
from collections.abc import Callable
from typing import Any, Final, cast

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

WINDOW_SECONDS: Final = 60
TIMEOUT_SECONDS: Final = 0.2


class RateLimit:
    """Fixed windows of a minute, shared by all processes.

    Only what may be lost is kept here: a flush, or Redis away, merely forgets the count.
    """

    def __init__(self, url: str) -> None:
        options: dict[str, Any] = {
            "socket_timeout": TIMEOUT_SECONDS,
            "socket_connect_timeout": TIMEOUT_SECONDS,
            "retry": Retry(NoBackoff(), 0),
        }
        connect = cast("Callable[..., Redis]", Redis.from_url)  # pyright: ignore[reportUnknownMemberType]
        self._redis = connect(url, **options) if url else None
        self._here: Counter[str] = Counter()
        self._minute = 0

    def allows_here(self, name: str, limit: int, minute: int) -> bool:
        """The same as `allows`, counted in this process alone."""
        if minute != self._minute:
            self._here, self._minute = Counter(), minute
        if self._here[name] >= limit:
            return False
        self._here[name] += 1
        return True

    async def allows(self, name: str, limit: int, minute: int) -> bool:
        """Count one more for `name` in this minute; whether that is within the limit."""
        if self._redis is None:
            return True
        key = f"farhand:rate:{name}:{minute}"
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.incr(key)
                pipe.expire(key, 2 * WINDOW_SECONDS)
                count, _ = await pipe.execute()
        except (RedisError, OSError) as error:
            log.info("not counting deliveries: %s", type(error).__name__)
            return True
        return int(count) <= limit

    async def close(self) -> None:
        """Give the connections back."""
        if self._redis is not None:
            await self._redis.aclose()
