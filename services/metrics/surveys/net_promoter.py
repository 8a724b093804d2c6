"""The employee net promoter score: promoters less detractors, of a hundred, and how sure that is.

Who would recommend working here with 9 or 10 is a promoter, with 0 to 6 a detractor (Reichheld
2003). The interval is the adjusted Wald of Rocks (2016), "Interval Estimation for the Net
Promoter Score", which adds 3/4 promoters, 3/2 passives and 3/4 detractors.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Self

HIGHEST: Final = 10
PROMOTES_FROM: Final = 9
DETRACTS_TO: Final = 6
ADDED: Final = Decimal("0.75")
Z_95: Final = Decimal("1.959964")
WHOLE: Final = Decimal(1)


@dataclass(frozen=True, slots=True)
class Answers:
    """How many answered in each of the three ways."""

    promoters: int = 0
    passives: int = 0
    detractors: int = 0

    @classmethod
    def of(cls, score: int, times: int = 1) -> Self:
        """So many answers of one score from 0 to 10."""
        if score >= PROMOTES_FROM:
            return cls(promoters=times)
        return cls(detractors=times) if score <= DETRACTS_TO else cls(passives=times)

    def __add__(self, other: Self) -> "Answers":
        return Answers(
            self.promoters + other.promoters,
            self.passives + other.passives,
            self.detractors + other.detractors,
        )

    @property
    def count(self) -> int:
        """All of them."""
        return self.promoters + self.passives + self.detractors

    @property
    def score(self) -> Decimal:
        """From -100 to 100, rounded half to even; there must be answers."""
        return (Decimal(100) * (self.promoters - self.detractors) / self.count).quantize(WHOLE)

    @property
    def interval(self) -> tuple[Decimal, Decimal]:
        """Where the score of many who are like these lies with 95 % confidence."""
        count = self.count + 4 * ADDED
        up, down = (self.promoters + ADDED) / count, (self.detractors + ADDED) / count
        mean = up - down
        reach = Z_95 * ((up + down - mean * mean) / count).sqrt()
        low, high = max(mean - reach, Decimal(-1)), min(mean + reach, Decimal(1))
        return (100 * low).quantize(WHOLE), (100 * high).quantize(WHOLE)
