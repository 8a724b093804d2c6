"""Waivers: a person with the right lets a hire go on in spite of a finding, until a day."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from pydantic import Field

from libs.common.contracts.compliance import CheckDecided, Finding, Outcome, Waiver
from libs.common.contracts.console import WaiverRequested
from libs.common.contracts.values import Owner, ZoneName
from libs.common.decider import Refused, SetTimer
from libs.common.message import Command, Timer

MAY_WAIVE: Final = frozenset({Owner.LEGAL})
"""The roles that have the right to waive a finding."""
LONGEST: Final = timedelta(days=366)


class WaiveFinding(Command):
    """Let the hire go on in spite of a finding of this rule, for a reason and until a day.

    `by` is an id of the person within the company, never a name or an address.
    """

    rule: str
    role: Owner
    by: str = Field(pattern=r"^[A-Za-z0-9._-]{1,40}$")
    reason: str = Field(min_length=10, max_length=500)
    until: date


class WithdrawWaiver(Command):
    """Take a waiver back before its day."""

    rule: str


class WaiverLapses(Timer):
    """The last day of a waiver is over; the slot is the rule."""


def grant(decided: CheckDecided | None, asked: WaiveFinding, now: datetime) -> Waiver:
    """The waiver that is asked for.

    Refused where there is nothing to waive, the role has no right to, or the day is over or more
    than a year away.
    """
    found = _finding(decided, asked.rule)
    if asked.role not in MAY_WAIVE:
        raise Refused(f"only {' or '.join(sorted(MAY_WAIVE))} may waive a finding")
    if found is None or found.outcome is Outcome.MET:
        raise Refused(f"there is no finding of {asked.rule!r} that stands in the way")
    if not now.date() <= asked.until <= now.date() + LONGEST:
        raise Refused("a waiver ends on a day from today on, within a year")
    return Waiver(
        rule=found.rule,
        mark=found.mark,
        by=asked.by,
        role=asked.role,
        reason=asked.reason,
        until=asked.until,
        given_at=now,
    )


def as_command(asked: WaiverRequested) -> WaiveFinding:
    """What was asked in the console, by an account of it."""
    return WaiveFinding(
        rule=asked.rule,
        role=asked.role,
        by=str(asked.asked.account),
        reason=asked.why,
        until=asked.until,
    )


def lapse(waiver: Waiver, zone: ZoneName) -> SetTimer:
    """Wakes the hire when the last day of a waiver is over in its zone."""
    day_after = datetime.combine(waiver.until + timedelta(days=1), time(), ZoneInfo(zone))
    return SetTimer(day_after.astimezone(UTC), WaiverLapses(slot=waiver.rule))


def _finding(decided: CheckDecided | None, rule: str) -> Finding | None:
    found = decided.findings if decided else ()
    return next((each for each in found if each.rule == rule), None)
