"""A trace as people look at it: spans in the order of time, gathered into bursts, drawn as bars.

A hire's trace has milliseconds of work and days of waiting, so each burst has a scale of its own.
Pure; times are those of the machines' clocks, which a hurried product clock does not change.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

QUIET: Final = timedelta(seconds=5)
"""So long without a span ends a burst."""

SHOWN: Final = 400
WIDTH: Final = 1000
THINNEST: Final = 4.0
DEEPEST: Final = 8
"""Deeper spans are indented no further."""


@dataclass(frozen=True, slots=True)
class Span:
    """One piece of work of one service; `parent` is the id of what it follows from."""

    id: str
    parent: str | None
    name: str
    service: str
    began: datetime
    lasted: timedelta
    failed: bool

    @property
    def ended(self) -> datetime:
        """When it was over."""
        return self.began + self.lasted


@dataclass(frozen=True, slots=True)
class Bar:
    """A span as drawn: how deep it hangs, where it begins on a scale of `WIDTH`, how long it is."""

    span: Span
    depth: int
    x: float
    length: float


@dataclass(frozen=True, slots=True)
class Burst:
    """Work without a long pause, and how long nothing had happened before it."""

    began: datetime
    lasted: timedelta
    pause: timedelta
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The bursts of a trace; `earlier` spans are too many to be drawn."""

    bursts: tuple[Burst, ...]
    spans: int
    earlier: int
    services: tuple[str, ...]


def read_spans(told: Iterable[Mapping[str, Any]]) -> tuple[Span, ...]:
    """Spans of Zipkin's API (v2), by time; what is no span of it is passed over."""
    spans = [_span(each) for each in told if each.get("id") and each.get("timestamp")]
    return tuple(sorted(spans, key=lambda span: (span.began, span.id)))


def _span(told: Mapping[str, Any]) -> Span:
    endpoint: Mapping[str, Any] = told.get("localEndpoint") or {}
    tags: Mapping[str, Any] = told.get("tags") or {}
    return Span(
        id=str(told["id"]),
        parent=told.get("parentId"),
        name=str(told.get("name") or "unnamed"),
        service=str(endpoint.get("serviceName") or "unknown"),
        began=datetime.fromtimestamp(int(told["timestamp"]) / 1_000_000, tz=UTC),
        lasted=timedelta(microseconds=int(told.get("duration") or 0)),
        failed="error" in tags,
    )


def waterfall(spans: Sequence[Span]) -> Waterfall:
    """The newest spans of a trace, drawn."""
    depths = _depths(spans)
    shown = spans[-SHOWN:]
    bursts: list[Burst] = []
    last: datetime | None = None
    for group in _gathered(shown):
        pause = timedelta() if last is None else group[0].began - last
        bursts.append(_drawn(group, depths, pause))
        last = max(span.ended for span in group)
    services = tuple(sorted({span.service for span in spans}))
    return Waterfall(tuple(bursts), len(spans), len(spans) - len(shown), services)


def _depths(spans: Sequence[Span]) -> dict[str, int]:
    parents = {span.id: span.parent for span in spans}
    depths: dict[str, int] = {}
    for span in spans:
        depth, above = 0, span.parent
        while above in parents and depth < DEEPEST:
            depth, above = depth + 1, parents[above]
        depths[span.id] = depth
    return depths


def _gathered(spans: Sequence[Span]) -> list[list[Span]]:
    groups: list[list[Span]] = []
    over: datetime | None = None
    for span in spans:
        if over is None or span.began - over > QUIET:
            groups.append([])
            over = span.ended
        groups[-1].append(span)
        over = max(over, span.ended)
    return groups


def _drawn(group: Sequence[Span], depths: Mapping[str, int], pause: timedelta) -> Burst:
    began = group[0].began
    lasted = max(span.ended for span in group) - began
    scale = (WIDTH - THINNEST) / max(lasted.total_seconds(), 1e-6)
    bars = tuple(
        Bar(
            span=span,
            depth=depths[span.id],
            x=round((span.began - began).total_seconds() * scale, 1),
            length=round(max(span.lasted.total_seconds() * scale, THINNEST), 1),
        )
        for span in group
    )
    return Burst(began, lasted, pause, bars)
