"""The runway: hires by the day they start, around today, as shapes to draw. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from services.console.board import Slot

DAYS_BEFORE: Final = 7
DAYS_AFTER: Final = 28
COLUMN: Final = 26
HEIGHT: Final = 132
BASE: Final = HEIGHT + 8
TALLEST: Final = 11.0
GAP: Final = 2.0
THINNEST: Final = 5.0
ORDER: Final = (
    "active",
    "changing",
    "leaving",
    "ready",
    "provisioning",
    "checking",
    "announced",
    "blocked",
)
"""From the ground up: who is in place at the bottom, who is in trouble on top, where it shows."""

SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Mark:
    """A square for one hire, or a bar for several where there is no room for squares."""

    x: float
    y: float
    height: float
    status: str


@dataclass(frozen=True, slots=True)
class Column:
    """A day of the runway."""

    day: date
    x: int
    hires: int
    late: int
    weekend: bool
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Runway:
    """All that is drawn; `before` and `after` count who starts outside of it."""

    columns: tuple[Column, ...]
    today_x: int
    before: int
    after: int

    @property
    def width(self) -> int:
        """Of the whole drawing."""
        return len(self.columns) * COLUMN


def runway(slots: Sequence[Slot], today: date) -> Runway:
    """Lay out the hires that start from a week before today to four weeks after."""
    first, last = today - timedelta(days=DAYS_BEFORE), today + timedelta(days=DAYS_AFTER)
    shown = [slot for slot in slots if slot.status in ORDER]
    by_day: dict[date, list[Slot]] = {}
    for slot in shown:
        by_day.setdefault(slot.starts_on, []).append(slot)
    inside = [sum(s.hires for s in each) for day, each in by_day.items() if first <= day <= last]
    unit = min(TALLEST, HEIGHT / max(inside, default=1))
    days = [first + timedelta(days=number) for number in range(DAYS_BEFORE + DAYS_AFTER + 1)]
    return Runway(
        columns=tuple(
            _column(number * COLUMN, day, by_day.get(day, ()), unit)
            for number, day in enumerate(days)
        ),
        today_x=DAYS_BEFORE * COLUMN,
        before=sum(slot.hires for slot in shown if slot.starts_on < first),
        after=sum(slot.hires for slot in shown if slot.starts_on > last),
    )


def _column(x: int, day: date, slots: Iterable[Slot], unit: float) -> Column:
    ordered = sorted(slots, key=lambda slot: ORDER.index(slot.status))
    marks: list[Mark] = []
    top = float(BASE)
    for slot in ordered:
        pieces = slot.hires if unit >= THINNEST else 1
        height = unit * slot.hires / pieces
        for _ in range(pieces):
            top -= height
            marks.append(Mark(x, round(top, 2), round(max(height - GAP, 1.0), 2), slot.status))
    return Column(
        day=day,
        x=x,
        hires=sum(slot.hires for slot in ordered),
        late=sum(slot.late for slot in ordered),
        weekend=day.weekday() >= SATURDAY,
        marks=tuple(marks),
    )
