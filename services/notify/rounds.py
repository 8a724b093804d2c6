"""Rounds: the moments of a working day at which letters go out, so that they come together.

A mailbox that many share gets its letters every hour, a person every three; both from half an hour
after the day's beginning, when what the night and the morning brought is there. What would come too
late by its round goes out before. An incident knows no rounds.
"""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.notify.civil_time import spoken
from services.notify.working_hours import Opening, WorkingHours, next_opening, working_days

ROUNDS_RULE: Final = "rounds@1"
GATHERING: Final = timedelta(minutes=10)
"""Product time for which every letter waits, so that what happens together is one letter."""


@dataclass(frozen=True, slots=True)
class Rounds:
    """The first of a day's rounds, counted from when work begins, and the time between two."""

    first: timedelta
    every: timedelta


OF_A_MAILBOX: Final = Rounds(first=timedelta(minutes=30), every=timedelta(hours=1))
OF_A_PERSON: Final = Rounds(first=timedelta(minutes=30), every=timedelta(hours=3))


def next_round(moment: datetime, hours: WorkingHours, rounds: Rounds) -> datetime:
    """The first round that is not before a moment; a day too short for any has one as it begins."""
    return next(at for at in _rounds_from(moment, hours, rounds) if at >= moment)


def _rounds_from(
    moment: datetime, hours: WorkingHours, rounds: Rounds
) -> Generator[datetime, None, None]:
    for day in working_days(moment, hours):
        at = day.opens + rounds.first
        if at >= day.closes:
            yield day.opens
        while at < day.closes:
            yield at
            at += rounds.every


def departure(
    now: datetime, hours: WorkingHours, rounds: Rounds, deadline: datetime | None = None
) -> Opening:
    """When a letter goes out that is written now, and why it waits for another day, if it does.

    It is never outside of working hours, and before `deadline` wherever the hours allow it.
    """
    opening = next_opening(now, hours)
    soonest = next_opening(max(opening.not_before, now + GATHERING), hours)
    at = next_round(soonest.not_before, hours, rounds)
    if deadline is not None and soonest.not_before < deadline <= at:
        at = soonest.not_before
    if opening.held:
        return Opening(at, held=True, reason=opening.reason, rule=opening.rule)
    here, then = now.astimezone(hours.zone), at.astimezone(hours.zone)
    reason = (
        f"It is {here:%H:%M} in {hours.zone.key}; "
        f"the next round of letters is {spoken(then.date())} at {then:%H:%M}."
    )
    return Opening(at, held=then.date() > here.date(), reason=reason, rule=ROUNDS_RULE)
