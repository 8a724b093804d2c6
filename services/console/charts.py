"""Lines and bars as SVG, laid out here so that pages need no script to draw them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

SPARK_WIDTH: Final = 240
SPARK_HEIGHT: Final = 48
WIDTH: Final = 860
HEIGHT: Final = 240
TICKS: Final = 4
PADDING: Final = 3.0


@dataclass(frozen=True, slots=True)
class Dot:
    """A figure as drawn; `index` is its place in the series."""

    index: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A horizontal line of the grid and the value that it stands for."""

    y: float
    value: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """A drawn series: `path` and `area` are SVG path data, with a gap where there is no data."""

    path: str
    area: str
    dots: tuple[Dot, ...]
    ticks: tuple[Tick, ...]
    width: int
    height: int


def spark(values: Sequence[Decimal | None]) -> Line:
    """A line of the size of a word."""
    return line(values, SPARK_WIDTH, SPARK_HEIGHT)


def line(
    values: Sequence[Decimal | None],
    width: int = WIDTH,
    height: int = HEIGHT,
    *,
    beside: Sequence[Decimal | None] = (),
) -> Line:
    """A line over the whole width; the ground is nought unless the figures are far above it.

    Lines that are drawn over each other have the same scale if `beside` has the other's values.
    """
    known = [value for value in (*values, *beside) if value is not None]
    low, high = _range(known)
    step = (width - 2 * PADDING) / max(len(values) - 1, 1)

    def y(value: Decimal) -> float:
        share = float((value - low) / (high - low))
        return round(height - PADDING - share * (height - 2 * PADDING), 1)

    dots = tuple(
        Dot(index, round(PADDING + index * step, 1), y(value))
        for index, value in enumerate(values)
        if value is not None
    )
    ticks = [low + (high - low) * number / TICKS for number in range(TICKS + 1)]
    runs = _runs(dots)
    return Line(
        path=" ".join(_path(run) for run in runs),
        area=" ".join(_area(run, height) for run in runs),
        dots=dots,
        ticks=tuple(Tick(y(value), value) for value in ticks),
        width=width,
        height=height,
    )


def _range(known: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    if not known:
        return Decimal(0), Decimal(1)
    low, high = min(known), max(known)
    if low > 0 and low < high * Decimal("0.8"):
        low = Decimal(0)
    margin = (high - low) / 10 or abs(high) / 10 or Decimal(1)
    return (low if low == 0 else low - margin), high + margin


def _runs(dots: Sequence[Dot]) -> list[list[Dot]]:
    """Dots next to each other; a gap in the data is a gap in the line."""
    runs: list[list[Dot]] = []
    for dot in dots:
        if runs and runs[-1][-1].index == dot.index - 1:
            runs[-1].append(dot)
        else:
            runs.append([dot])
    return runs


def _path(run: Sequence[Dot]) -> str:
    return "M" + " L".join(f"{dot.x} {dot.y}" for dot in run)


def _area(run: Sequence[Dot], height: int) -> str:
    return f"{_path(run)} L{run[-1].x} {height} L{run[0].x} {height} Z"
