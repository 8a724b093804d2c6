"""Where one copy of Farhand lives: its folder, its ports, the parts given to it from outside."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Self

from farhand.errors import StackError

DEFAULT_PORT_BASE: Final = 7100
HIGHEST_OFFSET: Final = 18
LOWEST_PORT: Final = 1024

OFFSETS: Final[Mapping[str, int]] = {
    "console": 0,
    "onboarding": 1,
    "compliance": 2,
    "notify": 3,
    "metrics": 4,
    "zipkin": 11,
    "kafka": 12,
    "postgres": 13,
    "redis": 14,
    "smtp": 15,
    "scim": 16,
    "kafka-controller": 17,
    "bamboohr": 18,
}


@dataclass(frozen=True, slots=True)
class Given:
    """Addresses of parts that run already; what is None is started here."""

    kafka: str | None = None
    """host:port, several with commas"""
    postgres: str | None = None
    """a DSN of a role that may create roles and databases"""
    redis: str | None = None
    """redis://…"""
    zipkin: str | None = None
    """http://host:port"""
    smtp: str | None = None
    """host:port"""
    scim: str | None = None
    """http://… of the identity provider's SCIM 2.0"""
    bamboohr_url: str | None = None
    """https://COMPANY.bamboohr.com/api/v1"""

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        return cls(**{part: env.get(f"FARHAND_{part.upper()}") or None for part in cls.__slots__})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    home: Path
    """state, logs and generated secrets; absolute"""
    cache: Path
    """what is downloaded once for every copy on this machine; absolute"""
    port_base: int = DEFAULT_PORT_BASE
    clock: str | None = None
    """FARHAND_CLOCK, handed to the services as it is"""
    given: Given = Given()

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Self:
        env = os.environ if env is None else env
        return cls(
            home=Path(env.get("FARHAND_HOME") or ".farhand").expanduser().absolute(),
            cache=cache_folder(env),
            port_base=port_base(env.get("FARHAND_PORT_BASE") or str(DEFAULT_PORT_BASE)),
            clock=env.get("FARHAND_CLOCK") or None,
            given=Given.from_env(env),
        )

    def evolve(self, **changes: Any) -> Self:
        return replace(self, **changes)

    def port(self, name: str) -> int:
        return self.port_base + OFFSETS[name]


def port_base(text: str) -> int:
    highest = 65535 - HIGHEST_OFFSET
    if text.isascii() and text.isdigit() and LOWEST_PORT <= int(text) <= highest:
        return int(text)
    raise StackError(
        f"FARHAND_PORT_BASE is {text!r}; it must be a number from {LOWEST_PORT} to {highest}."
    )


def cache_folder(env: Mapping[str, str]) -> Path:
    if own := env.get("FARHAND_CACHE"):
        return Path(own).expanduser().absolute()
    caches = env.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(caches).expanduser().absolute() / "farhand"
