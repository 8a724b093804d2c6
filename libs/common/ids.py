"""Ids: random only where nothing else can name a thing, derived everywhere else."""

import secrets
import time
from typing import Final
from uuid import UUID, uuid5

NAMESPACE: Final = UUID("6f2b2ad4-6a35-5b5e-9d5c-1f3f6d1f5f0a")


def derived(*parts: object) -> UUID:
    """The same UUIDv5 for the same parts, so that a retry names the same thing."""
    return uuid5(NAMESPACE, "\x1f".join(map(str, parts)))


def ordered() -> UUID:
    """A UUIDv7 (RFC 9562): random, and later ids sort after earlier ones by the millisecond."""
    milliseconds = time.time_ns() // 1_000_000
    value = milliseconds << 80 | secrets.randbits(80)
    return UUID(int=value & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62)
