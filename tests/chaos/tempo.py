"""How hires and faults keep step, so that hires flow until the last fault; pure."""

from dataclasses import dataclass
from typing import Final

LEAD: Final = 0.05
"""Hires may be so much of the way ahead of the faults."""

STRUCK_SHARE: Final = 0.9
"""Of the way of the hires, in which the bouts begin: the last strikes while some still come."""


@dataclass(slots=True)
class Tempo:
    """Who is ahead waits for the other, but no longer than until its turn by the clock.

    Both go by shares of what they have to do. By the clock all is spread evenly over the time in
    which hires may be announced, so that a machine that carries fewer hires meets all the faults.
    """

    began: float
    """by the event loop's clock, as every moment here"""
    lasts: float
    """seconds in which hires may be announced"""
    announced: float = 0.0
    """the share of the hires that are known"""
    struck: float = 0.0
    """the share of the bouts that are over"""

    @property
    def ends_at(self) -> float:
        """When the last hire is announced, and the last bout begins, at the latest."""
        return self.began + self.lasts

    def hires_are_due(self, share: float, now: float) -> bool:
        """Whether those hires may come before which this share of them has come."""
        return share <= self.struck + LEAD or now >= self.began + self.lasts * share

    def bout_is_due(self, share: float, now: float) -> bool:
        """Whether the bout may begin before which this share of them is over."""
        reached = STRUCK_SHARE * share
        return self.announced >= reached or now >= self.began + self.lasts * reached
