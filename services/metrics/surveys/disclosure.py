"""Disclosure: whether sums that are published tell what fewer than five people said.

Whoever has the sums may add and subtract them as they like. What they can make is every vector of
the row space of the matrix that says who is in which sum; they learn of a small group exactly if
one of those vectors is zero for everybody else. People who are in all the same sums cannot be
told apart and form one column. A vector is in the row space if it is orthogonal to the null
space, so a small set of columns holds such a vector exactly if the rows of a null-space basis
that belong to these columns are linearly dependent. All of it is exact, in rational numbers.
A smallest dependent set hangs together: where one of its rows is alone in not being zero, another
has to join it. So only sets that hang together are looked at.

The same person is the same unknown in every wave: answers are taken not to change, which is the
worst case for somebody whose coming or going is the only difference between two waves.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from fractions import Fraction
from typing import Final, TypeAlias, TypeVar

SMALLEST: Final = 5
"""Of fewer people than this nothing may follow."""

MOST_SETS: Final = 50_000
"""So many small sets are looked at; where there are more, nothing is taken to be safe."""

H = TypeVar("H", bound=Hashable)
Row: TypeAlias = dict[int, Fraction]
"""What is not zero of a row."""


def discloses(
    cells: Sequence[AbstractSet[H]], sizes: Mapping[H, int] | None = None, smallest: int = SMALLEST
) -> bool:
    """Whether the sums over these cells tell what some people, fewer than `smallest`, said.

    A cell is a set of people, or of groups of so many as `sizes` says; groups of nobody say
    nothing.
    """
    columns = _columns(cells, sizes)
    rows = _null_rows([key for key, _ in columns], len(cells))
    small = [(size, row) for (_, size), row in zip(columns, rows, strict=True) if size < smallest]
    return any(
        dependent or looked_at > MOST_SETS
        for looked_at, dependent in enumerate(_small_sets(small, smallest - 1), 1)
    )


def _columns(
    cells: Sequence[AbstractSet[H]], sizes: Mapping[H, int] | None
) -> list[tuple[tuple[int, ...], int]]:
    """In which cells people are, by number, and how many people are in exactly those."""
    inside: defaultdict[H, list[int]] = defaultdict(list)
    for number, cell in enumerate(cells):
        for each in cell:
            inside[each].append(number)
    people: Counter[tuple[int, ...]] = Counter()
    for each, numbers in inside.items():
        people[tuple(numbers)] += 1 if sizes is None else sizes[each]
    return [(key, size) for key, size in people.items() if size]


def _null_rows(columns: Sequence[Sequence[int]], height: int) -> list[Row]:
    """For each column its row of a basis of the null space."""
    matrix: list[Row] = [{} for _ in range(height)]
    for number, column in enumerate(columns):
        for each in column:
            matrix[each][number] = Fraction(1)
    reduced = _reduced(matrix)
    return [
        {each: -value for each, value in reduced[number].items() if each != number}
        if number in reduced
        else {number: Fraction(1)}
        for number in range(len(columns))
    ]


def _reduced(rows: Sequence[Row]) -> dict[int, Row]:
    """The reduced row echelon form without its empty rows, by the column of each pivot."""
    done: dict[int, Row] = {}
    for row in rows:
        left = _without(row, done)
        if not left:
            continue
        pivot = min(left)
        left = {each: value / left[pivot] for each, value in left.items()}
        done = {
            place: _less(line, left, line[pivot]) if pivot in line else line
            for place, line in done.items()
        }
        done[pivot] = left
    return done


def _without(row: Row, done: Mapping[int, Row]) -> Row:
    """What is left of a row; each pivot stands in its own row only, or further down."""
    left = dict(row)
    for pivot, line in done.items():
        if pivot in left:
            left = _less(left, line, left[pivot])
    return left


def _less(row: Row, other: Row, times: Fraction) -> Row:
    left = dict(row)
    for each, value in other.items():
        changed = left.get(each, Fraction()) - times * value
        if changed:
            left[each] = changed
        else:
            left.pop(each, None)
    return left


def _small_sets(columns: Sequence[tuple[int, Row]], most: int) -> Iterator[bool]:
    """For sets of columns of at most so many people, whether their rows are dependent.

    Every smallest dependent set is among them: a set grows by what can make up for a place where
    only one of its rows is not zero, or else by whatever shares a place with it.
    """
    at: defaultdict[int, list[int]] = defaultdict(list)
    for number, (_, row) in enumerate(columns):
        for place in row:
            at[place].append(number)
    seen: set[frozenset[int]] = set()

    def grow(chosen: frozenset[int], people: int, done: dict[int, Row]) -> Iterator[bool]:
        places = Counter(place for each in chosen for place in columns[each][1])
        alone = [place for place, times in places.items() if times == 1]
        joining = (
            min((at[place] for place in alone), key=len)
            if alone
            else sorted({each for place in places for each in at[place]})
        )
        for number in joining:
            yield from join(chosen, number, people, done)

    def join(
        chosen: frozenset[int], number: int, people: int, done: dict[int, Row]
    ) -> Iterator[bool]:
        size, row = columns[number]
        more = chosen | {number}
        if number in chosen or people + size > most or more in seen:
            return
        seen.add(more)
        left = _without(row, done)
        yield not left
        if left:
            pivot = min(left)
            line = {each: value / left[pivot] for each, value in left.items()}
            yield from grow(more, people + size, {**done, pivot: line})

    for first in range(len(columns)):
        yield from join(frozenset(), first, 0, {})
