"""Hires flow until the last fault, and faults strike until the last hires."""

from hypothesis import given
from hypothesis import strategies as st

from tests.chaos.tempo import Tempo
from tests.chaos.workload import Pace

LASTS = 1000.0


def test_hires_that_are_ahead_wait_for_the_faults() -> None:
    assert Tempo(0, LASTS, struck=0.5).hires_are_due(0.55, now=10)
    assert not Tempo(0, LASTS, struck=0.5).hires_are_due(0.6, now=10)


def test_faults_that_are_ahead_wait_for_the_hires() -> None:
    assert Tempo(0, LASTS, announced=0.45).bout_is_due(0.5, now=10)
    assert not Tempo(0, LASTS, announced=0.44).bout_is_due(0.5, now=10)


def test_nobody_waits_longer_than_until_its_turn_by_the_clock() -> None:
    assert Tempo(100, LASTS).hires_are_due(0.6, now=700)
    assert Tempo(100, LASTS).bout_is_due(1.0, now=1000)


@given(st.integers(1, 300), st.integers(1, 60))
def test_they_never_wait_for_each_other(waves: int, bouts: int) -> None:
    tempo, wave, bout = Tempo(0, LASTS), 0, 0
    while wave < waves or bout < bouts:
        before = wave + bout
        if wave < waves and tempo.hires_are_due(wave / waves, now=0):
            wave += 1
            tempo.announced = wave / waves
        if bout < bouts and tempo.bout_is_due(bout / bouts, now=0):
            bout += 1
            tempo.struck = bout / bouts
        assert wave + bout > before


@given(st.integers(60, 10_000), st.integers(10, 60))
def test_the_last_hires_wait_until_few_faults_are_left(hires: int, bouts: int) -> None:
    wave = Pace(seed=1, hires=hires, rate=8, day_lasts=8.64, bouts=bouts).wave
    share = (hires - 1) // wave * wave / hires
    assert not Tempo(0, LASTS, struck=0.8).hires_are_due(share, now=0)
    assert Tempo(0, LASTS, struck=1.0).hires_are_due(share, now=0)
