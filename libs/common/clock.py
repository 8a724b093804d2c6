"""The one clock of the product, which a setting can shift and speed up.

`FARHAND_CLOCK=2026-03-02T08:00:00Z@2026-11-22T07:00:00Z*10080` reads: when the wall clock said the
second instant, the product's clock said the first, and has since run 10,080 times as fast. All
processes that share the setting agree. Signatures, leases and back-off keep to the wall clock,
since they speak about the transport, not about the business.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Self

MAX_SPEED: Final = 10_000_000.0
"""Beyond that the calendar runs out within hours."""

_SETTING: Final = re.compile(r"(?P<start>[^@*]+)@(?P<anchor>[^@*]+)\*(?P<speed>\d+(?:\.\d+)?)")


def wall() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  # the one place that may ask


@dataclass(frozen=True, slots=True)
class Clock:
    """A linear map from the wall clock to the product's time, both in UTC."""

    start: datetime
    anchor: datetime
    speed: float

    @classmethod
    def real(cls) -> Self:
        """The wall clock itself."""
        epoch = datetime.fromtimestamp(0, UTC)
        return cls(epoch, epoch, 1.0)

    @classmethod
    def parse(cls, setting: str) -> Self:
        """Read a `FARHAND_CLOCK` setting; an empty one is the wall clock.

        Raises ValueError, with the form that is expected, for anything else.
        """
        if not setting:
            return cls.real()
        match = _SETTING.fullmatch(setting.strip())
        expected = (
            f"FARHAND_CLOCK is {setting!r}; it must read START@ANCHOR*SPEED, such as "
            "2026-03-02T08:00:00Z@2026-11-22T07:00:00Z*10080, or be empty"
        )
        if match is None or float(match["speed"]) > MAX_SPEED:
            raise ValueError(expected)
        try:
            start, anchor = (datetime.fromisoformat(match[name]) for name in ("start", "anchor"))
        except ValueError as error:
            raise ValueError(expected) from error
        if start.tzinfo is None or anchor.tzinfo is None:
            raise ValueError(expected)
        return cls(start.astimezone(UTC), anchor.astimezone(UTC), float(match["speed"]))

    def __str__(self) -> str:
        return f"{self.start.isoformat()}@{self.anchor.isoformat()}*{self.speed:f}"

    def at(self, instant: datetime) -> datetime:
        """The product's time when the wall clock says `instant`."""
        return self.start + (instant - self.anchor) * self.speed

    def now(self) -> datetime:
        """The product's time now, in UTC."""
        return self.at(wall())
