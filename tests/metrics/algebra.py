"""An attacker with exact algebra, who knows who is in every sum that was ever published.

Written from the definition and not from the auditor: for every set of people it asks whether the
published sums span a vector that is zero for everybody else.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from fractions import Fraction
from itertools import combinations
from typing import TypeVar

H = TypeVar("H", bound=Hashable)


def rank(rows: Iterable[Sequence[int]]) -> int:
    """The rank of a matrix over the rational numbers."""
    left = [[Fraction(value) for value in row] for row in rows]
    found = 0
    for column in range(len(left[0]) if left else 0):
        pivot = next((n for n in range(found, len(left)) if left[n][column]), None)
        if pivot is None:
            continue
        left[found], left[pivot] = left[pivot], left[found]
        for n in range(found + 1, len(left)):
            times = left[n][column] / left[found][column]
            left[n] = [a - times * b for a, b in zip(left[n], left[found], strict=True)]
        found += 1
    return found


def learns(
    cells: Sequence[AbstractSet[H]], fewer_than: int, sizes: Mapping[H, int] | None = None
) -> set[H] | None:
    """Some people, fewer than so many, of whom something follows from the sums; None if none do.

    People who are in all the same sums are one unknown, since no sum tells them apart.
    """
    members = sorted(set[H]().union(*cells), key=str)
    alike: dict[tuple[int, ...], list[H]] = {}
    for each in members:
        alike.setdefault(tuple(int(each in cell) for cell in cells), []).append(each)
    weight = {
        key: sum(1 if sizes is None else sizes[each] for each in who) for key, who in alike.items()
    }
    columns = [key for key in alike if weight[key]]
    whole = rank([[key[n] for key in columns] for n in range(len(cells))])
    small = [key for key in columns if weight[key] < fewer_than]
    for count in range(1, fewer_than):
        for chosen in combinations(small, count):
            if sum(weight[key] for key in chosen) >= fewer_than:
                continue
            rest = [key for key in columns if key not in chosen]
            if rank([[key[n] for key in rest] for n in range(len(cells))]) < whole:
                return {each for key in chosen for each in alike[key]}
    return None
