"""All runs of a benchmark: rounds in which the contenders take turns in an order drawn anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from bench.aims import KERNEL
from bench.contender import Contender
from bench.feed import Load
from bench.run import Bout

ORDER_SEED: Final = 5
QUICK_SLOW: Final = 200
WARM_UP: Final = 2_000
PROFILED: Final = 10_000
COPIES: Final = (1, 2, 4)
TRICKLE_PER_SECOND: Final = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to run: bursts of so many hires each, and a trickle, in so many rounds.

    `slow` is the largest burst of those contenders that have a limit.
    """

    contenders: Sequence[Contender]
    hires: Sequence[int]
    rounds: int
    trickle: int
    slow: int | None = None

    @property
    def warm_up(self) -> list[Bout]:
        """What is run before the rounds and not counted: the JVMs compile while they work."""
        load = Load(min(WARM_UP, *self.hires))
        return [Bout(each, load, 0) for each in self.contenders if each.most is None]

    @property
    def profiled(self) -> list[Bout]:
        """What is run after the rounds and not counted: the kernel, with somebody looking in."""
        load = Load(min(PROFILED, max(self.hires)))
        return [Bout(each, load, 0) for each in self.contenders if each.name == KERNEL]

    @property
    def copied(self) -> list[Bout]:
        """What is run after the rounds: the kernel, with more and more processes of a service."""
        load = Load(min(PROFILED, max(self.hires)))
        return [
            Bout(each.times(copies), load, number)
            for number in range(1, self.rounds + 1)
            for each in self.contenders
            if each.name == KERNEL
            for copies in COPIES
        ]

    @property
    def bouts(self) -> list[Bout]:
        """Every run, in order; each round takes all of them, in an order of its own."""
        random = Random(ORDER_SEED)  # noqa: S311  # an order, not a secret
        planned: list[Bout] = []
        for number in range(1, self.rounds + 1):
            round_of = [
                Bout(contender, load, number)
                for contender in self.contenders
                for load in self._loads(contender)
            ]
            random.shuffle(round_of)
            planned += round_of
        return planned

    def _loads(self, contender: Contender) -> list[Load]:
        bursts = sorted({contender.burst(hires, self.slow) for hires in self.hires})
        trickle = [Load(self.trickle, TRICKLE_PER_SECOND)] if self.trickle else []
        return [*map(Load, bursts), *trickle]
