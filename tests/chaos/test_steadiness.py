"""All is well again from the moment on from which it stays so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chaos.steadiness import STAYS_SECONDS, Behind, Sample, steady_from


def well(at: float) -> Sample:
    return Sample(at, (), Behind(0.5), 0.0)


def ill(at: float) -> Sample:
    return Sample(at, ("kafka",), None, 0.0)


@pytest.mark.parametrize(
    "sample",
    [
        pytest.param(ill(1), id="a process is down"),
        pytest.param(Sample(1, (), None, 0.0), id="nobody answers"),
        pytest.param(Sample(1, (), Behind(9), 0.0), id="a group lags"),
        pytest.param(Sample(1, (), Behind(0), 9.0), id="something waits for who is dead"),
    ],
)
def test_one_trouble_is_enough(sample: Sample) -> None:
    assert not sample.is_steady


def test_a_moment_of_calm_is_not_enough() -> None:
    assert steady_from([well(1), well(2), ill(3), well(4), well(5)], 0) is None


@given(st.lists(st.booleans(), max_size=40), st.integers(0, 20))
def test_it_is_the_first_moment_from_which_all_stays_well(good: list[bool], since: int) -> None:
    samples = [well(at) if is_good else ill(at) for at, is_good in enumerate(good)]
    found = steady_from(samples, since)
    stays = range(int(STAYS_SECONDS) + 1)
    moments = [
        at
        for at in range(since, len(good))
        if all(at + n < len(good) and good[at + n] for n in stays)
    ]
    assert found == (moments[0] if moments else None)
