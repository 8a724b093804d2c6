"""Figures: which of them a change of facts touches, what they come to, and which are new.

Pure, and blind to arrival: a figure depends on the facts of its bucket and on nothing else.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import NamedTuple, TypeAlias

from libs.common.contracts.metrics import KpiChanged
from services.metrics.buckets import Piece, bucket_of, pieces, span_of
from services.metrics.facts import Countable, Fact
from services.metrics.kpi import ALL, Definition, by_name
from services.metrics.observations import EventName


class Cell(NamedTuple):
    """The place of one figure: a KPI, a bucket, and a group in it.

    The group of everything is the member `all` of the dimension `all`.
    """

    kpi: str
    bucket: date
    dimension: str = ALL
    member: str = ALL

    @property
    def group(self) -> str:
        """The group in one word: `all`, or `service=ranking`."""
        return ALL if self.dimension == ALL else f"{self.dimension}={self.member}"


@dataclass(frozen=True, slots=True)
class Figure:
    """What a cell comes to, by which version of its definition; None is "no data"."""

    cell: Cell
    definition: str
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Revision:
    """A figure that is other than before: its number in its cell, and what brought it about.

    `changed_at` is the product's time (UTC) at which it became known.
    """

    figure: Figure
    number: int
    cause: EventName
    changed_at: datetime

    def event(self, definition: Definition | None) -> KpiChanged:
        """What the others are told, in the words of its definition if there still is one."""
        cell = self.figure.cell
        return KpiChanged(
            kpi=cell.kpi,
            definition=self.figure.definition,
            group=cell.group,
            bucket=cell.bucket,
            value=self.figure.value,
            revision=self.number,
            changed_at=self.changed_at,
            title=definition.title if definition else None,
            unit=definition.unit if definition else None,
        )


Causes: TypeAlias = Mapping[str, EventName]
"""The entities that a batch touched, each with the observation to blame."""


class Shift(NamedTuple):
    """A fact before and after a batch; one of the two may be missing."""

    before: Fact | None
    after: Fact | None


def cells_of(definition: Definition, fact: Countable) -> list[Cell]:
    """The cells that a fact counts in: everything's, and one for each dimension."""
    if fact.kind != definition.fact or not fact.matches(definition.where):
        return []
    bucket = bucket_of(fact.at, definition.bucket, definition.zone)
    grouped = [Cell(definition.name, bucket, d, fact.dimensions[d]) for d in definition.dimensions]
    return [Cell(definition.name, bucket), *grouped]


def dirty_cells(
    definitions: Sequence[Definition], shifts: Iterable[Shift], causes: Causes
) -> dict[Cell, EventName]:
    """Every cell that changed facts were in or are in now, with what changed them last."""
    dirty: dict[Cell, EventName] = {}
    for shift in sorted(shifts, key=_entity_of):
        cause = causes[_entity_of(shift)]
        for fact in shift:
            if fact is not None:
                dirty |= {cell: cause for each in definitions for cell in cells_of(each, fact)}
    return dirty


def _entity_of(shift: Shift) -> str:
    fact = shift.after or shift.before
    if fact is None:
        raise ValueError("a shift needs a fact before or after it")
    return fact.entity


def pieces_of(definitions: Iterable[Definition], cells: Iterable[Cell]) -> dict[str, list[Piece]]:
    """The moments, for each kind of fact, that must be looked at to compute some cells.

    No bucket of these cells begins or ends within a piece.
    """
    buckets = {(cell.kpi, cell.bucket) for cell in cells}
    known = by_name(definitions)
    wanted: defaultdict[str, list[Piece]] = defaultdict(list)
    for kpi, bucket in buckets:
        definition = known[kpi]
        span = span_of(bucket, definition.bucket, definition.zone)
        wanted[definition.fact].append(Piece(span, definition.formula.measures))
    return {kind: pieces(each) for kind, each in wanted.items()}


def compute(
    definitions: Iterable[Definition], cells: Iterable[Cell], facts: Iterable[Countable]
) -> list[Figure]:
    """The figure of every cell, from all the facts of its bucket."""
    wanted = sorted(set(cells))
    known = by_name(definitions)
    found = _by_cell([known[name] for name in sorted({each.kpi for each in wanted})], facts)
    return [
        Figure(
            cell=cell,
            definition=known[cell.kpi].id,
            value=known[cell.kpi].formula.value(found.get(cell, ())),
        )
        for cell in wanted
    ]


def compute_all(definitions: Sequence[Definition], facts: Sequence[Countable]) -> list[Figure]:
    """Every figure that the facts come to."""
    return compute(definitions, _by_cell(definitions, facts), facts)


def _by_cell(
    definitions: Iterable[Definition], facts: Iterable[Countable]
) -> dict[Cell, list[Countable]]:
    counting: defaultdict[str, list[Definition]] = defaultdict(list)
    for definition in definitions:
        counting[definition.fact].append(definition)
    found: defaultdict[Cell, list[Countable]] = defaultdict(list)
    for fact in facts:
        for definition in counting[fact.kind]:
            for cell in cells_of(definition, fact):
                found[cell].append(fact)
    return found


class Standing(NamedTuple):
    """What a cell stood at: its newest figure, and the number of that revision."""

    figure: Figure
    number: int


def revise(
    computed: Iterable[Figure],
    standing: Mapping[Cell, Standing],
    causes: Mapping[Cell, EventName],
    now: datetime,
) -> list[Revision]:
    """The figures that are other than before, or that another version of a definition gave."""
    revisions: list[Revision] = []
    for figure in computed:
        before = standing.get(figure.cell)
        if before is None and figure.value is None:
            continue
        if before is None or _differs(before.figure, figure):
            number = 1 if before is None else before.number + 1
            revisions.append(Revision(figure, number, causes[figure.cell], now))
    return revisions


def _differs(before: Figure, after: Figure) -> bool:
    return (before.value, before.definition) != (after.value, after.definition)


def digest(figures: Iterable[Figure]) -> str:
    """One hash over every figure, equal exactly if all are equal to the last digit.

    A cell without data counts as one that never was.
    """
    lines = sorted(
        f"{each.definition}|{each.cell.bucket}|{each.cell.group}|{each.value.normalize():f}\n"
        for each in figures
        if each.value is not None
    )
    return sha256("".join(lines).encode()).hexdigest()
