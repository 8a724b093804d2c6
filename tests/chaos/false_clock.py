"""A clock that is wrong by as much as a file says, for the process that looks at it."""

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Final

from libs.common import clock

LOOKS_EVERY: Final = 0.1
"""Seconds: a file is not looked for whenever somebody asks for the time."""


@dataclass(slots=True)
class FalseClock:
    """Stands in for `datetime` where the product asks what time it is."""

    file: Path
    _wrong_by: timedelta = timedelta(0)
    _looked_at: float = 0.0

    fromisoformat = staticmethod(datetime.fromisoformat)
    fromtimestamp = staticmethod(datetime.fromtimestamp)

    def now(self, zone: tzinfo | None = None) -> datetime:
        """The true time, and what the file adds to it in seconds."""
        moment = time.monotonic()
        if moment - self._looked_at > LOOKS_EVERY:
            self._looked_at, self._wrong_by = moment, wrong_by(self.file)
        return datetime.now(zone) + self._wrong_by  # noqa: TID251  # the zone is as asked


def wrong_by(file: Path) -> timedelta:
    """What a file says; nothing where there is none."""
    with suppress(OSError, ValueError):
        return timedelta(seconds=float(file.read_text()))
    return timedelta(0)


def falsify(file: Path) -> None:
    """Have this process ask the false clock from now on."""
    clock.datetime = FalseClock(file)  # pyright: ignore[reportAttributeAccessIssue]  # its stand-in
