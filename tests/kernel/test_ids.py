"""Ids: the same for the same thing, and otherwise in the order of time."""

import time
from uuid import RFC_4122, UUID

from hypothesis import given
from hypothesis import strategies as st

from libs.common import ids

PARTS = st.lists(st.text(st.characters(exclude_characters="\x1f"), max_size=8), max_size=4)


@given(PARTS, PARTS)
def test_a_derived_id_names_its_parts_and_nothing_else(one: list[str], other: list[str]) -> None:
    assert (ids.derived("x", *one) == ids.derived("x", *other)) is (one == other)


def test_a_derived_id_never_changes_over_releases() -> None:
    assert ids.derived("delivery", "standard", 1) == UUID("00cf0590-2341-559b-9597-c47a4e6d6e13")


def test_an_ordered_id_is_a_uuid_of_version_7() -> None:
    made = [ids.ordered() for _ in range(1000)]
    assert {(each.version, each.variant) for each in made} == {(7, RFC_4122)}
    assert len(set(made)) == len(made)


def test_ordered_ids_sort_by_the_millisecond() -> None:
    first = ids.ordered()
    time.sleep(0.002)
    assert first < ids.ordered()
