"""Disclosure: whether sums that are published tell what fewer than five people said.

Whoever has the sums may add and subtract them as they like. What they can make is every vector of
the row space of the matrix that says who is in which sum; they learn of a small group exactly if
one of those vectors is zero for everybody else. People who are in all the same sums cannot be
told apart and form one column. A vector is in the row space if it is orthogonal to the null
space, so a small set of columns holds such a vector exactly if the rows of a null-space basis
that belong to these columns are linearly dependent. All of it is exact, in rational numbers.

The same person is the same unknown in every wave: answers are taken not to change, which is the
worst case for somebody whose coming or going is the only difference between two waves.
"""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from fractions import Fraction
from typing import Final, TypeAlias, TypeVar

SMALLEST: Final = 5
"""Of fewer people than this nothing may follow."""

MOST_SETS: Final = 200_000
"""So many small sets are looked at; where there are more, nothing is taken to be safe."""

H = TypeVar("H", bound=Hashable)
Row: TypeAlias = list[Fraction]


def discloses(
    cells: Sequence[AbstractSet[H]], sizes: Mapping[H, int] | None = None, smallest: int = SMALLEST
) -> bool:
    """Whether the sums over these cells tell what some people, fewer than `smallest`, said.

    A cell is a set of people, or of groups of so many as `sizes` says; groups of nobody say
    nothing.
    """
    columns = _columns(cells, sizes)
    basis = _null_rows([key for key, _ in columns], len(cells))
    small = [(size, row) for (_, size), row in zip(columns, basis, strict=True) if size < smallest]
    small.sort(key=lambda each: each[0])
    return any(
        dependent or looked_at > MOST_SETS
        for looked_at, dependent in enumerate(_small_sets(small, smallest - 1), 1)
    )


def _columns(
    cells: Sequence[AbstractSet[H]], sizes: Mapping[H, int] | None
) -> list[tuple[tuple[bool, ...], int]]:
    """In which cells people are, and how many people are in exactly those."""
    people: Counter[tuple[bool, ...]] = Counter()
    for each in set[H]().union(*cells):
        people[tuple(each in cell for cell in cells)] += 1 if sizes is None else sizes[each]
    return [(key, size) for key, size in people.items() if size]


def _null_rows(columns: Sequence[Sequence[bool]], height: int) -> list[Row]:
    """For each column its row of a basis of the null space."""
    reduced, pivots = _reduced([[Fraction(each[n]) for each in columns] for n in range(height)])
    free = [n for n in range(len(columns)) if n not in pivots]
    rows: list[Row] = []
    for number in range(len(columns)):
        if number in pivots:
            line = reduced[pivots.index(number)]
            rows.append([-line[each] for each in free])
        else:
            rows.append([Fraction(each == number) for each in free])
    return rows


def _reduced(matrix: list[Row]) -> tuple[list[Row], list[int]]:
    """The reduced row echelon form without its empty rows, and the column of each pivot."""
    done: list[Row] = []
    pivots: list[int] = []
    for row in matrix:
        left = _without(row, done, pivots)
        pivot = next((n for n, value in enumerate(left) if value), None)
        if pivot is None:
            continue
        left = [value / left[pivot] for value in left]
        done = [_less(each, left, each[pivot]) for each in done]
        done.append(left)
        pivots.append(pivot)
    return done, pivots


def _without(row: Row, done: Sequence[Row], pivots: Sequence[int]) -> Row:
    for line, pivot in zip(done, pivots, strict=True):
        if row[pivot]:
            row = _less(row, line, row[pivot])
    return row


def _less(row: Row, other: Row, times: Fraction) -> Row:
    return [a - times * b for a, b in zip(row, other, strict=True)] if times else row


def _small_sets(columns: Sequence[tuple[int, Row]], most: int) -> Iterator[bool]:
    """For every set of columns of at most so many people, whether their rows are dependent.

    The columns are sorted by their sizes. A set is only looked at where all before its last
    column is independent: what is dependent ends the search.
    """

    def grow(first: int, room: int, done: list[Row], pivots: list[int]) -> Iterator[bool]:
        for number in range(first, len(columns)):
            size, row = columns[number]
            if size > room:
                return
            left = _without(row, done, pivots)
            pivot = next((n for n, value in enumerate(left) if value), None)
            yield pivot is None
            if pivot is not None:
                left = [value / left[pivot] for value in left]
                yield from grow(number + 1, room - size, [*done, left], [*pivots, pivot])

    return grow(0, most, [], [])
